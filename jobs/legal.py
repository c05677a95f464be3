"""Jobs of legal cases: no hearing is missed."""

import structlog

from collection.legal.watch_hearings import watch_hearings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="40 * * * *")
@queue.task(name="legal.watch_hearings", queueing_lock="legal.watch_hearings")
async def watch_hearings_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Alert of hearings that are near, and of those that nobody noted."""
    now = context.clock().now()
    async with context.database().transaction(EVERYTHING) as session:
        settled = await watch_hearings(session, now)
    log.info("legal.hearings_watched", raised=settled.raised, cleared=settled.cleared)
