"""What one payer hands over in cash on one day, which the law of a country may limit."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.receipts.errors import TooMuchCashOfPayer
from core.clock import day_range, local_day
from core.money import Money


@dataclass(frozen=True, slots=True)
class PayerDay:
    """A payer's day, by the clock of the branch's zone: over all accounts, to whichever agent."""

    customer_id: UUID
    currency: str
    day: date
    zone: str

    @classmethod
    def of(cls, customer_id: UUID, currency: str, taken_at: datetime, zone: str) -> "PayerDay":
        """The day on which something is taken."""
        return cls(customer_id, currency, local_day(taken_at, zone), zone)

    @property
    def range(self) -> tuple[datetime, datetime]:
        """Its first instant and the next day's, in UTC."""
        return day_range(self.day, self.zone)


def check_below(before: Money, amount: Money, below_minor: int) -> None:
    """Raises `TooMuchCashOfPayer` when a day's cash would not stay below this."""
    if (before + amount).amount_minor >= below_minor:
        raise TooMuchCashOfPayer(before, Money(below_minor, amount.currency), amount)
