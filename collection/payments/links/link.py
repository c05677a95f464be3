"""Payment links as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.payments.errors import LinkNotOpen, NotThisAmount
from core.money import Money


class State(StrEnum):
    """What can be done with a link. `paid`: all that it was for came in."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """An address at which `amount` can be paid, all at once or (`is_part_allowed`) in parts.

    `paid` is what came in through it so far, `opened_at` when its page was first asked for.
    """

    id: UUID
    branch_id: UUID
    case_id: UUID
    amount: Money
    is_part_allowed: bool
    made_at: datetime
    made_by: UUID
    expires_at: datetime
    withdrawn_at: datetime | None
    paid: Money
    opened_at: datetime | None = None

    @property
    def left(self) -> Money:
        """What can still be paid with it."""
        return Money(max(0, (self.amount - self.paid).amount_minor), self.amount.currency)

    def state(self, now: datetime) -> State:
        """What can be done with it at an instant."""
        if not self.left.amount_minor:
            return State.PAID
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        return State.EXPIRED if now >= self.expires_at else State.OPEN

    def check_payment(self, amount: Money, now: datetime) -> None:
        """Raises `LinkNotOpen` or `NotThisAmount` for what cannot be paid with it."""
        state = self.state(now)
        if state is not State.OPEN:
            raise LinkNotOpen(state)
        if amount.currency != self.amount.currency:
            raise NotThisAmount(f"in {self.amount.currency}")
        if self.is_part_allowed:
            if not 0 < amount.amount_minor <= self.left.amount_minor:
                raise NotThisAmount(f"more than nothing and at most {self.left}")
        elif amount != self.left:
            raise NotThisAmount(f"{self.left}, no more and no less")
