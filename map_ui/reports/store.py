"""SQL of subscriptions and of the reports that were made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from collection.figures.period import Grouping
from data.session import Session, rows
from data.tables.exports import ReportFile, ReportSubscription
from identity.permission import GRANTS, Permission
from identity.role import Role
from map_ui.reports.subscription import Every, Subscription


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """A subscription with what its next report needs; `permissions` are its owner's now.

    `ended` is the last day that has ended in all its branches; None where one has ended none.
    """

    subscription: Subscription
    branch_id: UUID
    permissions: frozenset[Permission]
    currency: str
    zone: str
    last_made: date | None
    ended: date | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report that was made."""

    subscription_id: UUID
    first_day: date
    last_day: date
    name: str
    made_at: datetime


_SUBSCRIPTION = """
SELECT s.*, b.code, b.currency, b.zone,
       (SELECT max(f.last_day) FROM report_file f WHERE f.subscription_id = s.id) AS last_made
FROM report_subscription s JOIN branch b ON b.id = s.branch_id
"""


def _subscription(r: Any) -> Subscription:
    return Subscription(
        r.id, r.code, Every(r.every), Grouping(r.grouping), r.format, r.made_at, r.ended_at, r.email
    )


async def subscriptions(session: Session, staff_id: UUID) -> Sequence[Subscription]:
    """Somebody's subscriptions that have not ended."""
    found = await rows(
        session,
        f"{_SUBSCRIPTION} WHERE s.staff_id = :staff AND s.ended_at IS NULL ORDER BY s.id",
        staff=staff_id,
    )
    return [_subscription(r) for r in found]


async def subscription(session: Session, id_: UUID, staff_id: UUID) -> Subscription | None:
    """One of somebody's subscriptions."""
    found = await rows(
        session, f"{_SUBSCRIPTION} WHERE s.id = :id AND s.staff_id = :staff", id=id_, staff=staff_id
    )
    return _subscription(found[0]) if found else None


async def add(session: Session, new: Subscription, branch_id: UUID, staff_id: UUID) -> None:
    """Add a subscription, unless its id is taken."""
    await session.execute(
        insert(ReportSubscription)
        .values(
            id=new.id, branch_id=branch_id, staff_id=staff_id, every=new.every,
            grouping=new.grouping, format=new.format, made_at=new.made_at, email=new.email,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


async def end(session: Session, id_: UUID, staff_id: UUID, now: datetime) -> bool:
    """End a subscription; False where there is none of that person."""
    found = await rows(
        session,
        "UPDATE report_subscription SET ended_at = coalesce(ended_at, :now)"
        " WHERE id = :id AND staff_id = :staff RETURNING id",
        id=id_,
        staff=staff_id,
        now=now,
    )
    return bool(found)


async def running(session: Session) -> Sequence[DueSubscription]:
    """All subscriptions of people who work here and are not suspended, in a branch above what they
    asked for."""
    found = await rows(
        session,
        f"""
        SELECT x.*, w.role, k.permissions, (
            WITH RECURSIVE below AS (
                SELECT id FROM branch WHERE id = x.branch_id
                UNION SELECT b.id FROM branch b JOIN below ON b.parent_id = below.id
            )
            SELECT CASE WHEN count(*) = count(e.day) THEN min(e.day) END
            FROM below LEFT JOIN LATERAL (
                SELECT max(day) AS day FROM ended_day WHERE branch_id = below.id) e ON true
        ) AS ended FROM ({_SUBSCRIPTION}) x
        JOIN staff w ON w.id = x.staff_id AND w.is_active AND w.suspended_at IS NULL
        LEFT JOIN composed_role k ON k.name = w.composed_role
        WHERE x.ended_at IS NULL AND EXISTS (
            WITH RECURSIVE above AS (
                SELECT id, parent_id FROM branch WHERE id = x.branch_id
                UNION SELECT b.id, b.parent_id FROM branch b JOIN above ON above.parent_id = b.id
            ) SELECT FROM above WHERE id = w.branch_id)
        ORDER BY x.id
        """,  # noqa: S608 our own constants
    )
    return [
        DueSubscription(
            _subscription(r), r.branch_id,
            GRANTS[Role(r.role)] if r.permissions is None
            else frozenset(map(Permission, r.permissions)),
            r.currency, r.zone, r.last_made, r.ended,
        )
        for r in found
    ]  # fmt: skip


async def add_report(
    session: Session, due: DueSubscription, days: tuple[date, date], name: str, content: bytes,
    now: datetime,
) -> bool:  # fmt: skip
    """Keep a report; False where it had been made."""
    added = await session.execute(
        insert(ReportFile)
        .values(
            subscription_id=due.subscription.id, branch_id=due.branch_id, first_day=days[0],
            last_day=days[1], made_at=now, name=name, content=content,
        )
        .on_conflict_do_nothing()
        .returning(ReportFile.last_day)
    )  # fmt: skip
    return added.scalar_one_or_none() is not None


async def reports(session: Session, staff_id: UUID, limit: int) -> Sequence[ReportView]:
    """The last reports made for somebody, the newest first."""
    found = await rows(
        session,
        "SELECT f.subscription_id, f.first_day, f.last_day, f.name, f.made_at FROM report_file f"
        " JOIN report_subscription s ON s.id = f.subscription_id WHERE s.staff_id = :staff"
        " ORDER BY f.last_day DESC, f.subscription_id LIMIT :limit",
        staff=staff_id,
        limit=limit,
    )
    return [ReportView(*r) for r in found]


@dataclass(frozen=True, slots=True)
class ReportToMail:
    """A report with the name of its branch and the address that it goes to."""

    email: str
    branch: str
    first_day: date
    name: str
    content: bytes


async def to_mail(session: Session, id_: UUID, last_day: date) -> ReportToMail | None:
    """A report that is to be sent; None once nobody wants it so, or who did has left or is
    suspended."""
    found = await rows(
        session,
        "SELECT s.email, b.name AS branch, f.first_day, f.name, f.content FROM report_file f"
        " JOIN report_subscription s ON s.id = f.subscription_id"
        " JOIN branch b ON b.id = s.branch_id"
        " JOIN staff w ON w.id = s.staff_id AND w.is_active AND w.suspended_at IS NULL"
        " WHERE s.id = :id AND f.last_day = :day AND s.email IS NOT NULL AND s.ended_at IS NULL",
        id=id_,
        day=last_day,
    )
    if not found:
        return None
    r = found[0]
    return ReportToMail(r.email, r.branch, r.first_day, r.name, bytes(r.content))


async def content(
    session: Session, id_: UUID, last_day: date, staff_id: UUID
) -> tuple[str, bytes] | None:
    """The name and the bytes of a report that was made for somebody."""
    found = await rows(
        session,
        "SELECT f.name, f.content FROM report_file f"
        " JOIN report_subscription s ON s.id = f.subscription_id"
        " WHERE s.id = :id AND s.staff_id = :staff AND f.last_day = :day",
        id=id_,
        staff=staff_id,
        day=last_day,
    )
    return (found[0].name, bytes(found[0].content)) if found else None
