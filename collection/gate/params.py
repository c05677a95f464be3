"""How a rule's params are read from JSON, and told as JSON again."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from collection.gate.calendars import calendar_exists
from collection.gate.kinds import (
    Conduct,
    FactName,
    Frequency,
    HoldKind,
    Holds,
    Holidays,
    Hours,
    Kind,
    Params,
    Parties,
    Party,
    PlaceKind,
    Places,
    Precondition,
    Quiet,
    Weekdays,
    clock,
    clock_s,
)
from core.errors import InvalidField
from core.said import say

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|24:00")


class _Reader:
    """Takes members out of a rule's params. Raises `InvalidField` that says what is right."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = dict(raw)

    def _take(self, name: str, expected: str, is_right: Callable[[Any], bool]) -> Any:
        value = self.raw.pop(name, None)
        if not is_right(value):
            raise InvalidField(f"params.{name}", expected)
        return value

    def clock_s(self, name: str) -> int:
        """A time of the clock."""
        expected = say("a time such as 08:00, at most 24:00")
        return clock_s(
            self._take(
                name, expected, lambda v: isinstance(v, str) and bool(_CLOCK.fullmatch(v))
            )
        )  # fmt: skip

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number."""
        number: int = self._take(
            name,
            say("a whole number from {low} to {high}", low=low, high=high),
            lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high,
        )
        return number

    def weekdays(self) -> tuple[int, ...]:
        """Days of the week."""
        days = self._take(
            "weekdays",
            say("one or more of 1 (Monday) to 7 (Sunday), each once"),
            lambda v: _is_list(v, lambda d: type(d) is int and 1 <= d <= 7),
        )
        return tuple(sorted(days))

    def some(self, name: str, options: type[StrEnum]) -> tuple[Any, ...]:
        """Some of a list of words."""
        words = [option.value for option in options]
        given = self._take(
            name,
            say("one or more of {words}, each once", words=", ".join(words)),
            lambda v: _is_list(v, lambda w: w in words),
        )
        return tuple(options(word) for word in sorted(given))

    def done(self) -> None:
        """Nothing may be left."""
        for name in self.raw:
            raise InvalidField(f"params.{name}", say("nothing: this kind of rule does not know it"))


def _is_list(value: Any, is_right: Callable[[Any], bool]) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) == len({str(one) for one in value})
        and all(is_right(one) for one in value)
    )


def _hours(raw: _Reader) -> Hours:
    opens_s, closes_s = raw.clock_s("from"), raw.clock_s("to")
    if opens_s >= closes_s:
        raise InvalidField(
            "params.to",
            say("a time after {opens_s}; a rule ends by midnight", opens_s=clock(opens_s)),
        )
    return Hours(opens_s, closes_s, raw.weekdays() if "weekdays" in raw.raw else ())


def _holidays(raw: _Reader) -> Holidays:
    calendar = raw._take(
        "calendar",
        "a country (ID) or a part of one (US-NY) that has a calendar",
        lambda v: isinstance(v, str) and calendar_exists(v),
    )
    return Holidays(calendar)


def _quiet(raw: _Reader) -> Quiet:
    after = raw._take(
        "after", "one of conversation, attempt", lambda v: v in ("conversation", "attempt")
    )
    return Quiet(after, raw.number("days", 1, 366))


def _places(raw: _Reader) -> Places:
    allowed = raw.some("allowed", PlaceKind)
    missed = (
        raw.number("home_after_missed", 1, 100) if "home_after_missed" in raw.raw else None
    )  # fmt: skip
    return Places(allowed, missed)


_READ: Mapping[Kind, Callable[[_Reader], Params]] = {
    Kind.HOURS: _hours,
    Kind.WEEKDAY: lambda raw: Weekdays(raw.weekdays()),
    Kind.HOLIDAY: _holidays,
    Kind.FREQUENCY: lambda raw: Frequency(raw.number("max", 1, 1000), raw.number("days", 1, 366)),
    Kind.QUIET_AFTER: _quiet,
    Kind.PLACE: _places,
    Kind.PARTY: lambda raw: Parties(raw.some("only", Party)),
    Kind.PRECONDITION: lambda raw: Precondition(raw.some("requires", FactName)),
    Kind.HOLD: lambda raw: Holds(raw.some("kinds", HoldKind)),
    Kind.CONDUCT: lambda _: Conduct(),
}


def read_params(kind: Kind, raw: Mapping[str, Any]) -> Params:
    """A rule's params from JSON. Raises `InvalidField`, which names the member."""
    reader = _Reader(raw)
    params = _READ[kind](reader)
    reader.done()
    return params


def params_json(params: Params) -> dict[str, Any]:
    """A rule's params as JSON, as `read_params` takes them."""
    told: dict[str, Any]
    match params:
        case Hours():
            told = {"from": clock(params.opens_s), "to": clock(params.closes_s)}
            told |= {"weekdays": list(params.weekdays)} if params.weekdays else {}
        case Weekdays():
            told = {"weekdays": list(params.weekdays)}
        case Holidays():
            told = {"calendar": params.calendar}
        case Frequency():
            told = {"max": params.most, "days": params.days}
        case Quiet():
            told = {"after": params.after, "days": params.days}
        case Places():
            missed = params.home_after_missed
            told = {"allowed": [place.value for place in params.allowed]}
            told |= {} if missed is None else {"home_after_missed": missed}
        case Parties():
            told = {"only": [party.value for party in params.only]}
        case Precondition():
            told = {"requires": [name.value for name in params.requires]}
        case Holds():
            told = {"kinds": [kind.value for kind in params.kinds]}
        case Conduct():
            told = {}
    return told
