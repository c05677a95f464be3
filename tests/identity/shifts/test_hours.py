"""Hours by the clock: a shift is from nine to six on every day, however long the day is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidField
from identity.shifts.hours import Hours, Pause, days_between, worked

SANTIAGO = "America/Santiago"
SPRING, AUTUMN = date(2026, 9, 6), date(2027, 4, 4)
"""Sundays of 23 and of 25 hours: the clock goes on or back at midnight before."""

around_a_change = st.sampled_from([SPRING, AUTUMN]).flatmap(
    lambda day: st.dates(day - timedelta(days=10), day + timedelta(days=10))
)
of_the_day = st.times(min_value=time(1), max_value=time(23, 59)).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@given(day=around_a_change, clocks=st.tuples(of_the_day, of_the_day, of_the_day))
def test_a_shift_is_what_the_clock_of_its_day_says(
    day: date, clocks: tuple[time, time, time]
) -> None:
    begins, rests, ends = sorted(clocks)
    if begins == ends:
        return
    pauses = [Pause(rests, 0, 0)]
    span = worked(Hours(begins, ends, pauses), day, SANTIAGO)
    zone = ZoneInfo(SANTIAGO)
    told = [span.starts_at, span.rests[0].begins_at, span.ends_at]
    assert [at.astimezone(zone).replace(tzinfo=None) for at in told] == [
        datetime.combine(day, clock) for clock in (begins, rests, ends)
    ]


def test_nine_to_six_is_an_hour_earlier_by_the_sun_once_the_clock_has_changed() -> None:
    hours = Hours(time(9), time(18))
    for day, utc in ((SPRING - timedelta(days=1), 13), (SPRING, 12), (AUTUMN, 13)):
        span = worked(hours, day, SANTIAGO)
        assert span.starts_at == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
        assert span.ends_at - span.starts_at == timedelta(hours=9)


def test_a_time_that_the_clock_leaves_out_is_after_the_gap() -> None:
    span = worked(Hours(time(0, 30), time(8)), SPRING, SANTIAGO)
    assert span.starts_at.astimezone(ZoneInfo(SANTIAGO)).time() == time(1, 30)
    with pytest.raises(InvalidField, match=r"hours\.to_time"):
        worked(Hours(time(0, 30), time(1)), SPRING, SANTIAGO)


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (Hours(time(18), time(9)), "hours.to_time"),
        (Hours(time(9), time(9)), "hours.to_time"),
        (Hours(time(9), time(18), [Pause(time(8), 3600, 0)]), "hours.breaks"),
        (Hours(time(9), time(18), [Pause(time(17), 1800, 3600)]), "hours.breaks"),
        (
            Hours(time(9), time(18), [Pause(time(13), 3600, 0), Pause(time(12, 30), 3600, 0)]),
            "hours.breaks",
        ),
    ],
)
def test_hours_that_cannot_be_worked_are_refused(hours: Hours, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        worked(hours, date(2026, 11, 23), SANTIAGO)
    assert refused.value.field == field


def test_days_are_those_of_the_weekdays() -> None:
    monday = date(2026, 11, 23)
    found = days_between(monday, monday + timedelta(days=13), {0, 5})
    assert [day.day for day in found] == [23, 28, 30, 5]
    for last, weekdays in (
        (monday - timedelta(days=1), {0}),
        (monday + timedelta(days=92), {0}),
        (monday, {1}),
    ):
        with pytest.raises(InvalidField):
            days_between(monday, last, weekdays)
    assert len(days_between(monday, monday + timedelta(days=91), set(range(7)))) == 92
