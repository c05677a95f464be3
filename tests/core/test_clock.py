"""The clock of an installation, and the days of a branch."""

from datetime import UTC, date, datetime, timedelta

from core.clock import Clock, day_range, local_day

NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_demonstration_runs_faster_from_its_origin() -> None:
    wall = datetime(2030, 1, 1, tzinfo=UTC)
    clock = Clock(wall, NINE, 30)
    assert clock.at(wall) == NINE
    assert clock.at(wall + timedelta(minutes=2)) == NINE + timedelta(hours=1)
    assert clock.wall_s(3600) == 120


def test_a_day_is_the_branchs_day() -> None:
    assert local_day(datetime(2026, 11, 24, 2, tzinfo=UTC), "America/Santiago") == date(
        2026, 11, 23
    )
    assert local_day(datetime(2026, 11, 23, 20, tzinfo=UTC), "Asia/Kolkata") == date(2026, 11, 24)


def test_a_day_is_as_long_as_it_is_there() -> None:
    begin, end = day_range(date(2026, 11, 23), "Asia/Kolkata")
    assert (begin, end - begin) == (
        datetime(2026, 11, 22, 18, 30, tzinfo=UTC),
        timedelta(hours=24),
    )
    begin, end = day_range(date(2026, 9, 6), "America/Santiago")
    assert end - begin == timedelta(hours=23)
