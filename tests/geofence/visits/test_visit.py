"""How a version of a visit is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from geofence.visits.visit import Standing, Visit

MINUTE = timedelta(minutes=1)
BEGAN = datetime(2026, 11, 23, 12, 41, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 15, 10, tzinfo=UTC)
ID = UUID(int=1)
VISIT = Visit(
    ID, ID, 1, ID, "Diego Soto", "B1", "America/Santiago", date(2026, 11, 23), BEGAN,
    BEGAN + 12 * MINUTE, True, -29.9, -71.25, 3.0, 40, 0.97, "verified", (), "first seen",
    NOON + MINUTE, NOON, NOON, 9000.0, None, None, (),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "09:41 added by pings received at 12:10"),
        ({"pings_until": NOON + 0.9 * MINUTE}, "09:41 added by pings received at 12:10"),
        (
            {"pings_until": NOON + 4 * MINUTE},
            "09:41 added by pings received from 12:10 to 12:14",
        ),
        (
            {"pings_from": NOON + 24 * 60 * MINUTE, "pings_until": NOON + 24 * 60 * MINUTE},
            "09:41 added by pings received at 12:10 on 2026-11-24",
        ),
        (
            {"version": 3, "change": "probable became verified"},
            "09:41 changed by pings received at 12:10: probable became verified",
        ),
        (
            {"version": 2, "change": "ended", "pings_from": None, "pings_until": None},
            "09:41 changed at 12:11: ended",
        ),
        ({"zone": "Asia/Kolkata"}, "18:11 added by pings received at 20:40"),
    ],
)
def test_a_version_says_how_it_came_about_in_the_branchs_times(
    changed: dict[str, object], told: str
) -> None:
    assert replace(VISIT, **changed).told == told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("replaced_at", "why", "standing", "told"),
    [
        (None, None, Standing.CURRENT, None),
        (NOON, None, Standing.REPLACED, None),
        (
            NOON,
            "part of another visit",
            Standing.WITHDRAWN,
            "09:41 withdrawn at 12:10: part of another visit",
        ),
    ],
)
def test_what_holds_no_longer_says_why(
    replaced_at: datetime | None, why: str | None, standing: Standing, told: str | None
) -> None:
    visit = replace(VISIT, replaced_at=replaced_at, withdrawn_why=why)
    assert (visit.standing, visit.told_withdrawn) == (standing, told)


@pytest.mark.parametrize(("delay_s", "is_late"), [(None, False), (600.0, False), (601.0, True)])
def test_a_ping_that_was_ten_minutes_under_way_is_late(
    delay_s: float | None, is_late: bool
) -> None:
    assert replace(VISIT, pings_delay_s=delay_s).is_late is is_late
