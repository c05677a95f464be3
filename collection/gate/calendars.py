"""Calendars of holidays: those of countries and their parts, overlaid by what branches declare.

Countries' calendars come from the package ``holidays``; some of its days (moon sightings, say) are
estimates, and a branch declares what is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday, or the part of a day that is one: `closed_s` are seconds of the clock's day."""

    name: str
    closed_s: tuple[int, int] = (0, 86_400)

    @property
    def is_whole(self) -> bool:
        """Whether the whole day is closed."""
        return self.closed_s == (0, 86_400)


Local = Mapping[tuple[str, date], Holiday | None]
"""What holds for a branch by calendar and day; None: declared to be a working day."""


def calendar_exists(calendar: str) -> bool:
    """Whether there is a calendar of this ISO 3166-1 or 3166-2 code."""
    country, _, part = calendar.partition("-")
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (not part or part in parts) and calendar[-1:] != "-"


def holiday_on(calendar: str, day: date, local: Local) -> Holiday | None:
    """The holiday of a day, where there is one: what is declared goes before the calendar."""
    declared = local.get((calendar, day), _NOT_DECLARED)
    if declared is not _NOT_DECLARED:
        return declared
    name = _names(calendar, day.year).get(day)
    return None if name is None else Holiday(name)


def days_of(calendar: str, year: int) -> list[tuple[date, str]]:
    """The days of a calendar in a year with their names, in their order, whatever is declared."""
    return sorted(_names(calendar, year).items())


def is_banking_day(calendar: str, day: date, local: Local) -> bool:
    """Whether banks are open on a day: no weekend of the country's, and no holiday that lasts all
    day. What a branch declares to be a working day is one."""
    if local.get((calendar, day), _NOT_DECLARED) is None:
        return True
    holiday = holiday_on(calendar, day, local)
    if holiday is not None and holiday.is_whole:
        return False
    return day.weekday() not in _weekend(calendar)


_NOT_DECLARED = Holiday("not declared")


@lru_cache(maxsize=256)
def _weekend(calendar: str) -> frozenset[int]:
    """The days of the week that are free, Monday being 0."""
    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None).weekend)


@lru_cache(maxsize=256)
def _names(calendar: str, year: int) -> Mapping[date, str]:
    country, _, part = calendar.partition("-")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=year, expand=False, language="en_US"
    )
    return dict(found.items())
