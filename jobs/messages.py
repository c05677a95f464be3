"""Jobs that send messages to customers."""

from uuid import UUID

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from collection.messages.deliver import deliver, give_up
from collection.messages.errors import NotSentYet
from collection.messages.message import MOST_ATTEMPTS, wait_s
from collection.receipts.copies.send_copy import send_copy
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context


class _Patiently(BaseRetryStrategy):
    """Again with doubling waits."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        wait = wait_s(job.attempts)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})


AGAIN = _Patiently()


@queue.task(name="messages.receipt", retry=AGAIN)
async def receipt_job(receipt_id: str) -> None:
    """Tell the customer of a receipt that was taken."""
    async with context.database().transaction(EVERYTHING) as session:
        await send_copy(session, UUID(receipt_id), settings().customers_url, context.clock().now())


@queue.task(name="messages.deliver", retry=AGAIN, pass_context=True)
async def deliver_job(job_context: object, message_id: str) -> None:
    """Hand one message over to the provider."""
    try:
        await deliver(context.database(), context.sender(), UUID(message_id), context.clock().now())
    except NotSentYet:
        attempts = job_context.job.attempts  # type: ignore[attr-defined]
        if attempts + 1 >= MOST_ATTEMPTS:
            await give_up(context.database(), UUID(message_id), context.clock().now())
            return
        raise
