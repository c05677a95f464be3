"""SQL of what is added to customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from data.sealed import index_of, opened
from data.session import Session, rows, run
from data.tables.collection import Address
from data.tables.stages import ContactPoint, CustomerMerge, NumberTag


@dataclass(frozen=True, slots=True)
class CustomerToChange:
    """The branch of a customer, the country whose numbers are dialed there, the source's number."""

    branch_id: UUID
    country: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class NumberTagView:
    """A word on a number, as long as it stood."""

    id: UUID
    value: str
    word: str
    reason: str
    until: date | None
    set_at: datetime
    set_by: UUID
    lifted_at: datetime | None
    lifted_by: UUID | None


async def customer(session: Session, customer_id: UUID) -> CustomerToChange | None:
    """A customer in scope."""
    found = await rows(
        session,
        "SELECT u.branch_id, b.country, u.phone FROM customer u JOIN branch b ON b.id = u.branch_id"
        " WHERE u.id = :id",
        id=customer_id,
    )
    if not found:
        return None
    return CustomerToChange(found[0].branch_id, found[0].country, opened(found[0].phone))


async def add_contact(session: Session, **values: Any) -> UUID | None:
    """Store a contact; its id, or None when the customer has it already."""
    added = await session.execute(
        insert(ContactPoint)
        .values(id=new_id(), **values)
        .on_conflict_do_nothing()
        .returning(ContactPoint.id)
    )
    return added.scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class StandingContact:
    """A contact that has not ended; nobody added one of a demand file."""

    added_by: UUID | None


async def standing_contact(session: Session, contact_id: UUID) -> StandingContact | None:
    """A contact in scope that stands."""
    found = await rows(
        session,
        "SELECT added_by FROM contact_point WHERE id = :id AND ended_at IS NULL",
        id=contact_id,
    )
    return StandingContact(found[0].added_by) if found else None


async def verify_contact(session: Session, contact_id: UUID, by: UUID, now: datetime) -> None:
    """Note that somebody has found a contact to be right; the first one counts."""
    await session.execute(
        update(ContactPoint)
        .where(ContactPoint.id == contact_id, ContactPoint.verified_at.is_(None))
        .values(verified_at=now, verified_by=by)
    )


async def end_contact(
    session: Session, contact_id: UUID, because: str, by: UUID, now: datetime
) -> bool:
    """End a contact; False when there is none in scope that stands."""
    ended = await session.execute(
        update(ContactPoint)
        .where(ContactPoint.id == contact_id, ContactPoint.ended_at.is_(None))
        .values(ended_at=now, ended_by=by, ended_because=because)
        .returning(ContactPoint.id)
    )
    return ended.scalar_one_or_none() is not None


async def add_tag(session: Session, **values: Any) -> UUID | None:
    """Store a word on a number; its id, or None when the number has it."""
    added = await session.execute(
        insert(NumberTag)
        .values(id=new_id(), **values)
        .on_conflict_do_nothing()
        .returning(NumberTag.id)
    )
    return added.scalar_one_or_none()


async def lift_tag(session: Session, tag_id: UUID, by: UUID, now: datetime) -> bool:
    """Take a word from a number; False when there is none in scope that stands."""
    lifted = await session.execute(
        update(NumberTag)
        .where(NumberTag.id == tag_id, NumberTag.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=by)
        .returning(NumberTag.id)
    )
    return lifted.scalar_one_or_none() is not None


async def lift_past_tags(session: Session, customer_id: UUID, value: str, day: date) -> None:
    """Have words whose last day is over make room for new ones; they end with that day."""
    await run(
        session,
        "UPDATE number_tag SET lifted_at = (until + 1)::timestamp AT TIME ZONE 'UTC',"
        " lifted_by = set_by WHERE customer_id = :customer AND value_index = :value"
        " AND lifted_at IS NULL AND until < :day",
        customer=customer_id,
        value=index_of(value),
        day=day,
    )


async def tags(session: Session, customer_id: UUID) -> Sequence[NumberTagView]:
    """All words on a customer's numbers, those of the past as well, the newest first."""
    found = await rows(
        session,
        "SELECT id, value, word, reason, until, set_at, set_by, lifted_at, lifted_by"
        " FROM number_tag WHERE customer_id = :id ORDER BY set_at DESC, id DESC",
        id=customer_id,
    )
    return [NumberTagView(**{**r._asdict(), "value": opened(r.value)}) for r in found]


async def add_address(session: Session, **values: Any) -> UUID | None:
    """Store an address beside the source's; its id, or None when the customer has it."""
    added = await session.execute(
        insert(Address)
        .values(id=new_id(), provenance="desk", **values)
        .on_conflict_do_nothing()
        .returning(Address.id)
    )
    return added.scalar_one_or_none()


async def lock_merges(session: Session) -> None:
    """Have merges be made one after another until the end: two could make a chain."""
    await run(session, "SELECT pg_advisory_xact_lock(hashtext('customer_merge'))")


async def merged_with(session: Session, customer_ids: Sequence[UUID]) -> UUID | None:
    """One of these that is merged into another, or has another merged into it where it is not the
    first of them."""
    found = await rows(
        session,
        "SELECT merged_id, kept_id FROM customer_merge WHERE undone_at IS NULL"
        " AND (merged_id = ANY (CAST(:ids AS uuid[])) OR kept_id = :other)",
        ids=list(customer_ids),
        other=customer_ids[-1],
    )
    if not found:
        return None
    merged: UUID = found[0].merged_id
    return merged if merged in customer_ids else customer_ids[-1]


async def add_merge(session: Session, **values: Any) -> None:
    """Store a merge."""
    await session.execute(insert(CustomerMerge).values(id=new_id(), **values))


async def undo_merge(
    session: Session, customer_id: UUID, because: str, by: UUID, now: datetime
) -> bool:
    """Undo the merge of a record into another; False when it is not merged."""
    undone = await session.execute(
        update(CustomerMerge)
        .where(CustomerMerge.merged_id == customer_id, CustomerMerge.undone_at.is_(None))
        .values(undone_at=now, undone_by=by, undone_because=because)
        .returning(CustomerMerge.id)
    )
    return undone.scalar_one_or_none() is not None
