"""Receipts as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from collection.portfolio.waterfall import Head, OpenDemand, Waterfall, part_paid
from collection.receipts.loan_card import LoanCard
from collection.receipts.tender import Tender
from core.money import Money


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a series; a series has no gaps."""

    series_id: UUID
    prefix: str
    number: int

    @property
    def text(self) -> str:
        """As it is printed: ``LS-001-000123``."""
        return f"{self.prefix}-{self.number:06d}"


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a receipt that pays a demand, and head by head what of it."""

    demand_id: UUID
    due_on: date
    amount: Money
    heads: Mapping[Head, Money]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was taken down.

    `advance` is what no demand needed, or `suspense` where it waits there until somebody says what
    it was for; `outstanding` is what is left of the account's demands and
    `headroom` of the till, once it was taken. `distance_m` is from the phone's fix to the center
    of the customer's fence, None when either is missing. `provisional_number` is what the phone
    printed while it was offline, or that of the leaf on which it was written. One taken at the
    branch fills no till: `headroom` is None. `amount_words` is the amount as the customer
    was told it, in words.
    """

    id: UUID
    number: Number
    case_id: UUID
    amount: Money
    mode: str
    mode_reference: str | None
    taken_at: datetime
    received_at: datetime
    distance_m: float | None
    flags: tuple[str, ...]
    allocations: tuple[Allocation, ...]
    advance: Money
    suspense: Money
    outstanding: Money
    headroom: Money | None
    provisional_number: str | None = None
    mode_details: Mapping[str, str] = field(default_factory=dict)
    loan_card: LoanCard | None = None
    tender: Tender | None = None
    amount_words: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is more than all that was open on the account, due or not. What is paid before
        its day is an advance, and where nothing is open it is ad hoc: neither amount is wrong."""
        was_open = self.outstanding + self.amount - self.advance - self.suspense
        return was_open.amount_minor > 0 and was_open < self.amount


ADHOC = "adhoc"
"""Flags money for which no demand was open."""


PART_PAID = "part_paid"
"""Flags money that left a demand paid in part where its product takes whole ones only."""


def flags_of(
    demands: Sequence[OpenDemand], paid: Waterfall, *, takes_parts: bool
) -> tuple[str, ...]:
    """What is odd about a payment for these open demands of its account."""
    if not demands:
        return (ADHOC,)
    return () if takes_parts or part_paid(paid.shares, demands) is None else (PART_PAID,)


def demanded_by(day: date, demands: Sequence[OpenDemand], currency: str) -> Money:
    """What of an account's open demands has fallen due by a day."""
    return Money(sum(d.unpaid_minor for d in demands if d.due_on <= day), currency)


def outstanding_after(amount: Money, paid: Waterfall, demands: Sequence[OpenDemand]) -> Money:
    """What is left of an account's demands once a payment has gone to them."""
    due_minor = sum(demand.unpaid_minor for demand in demands)
    return Money(due_minor - (amount.amount_minor - paid.over_minor), amount.currency)


def allocations_of(
    paid: Waterfall, demands: Sequence[OpenDemand], currency: str
) -> tuple[Allocation, ...]:
    """What a payment settles of each demand, the oldest demand first."""
    heads: dict[UUID, dict[Head, Money]] = {}
    for share in paid.shares:
        heads.setdefault(share.demand_id, {})[share.head] = Money(share.amount_minor, currency)
    due_on = {demand.id: demand.due_on for demand in demands}
    return tuple(
        Allocation(
            id_, due_on[id_], Money(sum(m.amount_minor for m in its.values()), currency), its
        )
        for id_, its in heads.items()
    )
