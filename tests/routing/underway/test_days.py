"""Plans and days, customer by customer."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from routing.underway.days.actual import MadeVisit, PlannedVisit, compare

NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)


def planned(case: int, nth: int) -> PlannedVisit:
    at = NINE + timedelta(minutes=20 * nth)
    return PlannedVisit(UUID(int=case), str(case), at, at + timedelta(minutes=10), 100.0)


def made(case: int, nth: int, minutes: int = 5) -> MadeVisit:
    at = NINE + timedelta(minutes=20 * nth)
    return MadeVisit(UUID(int=case), str(case), at, at + timedelta(minutes=minutes), "verified")


def test_a_day_as_planned_is_in_order_and_on_time() -> None:
    day = compare([planned(c, c) for c in range(4)], [made(c, c) for c in range(4)])
    assert (day.made, day.missed, day.unplanned, day.in_order) == (4, 0, 0, 4)
    assert all(stop.late_s == 0 and stop.dwell_s == 300 for stop in day.stops)


def test_coming_back_adds_dwell_and_no_visit() -> None:
    day = compare([planned(1, 0)], [made(1, 0), made(1, 3, minutes=7)])
    assert day.made == 1
    assert day.stops[0].dwell_s == 720
    assert day.stops[0].late_s == 0


@given(st.permutations(range(7)), st.permutations(range(3, 10)))
def test_everybody_is_counted_once(plan: list[int], day: list[int]) -> None:
    found = compare(
        [planned(c, n) for n, c in enumerate(plan)], [made(c, n) for n, c in enumerate(day)]
    )
    assert len({stop.case_id for stop in found.stops}) == len(found.stops) == 10
    assert (found.missed, found.unplanned, found.made, found.planned) == (3, 3, 7, 7)
    assert 1 <= found.in_order <= 4
