"""Banking hours: what counts of the time that cash is in somebody's hands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from collection.custody.ageing.banking_hours import WITHOUT_COUNTERS, BankingHours, merged
from collection.gate.calendars import Holiday

ZONE = "America/Santiago"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("begin", "end", "hours", "why"),
    [
        (at(23, 10), at(23, 12), 2, "within one morning"),
        (at(23, 18), at(24, 8, 30), 0, "a night does not count"),
        (at(23, 18), at(24, 9, 30), 0.5, "the counter has been open for half an hour"),
        (at(27, 16), at(30, 10), 2, "a weekend does not count"),
        (at(7, 16, month=12), at(9, 10, month=12), 2, "8 December is a holiday in Chile"),
        (at(23, 12), at(23, 12), 0, "no time"),
    ],
)
def test_only_the_time_when_a_counter_was_open_counts(
    begin: datetime, end: datetime, hours: float, why: str
) -> None:
    assert BankingHours(ZONE, "CL", WITHOUT_COUNTERS).open_s(begin, end) == hours * 3600, why


def test_what_a_branch_declares_goes_before_the_calendar() -> None:
    local = {
        ("CL", date(2026, 11, 24)): Holiday("Half a day", (12 * 3600, 86_400)),
        ("CL", date(2026, 12, 8)): None,
    }
    hours = BankingHours(ZONE, "CL", WITHOUT_COUNTERS, local)
    assert hours.open_s(at(24, 8), at(24, 20)) == 3 * 3600
    assert hours.open_s(at(8, 8, month=12), at(8, 20, month=12)) == 8 * 3600


def test_hours_of_several_counters_count_once() -> None:
    assert merged([(9, 12), (11, 13), (15, 17), (13, 14)]) == ((9, 14), (15, 17))


def test_clocks_that_are_set_forward_do_not_make_a_day_longer() -> None:
    begin = datetime(2026, 9, 5, 0, tzinfo=ZoneInfo(ZONE))
    end = datetime(2026, 9, 8, 0, tzinfo=ZoneInfo(ZONE))
    assert BankingHours(ZONE, "CL", WITHOUT_COUNTERS).open_s(begin, end) == 8 * 3600
