"""SQL of web push: the installation's key, browsers that want to be told, alerts to tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from core.settings import settings
from data.session import Session, rows
from data.tables.identity import Staff
from data.tables.platform import Alert, PushSubscription
from identity.permission import Permission
from map_ui.push.notice import Notice
from map_ui.push.subscription import MOST_BROWSERS, Browser, Subscription

_STILL_OPEN = Alert.acknowledged_at.is_(None) & Alert.cleared_at.is_(None)


async def keep_subscription(
    session: Session, staff_id: UUID, branch_id: UUID, browser: Browser, now: datetime
) -> Subscription:
    """Keep a browser as this person's, whoever's it was; they keep their newest few.

    For a session that sees everything: the one who used the browser before may be of any branch.
    """
    mine = {
        "branch_id": branch_id,
        "staff_id": staff_id,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "created_at": now,
        "failed_since": None,
    }
    kept = await session.execute(
        insert(PushSubscription)
        .values(id=new_id(), endpoint=browser.endpoint, **mine)
        .on_conflict_do_update(index_elements=["endpoint"], set_=mine)
        .returning(PushSubscription.id)
    )
    subscription_id = kept.scalar_one()
    await rows(
        session,
        "DELETE FROM push_subscription WHERE id IN (SELECT id FROM push_subscription"
        " WHERE staff_id = :staff AND id <> :kept ORDER BY created_at DESC, id DESC"
        " OFFSET :others) RETURNING id",
        staff=staff_id,
        kept=subscription_id,
        others=MOST_BROWSERS - 1,
    )
    return Subscription(subscription_id, browser.endpoint, now, None)


async def subscriptions_of(session: Session, staff_id: UUID) -> list[Subscription]:
    """A person's browsers, the newest first."""
    found = await rows(
        session,
        "SELECT id, endpoint, created_at, failed_since FROM push_subscription"
        " WHERE staff_id = :staff ORDER BY created_at DESC, id DESC",
        staff=staff_id,
    )
    return [Subscription(*r) for r in found]


async def forget_own(session: Session, subscription_id: UUID, staff_id: UUID) -> bool:
    """Forget a browser of this person; whether there was one."""
    gone = await session.execute(
        delete(PushSubscription)
        .where(PushSubscription.id == subscription_id, PushSubscription.staff_id == staff_id)
        .returning(PushSubscription.id)
    )
    return gone.scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class DueAlert:
    """An alert that nobody has dealt with or pushed."""

    id: UUID
    branch_id: UUID
    kind: str


async def lock_due_alerts(session: Session, alert_ids: Sequence[UUID]) -> list[DueAlert]:
    """Those of these alerts that nobody has dealt with or pushed, locked until the end."""
    due = (
        select(Alert.id, Alert.branch_id, Alert.kind)
        .where(Alert.id.in_(alert_ids), Alert.pushed_at.is_(None), _STILL_OPEN)
        .order_by(Alert.id)
        .with_for_update()
    )
    return [DueAlert(*row) for row in await session.execute(due)]


async def mark_pushed(session: Session, alert_ids: Sequence[UUID], now: datetime) -> None:
    """Note that alerts are being told to closed browsers."""
    await session.execute(update(Alert).where(Alert.id.in_(alert_ids)).values(pushed_at=now))


async def subscriptions_over(session: Session, branch_id: UUID) -> Sequence[UUID]:
    """Browsers of the supervisors and administrators of a branch and of those above it who could
    sign in now and open the alert."""
    found = await rows(
        session,
        """
        WITH RECURSIVE above(id) AS (
            SELECT CAST(:branch AS uuid)
            UNION SELECT b.parent_id FROM branch b JOIN above ON b.id = above.id
            WHERE b.parent_id IS NOT NULL
        )
        SELECT p.id FROM push_subscription p
        JOIN staff s ON s.id = p.staff_id AND s.is_active AND s.suspended_at IS NULL
                        AND s.role IN ('supervisor', 'branch_manager', 'admin')
        JOIN above ON above.id = s.branch_id
        LEFT JOIN composed_role r ON r.name = s.composed_role
        WHERE r.name IS NULL OR :needed = ANY (r.permissions)
        ORDER BY p.created_at, p.id
        """,
        branch=branch_id,
        needed=Permission.SUPERVISION_SEE.value,
    )
    return [r.id for r in found]


async def message(
    session: Session, alert_id: UUID, subscription_id: UUID
) -> tuple[Notice, Browser] | None:
    """What is to be told to whom.

    None when somebody has acknowledged it, the browser is gone, or it is now of somebody who does
    not answer for the branch.
    """
    found = await session.execute(
        select(
            Alert.branch_id, Alert.kind, Alert.title,
            PushSubscription.endpoint, PushSubscription.p256dh, PushSubscription.auth,
            Staff.language,
        )
        .select_from(Alert)
        .join(PushSubscription, PushSubscription.id == subscription_id)
        .join(Staff, Staff.id == PushSubscription.staff_id)
        .where(Alert.id == alert_id, _STILL_OPEN)
    )  # fmt: skip
    row = found.one_or_none()
    if row is None or subscription_id not in await subscriptions_over(session, row.branch_id):
        return None
    return (
        Notice(alert_id, row.kind, row.title, row.language or settings().language),
        Browser(row.endpoint, row.p256dh, row.auth),
    )


async def forget(session: Session, subscription_id: UUID) -> None:
    """Forget a browser that has left."""
    await session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


async def note_success(session: Session, subscription_id: UUID) -> None:
    """Note that a browser's push service has taken a message."""
    await session.execute(
        update(PushSubscription)
        .where(PushSubscription.id == subscription_id, PushSubscription.failed_since.is_not(None))
        .values(failed_since=None)
    )


async def note_failure(session: Session, subscription_id: UUID, now: datetime) -> None:
    """Note since when a browser's push service has not taken messages."""
    await session.execute(
        update(PushSubscription)
        .where(PushSubscription.id == subscription_id)
        .values(failed_since=func.coalesce(PushSubscription.failed_since, now))
    )
