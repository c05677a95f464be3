"""Which dues a payment settles: the oldest demand first, and within it head by head."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from core.errors import InvalidField
from core.said import say

Head = Literal["charges", "penal", "interest", "principal"]

HEAD_ORDER: tuple[Head, ...] = get_args(Head)


@dataclass(frozen=True, slots=True)
class OpenDemand:
    """A demand by head and what was paid on it so far, in minor units of the account's currency.

    One that is due on a holiday counts from `shifted_to` on.

    Raises `InvalidField` when an amount is negative or more was paid than was due.
    """

    id: UUID
    due_on: date
    principal_minor: int
    interest_minor: int = 0
    charges_minor: int = 0
    penal_minor: int = 0
    paid_minor: int = 0
    shifted_to: date | None = None

    def __post_init__(self) -> None:
        heads = [self.due_minor(head) for head in HEAD_ORDER]
        if min(heads) < 0:
            raise InvalidField("demand", say("amounts of 0 or more under each head"))
        if not 0 <= self.paid_minor <= sum(heads):
            raise InvalidField("paid_minor", say("0 up to the sum of the heads"))

    @property
    def counts_from(self) -> date:
        """The day from which it is overdue."""
        return self.shifted_to or self.due_on

    @property
    def unpaid_minor(self) -> int:
        """What is still to be paid of it."""
        return sum(self.due_minor(head) for head in HEAD_ORDER) - self.paid_minor

    def due_minor(self, head: Head) -> int:
        """What was due under `head` before any payment."""
        return {
            "charges": self.charges_minor,
            "penal": self.penal_minor,
            "interest": self.interest_minor,
            "principal": self.principal_minor,
        }[head]

    def left_by_head(self, head_order: Sequence[Head]) -> dict[Head, int]:
        """What is unpaid under each head, where payments so far went by `head_order`."""
        paid_minor = self.paid_minor
        left_minor: dict[Head, int] = {}
        for head in head_order:
            due_minor = self.due_minor(head)
            earlier_minor = min(paid_minor, due_minor)
            paid_minor -= earlier_minor
            left_minor[head] = due_minor - earlier_minor
        return left_minor


class Share(NamedTuple):
    """The part of a payment that settles one head of one demand; always more than 0."""

    demand_id: UUID
    head: Head
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Where a payment goes. The shares, the advance and what waits in suspense add up to the
    payment, to the unit."""

    shares: tuple[Share, ...]
    advance_minor: int
    suspense_minor: int = 0

    @property
    def over_minor(self) -> int:
        """What no demand needed."""
        return self.advance_minor + self.suspense_minor


def allocate(
    payment_minor: int,
    demands: Iterable[OpenDemand],
    head_order: Sequence[Head] = HEAD_ORDER,
    *,
    over_to_suspense: bool = False,
) -> Waterfall:
    """Spread a payment over the open demands of one account.

    The oldest due date comes first, equal ones by id; within a demand the heads come in
    `head_order`, which earlier payments are taken to have followed too. What no demand needs is
    an advance, or waits in suspense until somebody says what it was for. Raises `InvalidField` for
    a payment of less than one unit, or an order that does not name every head once.
    """
    if payment_minor <= 0:
        raise InvalidField("payment_minor", say("more than 0"))
    if sorted(head_order) != sorted(HEAD_ORDER):
        raise InvalidField(
            "head_order", say("each of {head_order} once", head_order=", ".join(HEAD_ORDER))
        )
    left_minor = payment_minor
    shares: list[Share] = []
    for demand in sorted(demands, key=lambda demand: (demand.due_on, demand.id)):
        for head, unpaid_minor in demand.left_by_head(head_order).items():
            share_minor = min(left_minor, unpaid_minor)
            if share_minor:
                shares.append(Share(demand.id, head, share_minor))
                left_minor -= share_minor
    if over_to_suspense:
        return Waterfall(tuple(shares), 0, left_minor)
    return Waterfall(tuple(shares), left_minor)


def part_paid(shares: Iterable[Share], demands: Iterable[OpenDemand]) -> OpenDemand | None:
    """The demand that these shares of a payment pay only a part of, if there is one."""
    paid_minor: dict[UUID, int] = {}
    for share in shares:
        paid_minor[share.demand_id] = paid_minor.get(share.demand_id, 0) + share.amount_minor
    for demand in demands:
        if 0 < paid_minor.get(demand.id, 0) < demand.unpaid_minor:
            return demand
    return None
