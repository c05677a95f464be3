"""What somebody who leaves still has, and what stands in the way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone that somebody is signed on to, and when anything last came from it."""

    id: UUID
    label: str
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cash:
    """What a person's till says: in hand, on its way to a vault or a bank, and lent to the phone
    for receipts offline that may not be in yet."""

    in_hand: Money
    in_transit: Money
    on_lease: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has, all of which ends when they leave; no `cash` for who has no till.

    `receipt_books` are those to be given back, by series and numbers: leaves that are not accounted
    for when they leave are missed from then on. `api_keys` are the keys of programs, by name, that
    they were shown and that still open something.
    """

    staff_id: UUID
    branch_id: UUID
    name: str
    role: str
    left_at: datetime | None
    sign_ins: int
    open_cases: int
    shifts: int
    open_handovers: tuple[UUID, ...]
    receipt_books: tuple[str, ...]
    api_keys: tuple[str, ...]
    lease_id: UUID | None
    phone: Phone | None
    cash: Cash | None

    @property
    def holds_cash(self) -> bool:
        """Whether there is cash in their hands, so that leaving asks what becomes of it."""
        return self.cash is not None and self.cash.in_hand.amount_minor > 0
