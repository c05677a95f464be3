"""Promises to pay: what is a promise, and what is not worth writing down."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from core.errors import InvalidField
from core.money import Money
from core.said import say

COUNTED_DAYS = 90
"""For so long a promise counts towards the most that may be made on an account."""


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


@dataclass(frozen=True, slots=True)
class PromiseTerms:
    """What a branch takes for a promise: see the policies ``promise_…``."""

    max_days: int = 30
    min_pct: int = 0
    most: int = 10


@dataclass(frozen=True, slots=True)
class Owed:
    """What is unpaid of an account, due or not yet; what of it is overdue; and how many promises
    were made on it in the last `COUNTED_DAYS`."""

    outstanding: Money
    overdue: Money
    promises: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """That somebody who may takes a promise which the branch's policies do not take, and why."""

    by: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """A policy that a promise is beyond: in which field, and what would be within."""

    rule: str
    field: str
    expected: str


def check_promise(promise: Promise, made_on: date, owed: Owed) -> None:
    """Raises `InvalidField` unless there is sense in the promise: some of what is outstanding, on
    `made_on` (the branch's date) or later."""
    if promise.amount.currency != owed.outstanding.currency:
        raise InvalidField(
            "amount.currency",
            say("{currency}, the account's currency", currency=owed.outstanding.currency),
        )
    if not 0 < promise.amount.amount_minor <= owed.outstanding.amount_minor:
        expected = say(
            "more than 0 and at most {outstanding}, which is due",
            outstanding=owed.outstanding,
        )
        raise InvalidField("amount.amount_minor", expected)
    if promise.due_on < made_on:
        raise InvalidField("due_on", say("{made_on} or later", made_on=made_on))
    for field, at in (("due_from", promise.due_from), ("due_to", promise.due_to)):
        if at is not None and at.tzinfo is not None:
            raise InvalidField(field, say("a time without a zone, such as 17:00"))
    if promise.due_from and promise.due_to and promise.due_from >= promise.due_to:
        raise InvalidField("due_to", say("later than {due_from:%H:%M}", due_from=promise.due_from))


def beyond_terms(
    promise: Promise, made_on: date, owed: Owed, terms: PromiseTerms
) -> tuple[Beyond, ...]:
    """The policies of the branch that a promise is beyond: it is for too little, for a day too far
    off, or one too many. Somebody with the authority may take it all the same."""
    found = []
    least = least_of(owed, terms)
    if promise.amount.amount_minor < least.amount_minor:
        expected = say(
            "at least {least}, {min_pct} % of what is overdue (promise_min_pct)",
            least=least,
            min_pct=terms.min_pct,
        )
        found.append(Beyond("promise_min_pct", "amount.amount_minor", expected))
    latest = made_on + timedelta(days=terms.max_days)
    if promise.due_on > latest:
        expected = say(
            "a date from {made_on} to {latest} (promise_max_days)", made_on=made_on, latest=latest
        )
        found.append(Beyond("promise_max_days", "due_on", expected))
    if owed.promises >= terms.most:
        expected = say(
            "no further promise: {promises} were made in {counted_days} days (promise_most)",
            promises=owed.promises,
            counted_days=COUNTED_DAYS,
        )
        found.append(Beyond("promise_most", "case_id", expected))
    return tuple(found)


def least_of(owed: Owed, terms: PromiseTerms) -> Money:
    """The least that a promise must be for."""
    minor = -(-owed.overdue.amount_minor * terms.min_pct // 100)
    return Money(minor, owed.overdue.currency)
