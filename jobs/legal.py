"""Jobs of legal cases: no hearing is missed, and no proceeding."""

import structlog

from collection.legal.watch_proceedings import watch_proceedings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="40 * * * *")
@queue.task(name="legal.watch", queueing_lock="legal.watch")
async def watch_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Alert of hearings that are near or not noted, and of cases without a proceeding."""
    now = context.clock().now()
    async with context.database().transaction(EVERYTHING) as session:
        settled = await watch_proceedings(session, now)
    log.info("legal.watched", raised=settled.raised, cleared=settled.cleared)
