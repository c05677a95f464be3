"""Promises to pay: what is a promise, and what is not worth writing down."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from collection.custody.amount_text import amount_text
from core.errors import InvalidField
from core.money import Money

LONGEST = timedelta(days=30)
"""Further ahead nobody knows his pay day; what comes later is a new plan, not a promise."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer's word to pay an amount by the end of a day.

    `due_from` and `due_to` are when to come for it, by the branch's clock.
    """

    id: UUID
    case_id: UUID
    amount: Money
    due_on: date
    made_at: datetime
    due_from: time | None = None
    due_to: time | None = None


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
    for field, at in (("due_from", promise.due_from), ("due_to", promise.due_to)):
        if at is not None and at.tzinfo is not None:
            raise InvalidField(field, "a time without a zone, such as 17:00")
    if promise.due_from and promise.due_to and promise.due_from >= promise.due_to:
        raise InvalidField("due_to", "later than due_from")
