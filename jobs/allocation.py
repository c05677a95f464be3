"""Jobs that change who has which case."""

from allocation.owners.turn_over import turn_over
from data.queue import queue
from data.session import EVERYTHING
from jobs import context


@queue.periodic(cron="* * * * *")
@queue.task(name="allocation.turn_over", queueing_lock="allocation.turn_over")
async def turn_over_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Carry out the moves of cases that were planned for now."""
    async with context.database().transaction(EVERYTHING) as session:
        await turn_over(session, context.clock().now())
