"""Jobs that allocate cases and plan rounds."""

import asyncio
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from uuid import UUID

import structlog
from procrastinate import RetryStrategy

from allocation.begin_day import begin_day
from allocation.mornings import plan_mornings
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context
from routing.experience.learn import learn
from routing.planner.plan import Plan
from routing.planner.pool import plan_one
from routing.planner.problem import Problem
from routing.planner.stop import StopAfter
from routing.travel.cities import Cities
from routing.underway.replan import offer_round, replan_rounds
from routing.underway.when import Cause

log = structlog.get_logger()

SEARCH = StopAfter(seconds=0.3)
"""Per round: where the figures of ``./roundsman bench rounds`` flatten out."""

SEED = 1
"""A plan does not depend on who makes it."""

cities = Cities(settings().state_dir / "streets")
"""The street networks that this process plans in."""


async def solve_all(problems: Sequence[Problem]) -> Sequence[Plan]:
    """Plan in child processes: the solver holds its interpreter's lock all the while."""
    loop = asyncio.get_running_loop()
    try:
        pool = await context.solvers()
        return await asyncio.gather(
            *(loop.run_in_executor(pool, plan_one, problem, SEARCH, SEED) for problem in problems)
        )
    except BrokenProcessPool:
        context.replace_solvers()
        raise


MOST_ATTEMPTS = 3
AGAIN = RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=2)
"""A job may meet a solver that was killed, or a colleague who planned at the same moment."""


@queue.task(name="rounds.begin_day", retry=AGAIN)
async def begin_day_job(branch_id: str, day: str) -> None:
    """Allocate a branch's cases and plan all its rounds."""
    async with context.database().transaction(EVERYTHING) as session:
        await begin_day(
            session, UUID(branch_id), date.fromisoformat(day), cities, solve_all,
            context.clock().now(),
        )  # fmt: skip


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="rounds.plan_mornings", queueing_lock="rounds.plan_mornings")
async def plan_mornings_job(timestamp: int) -> None:  # noqa: ARG001 - when it was due
    """Ask for the plans of the branches whose time it is."""
    async with context.database().transaction(EVERYTHING) as session:
        asked = await plan_mornings(session, context.clock().now())
    if asked:
        log.info("rounds.mornings", branches=len(asked))


@queue.task(name="rounds.plan_agents", retry=AGAIN)
async def plan_agents_job(agent_ids: list[str], day: str) -> None:
    """Plan the rest of these agents' rounds again, from where they are now."""
    async with context.database().transaction(EVERYTHING) as session:
        await replan_rounds(
            session, [UUID(agent) for agent in agent_ids], date.fromisoformat(day), cities,
            solve_all, context.clock().now(),
        )  # fmt: skip


@queue.task(name="rounds.offer", retry=AGAIN)
async def offer_job(agent_id: str, day: str, cause: str) -> None:
    """Plan the rest of an agent's round again and offer it; publish it where it is urgent."""
    agent, on, now = UUID(agent_id), date.fromisoformat(day), context.clock().now()
    async with context.database().transaction(EVERYTHING) as session:
        if cause == Cause.URGENT:
            await replan_rounds(session, [agent], on, cities, solve_all, now)
        else:
            await offer_round(session, agent, on, Cause(cause), cities, solve_all, now)


@queue.periodic(cron="41 1 * * *")
@queue.task(name="rounds.learn", queueing_lock="rounds.learn")
async def learn_job(timestamp: int) -> None:  # noqa: ARG001 - when it was due
    """Learn from past visits what the next plans and demand files use."""
    async with context.database().transaction(EVERYTHING) as session:
        learned = await learn(session, context.clock().now())
    log.info("rounds.learned", kinds=learned.kinds, cases=learned.cases)
