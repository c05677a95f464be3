"""Jobs that improve all rounds of a branch together, sector by sector."""

import asyncio
from concurrent.futures.process import BrokenProcessPool
from uuid import UUID

import structlog

from allocation.city.improve_sector import Improved
from allocation.city_runs.end_stranded import end_stranded
from allocation.city_runs.next_pass import fail_run, take_sector
from allocation.city_runs.prepare_sector import PreparedSector, prepare_sector
from allocation.city_runs.searched import searched
from core.errors import DomainError
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context
from jobs.rounds import AGAIN, SEARCH, SEED
from routing.travel.cities import Cities

log = structlog.get_logger()

_cities = Cities(settings().state_dir / "streets")


@queue.task(name="city.improve_sector", retry=AGAIN)
async def improve_sector_job(sector_id: str) -> None:
    """Search one sector, keep what is better, and go on with the run where it was the last.

    No transaction is open while the search runs. A killed worker leaves nothing behind, and the
    job is taken up again. Where the facts do not allow a search, the run ends and says why.
    """
    now = context.clock().now()
    prepared = None
    try:
        async with context.database().transaction(EVERYTHING) as session:
            prepared = await prepare_sector(session, UUID(sector_id), _cities, now)
        if prepared is None:
            return
        improved = await _searched(prepared)
    except DomainError as refused:
        async with context.database().transaction(EVERYTHING) as session:
            await fail_run(session, UUID(sector_id), refused.detail, context.clock().now())
        return
    async with context.database().transaction(EVERYTHING) as session:
        rounds = prepared.rounds(improved)
        await take_sector(session, prepared.stored, rounds, _cities, context.clock().now())


@queue.periodic(cron="* * * * *")
@queue.task(name="city.end_stranded", queueing_lock="city.end_stranded")
async def end_stranded_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """End the runs of which a sector was given up, so that nobody waits for them."""
    async with context.database().transaction(EVERYTHING) as session:
        ended = await end_stranded(session, _cities, context.clock().now())
    if ended:
        log.error("city.runs_ended", runs=ended)


async def _searched(prepared: PreparedSector) -> Improved:
    """Search in a child process: it may take seconds, and others want this one."""
    loop = asyncio.get_running_loop()
    stored, sector = prepared.stored, prepared.sector
    try:
        pool = await context.solvers()
        return await loop.run_in_executor(pool, searched, stored, sector, SEARCH, SEED)
    except BrokenProcessPool:
        context.replace_solvers()
        raise
