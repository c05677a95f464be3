"""Jobs that bring alerts to closed browsers."""

from uuid import UUID

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from core.clock import REAL
from core.settings import settings
from data.queue import queue
from data.session import EVERYTHING
from jobs import context
from map_ui.push.answer import wait_s
from map_ui.push.deliver import deliver
from map_ui.push.errors import NotDelivered
from map_ui.push.tell import tell


class _Patiently(BaseRetryStrategy):
    """Again with growing waits, and no sooner than a push service asked for."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        asked_s = exception.retry_after_s if isinstance(exception, NotDelivered) else None
        wait = wait_s(job.attempts, asked_s)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})


AGAIN = _Patiently()


@queue.task(name="push.tell", retry=AGAIN)
async def tell_job(alert_ids: list[str]) -> None:
    """Have closed browsers told of alerts of a branch, unless somebody has acknowledged them."""
    async with context.database().transaction(EVERYTHING) as session:
        await tell(session, [UUID(alert) for alert in alert_ids], context.clock().now())


@queue.task(name="push.deliver", retry=AGAIN)
async def deliver_job(alert_id: str, subscription_id: str) -> None:
    """Bring one message to one browser's push service."""
    await deliver(
        context.database(), context.push_client(), UUID(alert_id), UUID(subscription_id),
        listed_hosts=settings().push_hosts, contact=settings().push_contact,
        now=context.clock().now(), wall=REAL.now(),
    )  # fmt: skip
