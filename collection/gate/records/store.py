"""SQL of what people put on record for the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from data.session import Session, rows
from data.tables.contact_rules import Holiday, ProductClass
from data.tables.contacts import ContactFact, ContactPreference, MeetingAttendance, OccasionHold


@dataclass(frozen=True, slots=True)
class HolidayView:
    """What a branch declares of a day. `branch` is None when the caller does not see it."""

    id: UUID
    branch: str | None
    calendar: str
    day: date
    name: str
    kind: str
    closed_from: time | None
    closed_to: time | None
    declared_at: datetime


async def branch_of_customer(session: Session, customer_id: UUID) -> UUID | None:
    """The branch of a customer in scope."""
    found = await rows(session, "SELECT branch_id FROM customer WHERE id = :id", id=customer_id)
    return found[0].branch_id if found else None


async def branch_of_agent(session: Session, agent_id: UUID) -> UUID | None:
    """The branch of an agent in scope."""
    found = await rows(
        session, "SELECT branch_id FROM agent_profile WHERE agent_id = :id", id=agent_id
    )
    return found[0].branch_id if found else None


async def account_of_case(session: Session, case_id: UUID) -> tuple[UUID, UUID] | None:
    """The account of a case in scope, and its branch."""
    found = await rows(
        session, "SELECT account_id, branch_id FROM case_file WHERE id = :id", id=case_id
    )
    return (found[0].account_id, found[0].branch_id) if found else None


async def owns_account(session: Session, customer_id: UUID, account_id: UUID) -> bool:
    """Whether an account in scope is this customer's."""
    return bool(
        await rows(
            session,
            "SELECT FROM account WHERE id = :account AND customer_id = :customer",
            account=account_id,
            customer=customer_id,
        )
    )


async def add_preference(session: Session, **values: Any) -> None:
    """Keep a customer's wish."""
    await session.execute(insert(ContactPreference).values(**values))


async def withdraw_preference(session: Session, id_: UUID, by: UUID, now: datetime) -> bool:
    """End a wish; False when there is none in scope that stands."""
    ended = await session.execute(
        update(ContactPreference)
        .where(ContactPreference.id == id_, ContactPreference.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=by)
        .returning(ContactPreference.id)
    )
    return ended.scalar_one_or_none() is not None


async def preferences(session: Session, customer_id: UUID) -> Sequence[Any]:
    """All wishes of a customer in scope, the newest first."""
    return await rows(
        session,
        "SELECT * FROM contact_preference WHERE customer_id = :id"
        " ORDER BY recorded_at DESC, id DESC",
        id=customer_id,
    )


async def add_hold(session: Session, **values: Any) -> None:
    """Keep that a customer is left alone."""
    await session.execute(insert(OccasionHold).values(**values))


async def lift_hold(session: Session, id_: UUID, by: UUID, now: datetime) -> bool:
    """End a hold; False when there is none in scope that stands."""
    ended = await session.execute(
        update(OccasionHold)
        .where(OccasionHold.id == id_, OccasionHold.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=by)
        .returning(OccasionHold.id)
    )
    return ended.scalar_one_or_none() is not None


async def holds(session: Session, customer_id: UUID) -> Sequence[Any]:
    """All holds of a customer in scope, the newest first."""
    return await rows(
        session,
        "SELECT * FROM occasion_hold WHERE customer_id = :id ORDER BY recorded_at DESC, id DESC",
        id=customer_id,
    )


async def add_fact(session: Session, **values: Any) -> None:
    """Keep something that rules ask for."""
    await session.execute(insert(ContactFact).values(**values))


async def attendance(session: Session, account_id: UUID, meeting_on: date) -> bool | None:
    """Whether somebody came to a meeting, by the newest word; None when nobody said."""
    found = await rows(
        session,
        "SELECT has_attended FROM meeting_attendance WHERE account_id = :account"
        " AND meeting_on = :day ORDER BY recorded_at DESC, id DESC LIMIT 1",
        account=account_id,
        day=meeting_on,
    )
    return found[0].has_attended if found else None


async def add_attendance(session: Session, **values: Any) -> None:
    """Keep whether somebody came to a meeting."""
    await session.execute(insert(MeetingAttendance).values(id=new_id(), **values))


async def add_holiday(session: Session, **values: Any) -> None:
    """Keep what a branch declares of a day."""
    await session.execute(insert(Holiday).values(**values))


async def holidays(session: Session, branch_id: UUID, year: int) -> list[HolidayView]:
    """What binds a branch of a year's declared days, its own and from above; by day, the newest
    word of the nearest branch first."""
    found = await rows(
        session,
        """
        SELECT h.id, b.code, h.calendar, h.day, h.name, h.kind, h.closed_from, h.closed_to,
               h.declared_at
        FROM branch_line(:branch) l JOIN holiday h ON h.branch_id = l.branch_id
        LEFT JOIN branch b ON b.id = h.branch_id
        WHERE h.day >= :since AND h.day < :until
        ORDER BY h.day, h.calendar, l.steps, h.declared_at DESC, h.id DESC
        """,
        branch=branch_id,
        since=date(year, 1, 1),
        until=date(year + 1, 1, 1),
    )
    return [HolidayView(*r) for r in found]


async def set_product_class(
    session: Session, branch_id: UUID, code: str, product_class: str, by: UUID, now: datetime
) -> None:
    """Say what a product code is to contact rules, for a branch and those below it."""
    told = {"product_class": product_class, "set_at": now, "set_by": by}
    await session.execute(
        insert(ProductClass)
        .values(branch_id=branch_id, product_code=code, **told)
        .on_conflict_do_update(index_elements=["branch_id", "product_code"], set_=told)
    )


async def product_classes(session: Session, branch_id: UUID) -> Sequence[Any]:
    """Each product code that a branch has or that is set for it, with its class or None."""
    return await rows(
        session,
        """
        WITH known AS (
            SELECT DISTINCT ON (p.product_code) p.product_code, p.product_class, p.set_at
            FROM branch_line(:branch) l JOIN product_class p ON p.branch_id = l.branch_id
            ORDER BY p.product_code, l.steps
        )
        SELECT product_code, k.product_class, k.set_at
        FROM (SELECT DISTINCT product_code FROM account WHERE branch_id = :branch
              UNION SELECT product_code FROM known) c LEFT JOIN known k USING (product_code)
        ORDER BY product_code
        """,
        branch=branch_id,
    )
