"""Tell closed browsers of alerts that nobody has acknowledged, once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from data.queue import enqueue
from data.session import Session
from map_ui.alerts.severity import severity
from map_ui.push import store

MOST_AT_ONCE = 5
"""Of alerts that were raised together a browser is told these at most, the most pressing ones: a
hundred phones that fall silent at once are one reason to open the map, not a hundred."""


async def tell(session: Session, alert_ids: Sequence[UUID], now: datetime) -> int:
    """Claim alerts of one branch and enqueue the messages to its browsers; returns how many.

    None is enqueued for those that were acknowledged, cleared or claimed before, or when nobody
    wants to be told.
    """
    # 1. Claim them: whoever comes second waits here, and then finds them pushed.
    due = await store.lock_due_alerts(session, alert_ids)
    if not due:
        return 0
    # 2. Find who answers for the branch and wants to be told.
    browsers = await store.subscriptions_over(session, due[0].branch_id)
    if not browsers:
        return 0
    # 3. A job for each, in this transaction: one slow push service keeps nobody else waiting.
    await store.mark_pushed(session, [alert.id for alert in due], now)
    pressing = sorted(due, key=lambda alert: severity(alert.kind), reverse=True)[:MOST_AT_ONCE]
    for alert in pressing:
        for browser in browsers:
            await enqueue(
                session, "push.deliver", lane="push",
                alert_id=str(alert.id), subscription_id=str(browser),
            )  # fmt: skip
    return len(pressing) * len(browsers)
