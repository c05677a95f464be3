"""When a demonstration goes on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cli.demo_database import STANDS_STILL, resumed_at
from core.clock import Clock
from demo.orders import first_working_day

MONDAY_NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)
WALL = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stopped_at", "goes_on_at"),
    [
        ("2026-11-23T12:00", "2026-11-23T12:00"),  # at 09:00 on Monday
        ("2026-11-23T17:35", "2026-11-23T17:35"),  # in the afternoon
        ("2026-11-23T11:00", "2026-11-23T12:00"),  # before the shift
        ("2026-11-23T21:00", "2026-11-24T12:00"),  # at 18:00: the shift is over
        ("2026-11-24T02:30", "2026-11-24T12:00"),  # late on Monday, which is Tuesday in UTC
        ("2026-11-28T22:00", "2026-11-30T12:00"),  # on Saturday evening
        ("2026-11-29T15:00", "2026-11-30T12:00"),  # on Sunday
    ],
)
def test_it_goes_on_where_it_stopped_or_on_the_next_working_morning(
    stopped_at: str, goes_on_at: str
) -> None:
    stopped = datetime.fromisoformat(stopped_at).replace(tzinfo=UTC)
    clock = Clock(WALL, stopped, STANDS_STILL)
    a_week_later = WALL + timedelta(days=7)
    expected = datetime.fromisoformat(goes_on_at).replace(tzinfo=UTC)
    assert abs(resumed_at(clock, a_week_later) - expected) < timedelta(seconds=1)


def test_after_a_kill_no_time_goes_backwards_and_little_is_skipped() -> None:
    clock = Clock(WALL, MONDAY_NINE, 60)  # set two seconds before the kill
    goes_on = resumed_at(clock, WALL + timedelta(days=3))
    assert clock.at(WALL + timedelta(seconds=2)) < goes_on
    assert goes_on <= clock.at(WALL + timedelta(seconds=15))


def test_started_again_at_once_it_skips_nothing() -> None:
    clock = Clock(WALL, MONDAY_NINE, 60)
    soon = WALL + timedelta(seconds=3)
    assert resumed_at(clock, soon) == clock.at(soon)


@pytest.mark.parametrize(("day", "works_on"), [(22, 23), (23, 23), (28, 28), (29, 30)])
def test_nobody_works_on_sundays(day: int, works_on: int) -> None:
    assert first_working_day(date(2026, 11, day)) == date(2026, 11, works_on)
