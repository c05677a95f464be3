"""Tell closed browsers of an alert that nobody has acknowledged, once."""

from datetime import datetime
from uuid import UUID

from data.queue import enqueue
from data.session import Session
from map_ui.push import store


async def tell(session: Session, alert_id: UUID, now: datetime) -> int:
    """Claim the alert and enqueue a message to each browser; returns how many.

    None is enqueued when it was acknowledged, cleared or claimed before, or when nobody wants to be
    told.
    """
    # 1. Claim it: whoever comes second waits here, and then finds it pushed.
    branch_id = await store.lock_due_alert(session, alert_id)
    if branch_id is None:
        return 0
    # 2. Find who answers for the branch and wants to be told.
    browsers = await store.subscriptions_over(session, branch_id)
    if not browsers:
        return 0
    # 3. A job for each, in this transaction: one slow push service keeps nobody else waiting.
    await store.mark_pushed(session, alert_id, now)
    for browser in browsers:
        await enqueue(
            session, "push.deliver", lane="push",
            alert_id=str(alert_id), subscription_id=str(browser),
        )  # fmt: skip
    return len(browsers)
