"""Jobs of what is noted: nothing is left open unseen."""

import structlog

from collection.field_notes.next_actions.watch_cases import watch_cases
from data.queue import queue
from data.session import EVERYTHING
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="35 * * * *")
@queue.task(name="field_notes.watch_cases", queueing_lock="field_notes.watch_cases")
async def watch_cases_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Alert of cases with nothing to come, and of payments without a root cause."""
    now = context.clock().now()
    async with context.database().transaction(EVERYTHING) as session:
        settled = await watch_cases(session, now)
    log.info("field_notes.cases_watched", raised=settled.raised, cleared=settled.cleared)
