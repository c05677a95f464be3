"""Leave a customer alone: for a time, or as the customer wishes. It narrows and never widens."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from collection.errors import CustomerNotFound
from collection.gate.errors import RecordNotFound
from collection.gate.kinds import HoldKind, PlaceKind
from collection.gate.records import store
from collection.gate.rule import Channel
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class NewHold:
    """Why and when a customer is left alone; both days belong to it."""

    kind: HoldKind
    first_day: date
    last_day: date | None
    note: str
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewPreference:
    """When and how a customer wishes to be contacted. Empty channels or weekdays mean all."""

    channels: tuple[Channel, ...]
    weekdays: tuple[int, ...]
    not_before: time | None
    not_after: time | None
    places_banned: tuple[PlaceKind, ...]
    is_opted_out: bool
    first_day: date
    last_day: date | None
    source: str


async def record_hold(
    session: Session, customer_id: UUID, hold: NewHold, by: UUID, now: datetime
) -> UUID:
    """Keep a hold; its id. Raises `CustomerNotFound` or `InvalidField`."""
    branch_id = await _branch_of(session, customer_id)
    _check_days(hold.first_day, hold.last_day)
    if hold.account_id and not await store.owns_account(session, customer_id, hold.account_id):
        raise InvalidField("account_id", say("an account of this customer, or nothing for all"))
    hold_id = new_id()
    await store.add_hold(
        session, id=hold_id, branch_id=branch_id, customer_id=customer_id,
        account_id=hold.account_id, kind=hold.kind.value, first_day=hold.first_day,
        last_day=hold.last_day, note=hold.note, recorded_at=now, recorded_by=by,
    )  # fmt: skip
    return hold_id


async def lift_hold(session: Session, hold_id: UUID, by: UUID, now: datetime) -> None:
    """End a hold: from this day on it does not hold. Raises `RecordNotFound`."""
    if not await store.lift_hold(session, hold_id, by, now):
        raise RecordNotFound(str(hold_id))


async def record_preference(
    session: Session, customer_id: UUID, wish: NewPreference, by: UUID, now: datetime
) -> UUID:
    """Keep a customer's wish; its id. Raises `CustomerNotFound` or `InvalidField`."""
    branch_id = await _branch_of(session, customer_id)
    _check_days(wish.first_day, wish.last_day)
    if wish.not_before and wish.not_after and wish.not_before >= wish.not_after:
        raise InvalidField(
            "not_after", say("a time after {not_before:%H:%M}", not_before=wish.not_before)
        )
    wish_id = new_id()
    await store.add_preference(
        session, id=wish_id, branch_id=branch_id, customer_id=customer_id,
        channels=[c.value for c in wish.channels], weekdays=list(wish.weekdays),
        not_before=wish.not_before, not_after=wish.not_after,
        places_banned=[p.value for p in wish.places_banned], is_opted_out=wish.is_opted_out,
        first_day=wish.first_day, last_day=wish.last_day, source=wish.source, recorded_at=now,
        recorded_by=by,
    )  # fmt: skip
    return wish_id


async def withdraw_preference(session: Session, wish_id: UUID, by: UUID, now: datetime) -> None:
    """End a customer's wish, as the customer asked. Raises `RecordNotFound`."""
    if not await store.withdraw_preference(session, wish_id, by, now):
        raise RecordNotFound(str(wish_id))


async def check_customer(session: Session, customer_id: UUID) -> None:
    """Raises `CustomerNotFound` for one who is not in scope."""
    await _branch_of(session, customer_id)


async def _branch_of(session: Session, customer_id: UUID) -> UUID:
    branch_id = await store.branch_of_customer(session, customer_id)
    if branch_id is None:
        raise CustomerNotFound(str(customer_id))
    return branch_id


def _check_days(first_day: date, last_day: date | None) -> None:
    if last_day is not None and last_day < first_day:
        raise InvalidField(
            "last_day",
            say("{first_day} or later, or nothing: until it is ended", first_day=first_day),
        )
