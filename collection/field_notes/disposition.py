"""Dispositions: what came of one contact, in codes. Free text alone is none."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from collection.field_notes.values.value_list import Asks, Reaches, Topic, Value, ValueList
from core.errors import InvalidField
from core.money import Money
from core.said import say


class Person(StrEnum):
    """Who was reached."""

    CUSTOMER = "customer"
    CO_BORROWER = "co_borrower"
    GUARANTOR = "guarantor"
    SPOUSE = "spouse"
    RELATIVE = "relative"
    NEIGHBOR = "neighbor"
    COLLEAGUE = "colleague"
    OTHER = "other"


OBLIGED = frozenset({Person.CUSTOMER, Person.CO_BORROWER, Person.GUARANTOR})
"""Whom a contact that reaches the customer may be with: they owe it, or answer for it."""


class Intent(StrEnum):
    """How willing the customer is to pay."""

    WILLING = "willing"
    WAVERING = "wavering"
    UNWILLING = "unwilling"


class Ability(StrEnum):
    """How able the customer is to pay."""

    ABLE = "able"
    PARTLY = "partly"
    UNABLE = "unable"


class ActionKind(StrEnum):
    """What can come next on a case."""

    VISIT = "visit"
    CALL = "call"
    MESSAGE = "message"
    LETTER = "letter"
    AWAIT_PAYMENT = "await_payment"
    CHECK_ADDRESS = "check_address"
    SUPERVISOR = "supervisor"
    LEGAL = "legal"


MOST_DAYS = 90
"""A next action further away than this is none."""


@dataclass(frozen=True, slots=True)
class NextAction:
    """What comes next, and on which day of the branch."""

    kind: ActionKind
    due_on: date
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GivenCause:
    """The code of a root cause, and what it is in words."""

    code: str
    note: str


@dataclass(frozen=True, slots=True)
class GivenPromise:
    """What the customer promised in this contact."""

    id: UUID
    amount: Money
    due_on: date

    def digest(self) -> bytes:
        """SHA-256 of what was promised: the same promise again is no other."""
        told = f"{self.id} {self.amount.amount_minor} {self.amount.currency} {self.due_on}"
        return hashlib.sha256(told.encode()).digest()


@dataclass(frozen=True, slots=True)
class Disposition:
    """What came of one contact. `happened_at` is by the clock of whoever notes it."""

    id: UUID
    case_id: UUID
    channel: Topic
    contact: str
    result: str
    reason: str | None
    person: Person | None
    person_name: str | None
    intent: Intent | None
    ability: Ability | None
    note: str | None
    next_action: NextAction
    cause: GivenCause | None
    promise: GivenPromise | None
    happened_at: datetime


def check_disposition(given: Disposition, values: ValueList, day: date) -> tuple[Value, ...]:
    """The values that were chosen, from the contact down. `day` is the branch's, when it happened.

    Raises `InvalidField`: every code must stand in the list, and what the codes ask must be said.
    """
    chosen = values.choose(
        (("contact", given.contact), ("result", given.result), ("reason", given.reason)), day
    )
    _check_person(given, chosen[0].reaches)
    asked = frozenset().union(*(value.asks for value in chosen))
    if Asks.ASSESSMENT in asked:
        for name, said in (("intent", given.intent), ("ability", given.ability)):
            if said is None:
                kinds: type[StrEnum] = Intent if name == "intent" else Ability
                raise InvalidField(name, say("one of {kinds}", kinds=", ".join(kinds)))
    if (given.intent is None) != (given.ability is None):
        raise InvalidField("ability", say("intent and ability, or neither"))
    if Asks.NOTE in asked and not given.note:
        raise InvalidField("note", say("what was said: {label}", label=chosen[-1].label))
    if Asks.CAUSE in asked and given.cause is None:
        raise InvalidField("cause", say("why nothing was paid: a code and a note"))
    if given.cause is not None and Asks.CAUSE not in asked:
        raise InvalidField("cause", say("nothing: {label} asks for none", label=chosen[-1].label))
    if given.promise is not None and Asks.PROMISE not in asked:
        raise InvalidField("promise", say("nothing: {label} is no promise", label=chosen[-1].label))
    check_next_action(given.next_action, day)
    return chosen


def asks_promise(chosen: tuple[Value, ...]) -> bool:
    """Whether there must be a promise on the account beside these values."""
    return any(Asks.PROMISE in value.asks for value in chosen)


def check_next_action(action: NextAction, day: date, field: str = "next_action.due_on") -> None:
    """Raises `InvalidField` unless it is for `day` or a day soon enough after it."""
    latest = day + timedelta(days=MOST_DAYS)
    if not day <= action.due_on <= latest:
        raise InvalidField(field, say("a date from {day} to {latest}", day=day, latest=latest))


def _check_person(given: Disposition, reaches: Reaches | None) -> None:
    if reaches is Reaches.NOBODY:
        if given.person is not None or given.person_name is not None:
            raise InvalidField("person", say("nothing: nobody was reached"))
        return
    may = [p for p in Person if (p in OBLIGED) == (reaches is Reaches.CUSTOMER)]
    if given.person not in may:
        raise InvalidField("person", say("one of {may}", may=", ".join(may)))
