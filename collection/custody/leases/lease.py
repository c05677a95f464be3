"""Offline leases as values: room in a till that a phone may fill without asking."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.money import Money


class Closed(StrEnum):
    """Why a lease no longer holds room."""

    RETURNED = "returned"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Lease:
    """Room for `amount`, of which `left` is not filled yet, until `expires_at`.

    A phone numbers its receipts 1, 2, 3 … behind `prefix`; the server's numbers follow one to one.
    """

    id: UUID
    prefix: str
    amount: Money
    left: Money
    granted_at: datetime
    expires_at: datetime
    closed_at: datetime | None = None
    closed_because: Closed | None = None

    def number_text(self, number: int) -> str:
        """A provisional number as the phone prints it: ``LS-001-L7-003``."""
        return f"{self.prefix}-{number:03d}"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a receipt does to a lease: `from_lease` of it is used up, `from_reserve` of the room
    that the till still holds for it; `over` is whether the receipt is more than was left."""

    from_lease: Money
    from_reserve: Money
    over: bool


def fill(lease: Lease, amount: Money) -> Filled:
    """How a lease takes an amount of cash. A closed lease holds no room, but still counts."""
    from_lease = min(lease.left, amount)
    nothing = Money(0, amount.currency)
    from_reserve = nothing if lease.closed_at else from_lease
    return Filled(from_lease, from_reserve, lease.left < amount)
