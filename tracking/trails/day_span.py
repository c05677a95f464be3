"""A working day up to the present."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import day_range


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A day with its first instant and the next day's; `until` is where it ends or the present.

    Of a day that has not begun, `until` is its first instant.
    """

    day: date
    begins: datetime
    until: datetime
    ends: datetime
    now: datetime


def day_span(day: date, zone: str, now: datetime) -> DaySpan:
    """A working day of this zone, seen from `now`."""
    begins, ends = day_range(day, zone)
    return DaySpan(day, begins, min(max(begins, now), ends), ends, now)
