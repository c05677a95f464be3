"""Jobs about agents who are not at work."""

import asyncio
from concurrent.futures.process import BrokenProcessPool
from uuid import UUID

import structlog

from allocation.absence.come_back import end_with_day
from allocation.absence.look import look_who_is_missing
from allocation.absence.stand_in import stand_in_for_missing
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context
from jobs.rounds import AGAIN
from routing.planner.pool import relieve_one
from routing.planner.vacancy import Relief, Vacancy
from routing.travel.cities import Cities

log = structlog.get_logger()

_cities = Cities(settings().state_dir / "streets")


async def relieve(vacancy: Vacancy) -> Relief:
    """Decide in a child process, which is ready all the time."""
    try:
        pool = await context.solvers()
        return await asyncio.get_running_loop().run_in_executor(pool, relieve_one, vacancy)
    except BrokenProcessPool:
        context.replace_solvers()
        raise


@queue.periodic(cron="* * * * *")
@queue.task(name="absence.look", queueing_lock="absence.look")
async def look_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Tell who is missing and who is back; give back what was lent for a day that is over."""
    async with context.database().transaction(EVERYTHING) as session:
        now = context.clock().now()
        await look_who_is_missing(session, now)
        await end_with_day(session, now)


@queue.task(name="absence.stand_in", retry=AGAIN)
async def stand_in_job(agent_id: str) -> None:
    """Have neighbors make the visits of an agent who is missing, as the branch's policy says."""
    async with context.database().transaction(EVERYTHING) as session:
        done = await stand_in_for_missing(
            session, UUID(agent_id), _cities, relieve, context.clock().now()
        )
    if done is not None:
        log.info("absence.stood_in", moved=len(done.moved), left=len(done.unplaced))
