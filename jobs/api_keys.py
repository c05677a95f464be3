"""The job that reminds administrators of keys that end."""

import structlog

from data.queue import queue
from data.session import EVERYTHING
from identity.api_keys.remind import remind
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="7 * * * *")
@queue.task(name="api_keys.remind", queueing_lock="api_keys.remind")
async def remind_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Remind of all keys whose days have come."""
    async with context.database().transaction(EVERYTHING) as session:
        reminded = await remind(session, context.clock().now())
    if reminded:
        log.info("api_keys.reminded", keys=reminded)
