"""Jobs that take in bank statements too large to wait for."""

from uuid import UUID

from procrastinate import RetryStrategy

from collection.reconciliation.errors import StatementRefused
from collection.reconciliation.statements.take_in import match_file, refuse, take_in
from data.queue import queue
from data.session import EVERYTHING
from jobs import context

AGAIN = RetryStrategy(max_attempts=3, wait=5)
"""Each step is done once, however often it is begun."""


@queue.task(name="reconciliation.take_in", retry=AGAIN)
async def take_in_job(file_id: str) -> None:
    """Take in a file that is kept, and match its accounts. What is wrong with it is kept too."""
    file = UUID(file_id)
    now = context.clock().now()
    try:
        async with context.database().transaction(EVERYTHING) as session:
            await take_in(session, file, now)
    except StatementRefused as error:
        async with context.database().transaction(EVERYTHING) as session:
            await refuse(session, file, {"title": error.title, "detail": error.detail}, now)
        return
    async with context.database().transaction(EVERYTHING) as session:
        await match_file(session, file, now)
