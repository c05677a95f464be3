"""The kinds of rules, and what a rule of each kind says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DAY_S = 86_400


class Kind(StrEnum):
    """What a rule is about. `conduct` is told to people and asked of nobody."""

    HOURS = "hours"
    WEEKDAY = "weekday"
    HOLIDAY = "holiday"
    FREQUENCY = "frequency"
    QUIET_AFTER = "quiet_after"
    PLACE = "place"
    PARTY = "party"
    PRECONDITION = "precondition"
    HOLD = "hold"
    CONDUCT = "conduct"


class PlaceKind(StrEnum):
    """Where a contact takes place. `on_file` is the address that the lender has of the customer."""

    ON_FILE = "on_file"
    DESIGNATED = "designated"
    ELSEWHERE = "elsewhere"


class Party(StrEnum):
    """Who is contacted."""

    CUSTOMER = "customer"
    GUARANTOR = "guarantor"
    OTHER = "other"


def party_of(relation: str) -> Party:
    """What somebody is to contact rules who is this to the customer. Who answers for a debt, or
    owes it too, is no customer to them: what rules keep from third parties is kept from both."""
    if relation == "customer":
        return Party.CUSTOMER
    return Party.GUARANTOR if relation in ("guarantor", "co_borrower") else Party.OTHER


class FactName(StrEnum):
    """What must be on record before a contact; what is not on record counts as not so."""

    AGENT_CERTIFICATE_VALID = "agent_certificate_valid"
    AGENT_INTIMATED_BORROWER = "agent_intimated_borrower"
    VISIT_NOTICE_GIVEN = "visit_notice_given"
    VALIDATION_NOTICE_SENT = "validation_notice_sent"


class HoldKind(StrEnum):
    """Why a customer is left alone for a time."""

    BEREAVEMENT = "bereavement"
    CALAMITY = "calamity"
    MARRIAGE = "marriage"
    FESTIVAL = "festival"
    ILLNESS = "illness"
    DISPUTE = "dispute"
    GRIEVANCE = "grievance"
    MORATORIUM = "moratorium"
    LEGAL = "legal"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Hours:
    """Contact from `opens_s` to before `closes_s`, seconds of the clock's day; on all weekdays, or
    on these alone (1 is Monday)."""

    opens_s: int
    closes_s: int
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Contact on these weekdays alone; 1 is Monday."""

    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holidays:
    """No contact on the holidays of a calendar: ISO 3166-1, or 3166-2 for a part of a country."""

    calendar: str


@dataclass(frozen=True, slots=True)
class Frequency:
    """At most `most` contacts in `days` days in a row, today and the days before it."""

    most: int
    days: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """No contact after a conversation (or any attempt); its own day is the first of `days`."""

    after: str
    days: int


@dataclass(frozen=True, slots=True)
class Places:
    """Contact at these places alone; at the address on file also after so many meetings missed
    in a row."""

    allowed: tuple[PlaceKind, ...]
    home_after_missed: int | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Contact with these alone."""

    only: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Precondition:
    """No contact before all of these are on record."""

    requires: tuple[FactName, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """No contact while a hold of one of these kinds lasts."""

    kinds: tuple[HoldKind, ...]


@dataclass(frozen=True, slots=True)
class Conduct:
    """How people are to behave."""


Params = (
    Hours | Weekdays | Holidays | Frequency | Quiet | Places | Parties | Precondition | Holds
    | Conduct
)  # fmt: skip

KINDS: Mapping[type, Kind] = {
    Hours: Kind.HOURS,
    Weekdays: Kind.WEEKDAY,
    Holidays: Kind.HOLIDAY,
    Frequency: Kind.FREQUENCY,
    Quiet: Kind.QUIET_AFTER,
    Places: Kind.PLACE,
    Parties: Kind.PARTY,
    Precondition: Kind.PRECONDITION,
    Holds: Kind.HOLD,
    Conduct: Kind.CONDUCT,
}


def clock_s(text: str) -> int:
    """Seconds of ``08:00``, ``08:00:30`` or ``24:00`` on the clock's face; it must be one."""
    parts = [int(part) for part in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) == 3 else 0)


def clock(second: int) -> str:
    """Seconds of the clock's day as people write them."""
    shown = f"{second // 3600:02}:{second // 60 % 60:02}"
    return f"{shown}:{second % 60:02}" if second % 60 else shown


def in_words(day: date) -> str:
    """A day as people write it: ``17 August``."""
    return f"{day.day} {day:%B}"
