"""The job that seals the audit trail."""

import structlog

from data.queue import queue
from data.session import EVERYTHING
from identity.audit.seal import MOST_AT_ONCE, seal
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="* * * * *")
@queue.task(name="audit.seal", queueing_lock="audit.seal")
async def seal_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Seal all events that wait, in batches."""
    sealed, last = 0, MOST_AT_ONCE
    while last == MOST_AT_ONCE:
        async with context.database().transaction(EVERYTHING) as session:
            last = await seal(session, context.clock().now())
        sealed += last
    if sealed:
        log.info("audit.sealed", events=sealed)
