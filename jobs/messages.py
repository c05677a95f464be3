"""Jobs that send messages to customers."""

from contextlib import suppress
from uuid import UUID

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from collection.gate.rule import Channel
from collection.messages.deliver import deliver, give_up
from collection.messages.errors import NotSentYet
from collection.messages.message import MOST_ATTEMPTS, wait_s
from collection.payments.links.send_link import send_link
from collection.promises.reminders.remind import remind
from collection.receipts.codes.errors import CodeJustSent
from collection.receipts.codes.issue_code import issue_code, issue_codes
from collection.receipts.copies.send_copy import send_copy
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from identity.links.link import Leads, token_of
from identity.links.link_key import link_key
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


@queue.task(name="messages.payment_link", retry=AGAIN)
async def payment_link_job(link_id: str, channel: str) -> None:
    """Send the customer a payment link."""
    now = context.clock().now()
    async with context.database().transaction(EVERYTHING) as session:
        token = token_of(await link_key(session, now), Leads.PAYMENT, UUID(link_id))
        address = f"{settings().customers_url}/pay/{token}"
        await send_link(session, UUID(link_id), Channel(channel), address, now)


@queue.task(name="messages.one_time_code", retry=AGAIN)
async def one_time_code_job(case_id: str) -> None:
    """Send a customer a code, unless one was sent a moment ago."""
    with suppress(CodeJustSent):
        async with context.database().transaction(EVERYTHING) as session:
            await issue_code(session, UUID(case_id), context.clock().now())


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="messages.one_time_codes", queueing_lock="messages.one_time_codes")
async def one_time_codes_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Send the customers of today's rounds their codes."""
    await issue_codes(context.database(), context.clock().now())


@queue.periodic(cron="4,24,44 * * * *")
@queue.task(name="messages.promises", queueing_lock="messages.promises")
async def promises_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Remind customers of what they promised to pay."""
    await remind(context.database(), context.clock().now())


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
