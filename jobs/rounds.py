"""Jobs that allocate cases and plan rounds."""

import asyncio
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from uuid import UUID

from procrastinate import RetryStrategy

from allocation.begin_day import begin_day
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context
from routing.planner.plan import Plan
from routing.planner.pool import plan_one
from routing.planner.problem import Problem
from routing.planner.stop import StopAfter
from routing.rounds.plan_again import plan_again
from routing.travel.cities import Cities

SEARCH = StopAfter(seconds=0.5)
"""Per round: where the figures of ``./roundsman bench rounds`` flatten out."""

SEED = 1
"""A plan does not depend on who makes it."""

_cities = Cities(settings().state_dir / "streets")


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


AGAIN = RetryStrategy(max_attempts=3, wait=2)
"""A job may meet a solver that was killed, or a colleague who planned at the same moment."""


@queue.task(name="rounds.begin_day", retry=AGAIN)
async def begin_day_job(branch_id: str, day: str) -> None:
    """Allocate a branch's cases and plan all its rounds."""
    async with context.database().transaction(EVERYTHING) as session:
        await begin_day(
            session, UUID(branch_id), date.fromisoformat(day), _cities, solve_all,
            context.clock().now(),
        )  # fmt: skip


@queue.task(name="rounds.plan_agents", retry=AGAIN)
async def plan_agents_job(agent_ids: list[str], day: str) -> None:
    """Plan the rest of these agents' rounds again, from where they are now."""
    async with context.database().transaction(EVERYTHING) as session:
        await plan_again(
            session, [UUID(agent) for agent in agent_ids], date.fromisoformat(day), _cities,
            solve_all, context.clock().now(),
        )  # fmt: skip
