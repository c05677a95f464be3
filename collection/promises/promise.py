"""Promises to pay: what is a promise, and what is not worth writing down."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from collection.custody.amount_text import amount_text
from core.errors import InvalidField
from core.money import Money

LONGEST = timedelta(days=30)
"""Further ahead nobody knows his pay day; what comes later is a new plan, not a promise."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer's word to pay an amount by the end of a day."""

    id: UUID
    case_id: UUID
    amount: Money
    due_on: date
    made_at: datetime


def check_promise(promise: Promise, made_on: date, outstanding: Money) -> None:
    """Raises `InvalidField` unless the promise is for some day of the 30 from `made_on` on (the
    branch's date) and for a part of what is outstanding, or all of it."""
    if promise.amount.currency != outstanding.currency:
        raise InvalidField("amount.currency", f"{outstanding.currency}, the account's currency")
    if not 0 < promise.amount.amount_minor <= outstanding.amount_minor:
        expected = f"more than 0 and at most {amount_text(outstanding)}, which is due"
        raise InvalidField("amount.amount_minor", expected)
    if not made_on <= promise.due_on <= made_on + LONGEST:
        expected = f"a date from {made_on} to {made_on + LONGEST}"
        raise InvalidField("due_on", expected)
