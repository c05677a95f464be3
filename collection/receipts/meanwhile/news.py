"""What a phone did not know of a case when a payment was taken, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collection.receipts.receipt import Receipt
from core.money import Money


class Kind(StrEnum):
    """What happened."""

    PAID = "paid"
    HANDED_ON = "handed_on"
    DUE_CHANGED = "due_changed"


class Way(StrEnum):
    """How somebody else's payment came in."""

    AGENT = "agent"
    DESK = "desk"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Known:
    """What the phone knew: as of when, and what was due before this payment then."""

    as_of: datetime
    due: Money


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that others took; `on_demands` is what of it paid demands."""

    at: datetime
    amount: Money
    on_demands: Money
    way: Way


@dataclass(frozen=True, slots=True)
class HandedOn:
    """That the case went to another agent."""

    at: datetime
    agent: str


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened.

    `paid`: `amount` came in by `way`. `handed_on`: the case is with `agent` now. `due_changed`:
    `amount` was due when this payment came, for no payment that is told here.
    """

    kind: Kind
    at: datetime | None = None
    amount: Money | None = None
    way: Way | None = None
    agent: str | None = None


def news_of(
    taken: Receipt, known: Known, paid: Sequence[Paid], handed_on: HandedOn | None
) -> tuple[News, ...]:
    """What the phone did not know when `taken` was taken, in the order of time."""
    told = [News(Kind.PAID, each.at, each.amount, each.way) for each in paid]
    if handed_on:
        told.append(News(Kind.HANDED_ON, handed_on.at, agent=handed_on.agent))
    told.sort(key=lambda each: each.at or taken.received_at)
    was_due = taken.outstanding + taken.amount - taken.advance
    explained_minor = known.due.amount_minor - sum(each.on_demands.amount_minor for each in paid)
    if was_due.amount_minor != max(0, explained_minor):
        told.append(News(Kind.DUE_CHANGED, amount=was_due))
    return tuple(told)
