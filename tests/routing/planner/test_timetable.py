import pytest

from routing.planner.problem import RestBreak, Window
from routing.planner.terms import terms
from routing.planner.timetable import Timetable, timetable
from tests.routing.planner.days import MINUTE, NINE, NOON, TEN, case, day

HALF_HOUR = 1_800


def test_stops_follow_each_other_as_early_as_they_can() -> None:
    problem = day(case(1), case(2), at_s=[300, 500])
    assert timetable(terms(problem), [0, 1]) == Timetable(
        arrivals_s=(NINE + 300, NINE + 300 + 600 + 200),
        begins_s=(NINE + 300, NINE + 1_100),
        departures_s=(NINE + 900, NINE + 1_700),
        breaks_begin_s=(),
        end_s=NINE + 1_700 + 500,
    )


def test_an_early_agent_waits_for_the_window() -> None:
    problem = day(case(1, windows=(Window(TEN, NOON),)), at_s=[300])
    times = timetable(terms(problem), [0])
    assert times
    assert (times.arrivals_s, times.begins_s) == ((NINE + 300,), (TEN,))


def test_a_missed_first_window_leaves_the_second() -> None:
    windows = (Window(NINE, NINE + 60), Window(NOON, NOON + 60))
    times = timetable(terms(day(case(1, windows=windows), at_s=[300])), [0])
    assert times
    assert times.begins_s == (NOON,)


def test_a_late_agent_has_no_timetable() -> None:
    problem = day(case(1, windows=(Window(NINE, NINE + 299),)), at_s=[300])
    assert timetable(terms(problem), [0]) is None


def test_a_round_that_comes_home_after_the_shift_has_no_timetable() -> None:
    visit = case(1, service_s=3_600)
    assert timetable(terms(day(visit, at_s=[300], end_s=NINE + 4_200)), [0])
    assert timetable(terms(day(visit, at_s=[300], end_s=NINE + 4_199)), [0]) is None


def test_an_open_end_is_the_last_departure() -> None:
    times = timetable(terms(day(case(1), at_s=[300], end_place=None)), [0])
    assert times
    assert times.end_s == times.departures_s[-1]


def test_an_empty_round_stays_where_it_is() -> None:
    problem = day(case(1), at_s=[300], end_place=1)
    assert timetable(terms(problem), []) == Timetable((), (), (), (), NINE)


@pytest.mark.parametrize(
    ("leaves_first_at", "rests_at", "arrives_at", "begins_at"),
    [
        # Arrives before resting is allowed: rests at the door.
        (TEN - 600, TEN, TEN - 300, TEN + HALF_HOUR),
        # Under way when resting is allowed: rests under way.
        (TEN - 100, TEN, TEN + 200 + HALF_HOUR, TEN + 200 + HALF_HOUR),
        # Still at the last door: rests before setting off.
        (TEN + 100, TEN + 100, TEN + 400 + HALF_HOUR, TEN + 400 + HALF_HOUR),
    ],
)
def test_the_break_falls_where_the_agent_is_when_its_time_comes(
    leaves_first_at: int, rests_at: int, arrives_at: int, begins_at: int
) -> None:
    rest = RestBreak(TEN, TEN + 1_200, HALF_HOUR)
    first = case(1, service_s=leaves_first_at - NINE - 300)
    second = case(2, service_s=3_600)
    times = timetable(terms(day(first, second, at_s=[300, 600], rest_breaks=(rest,))), [0, 1])
    assert times
    assert times.breaks_begin_s == (rests_at,)
    assert (times.arrivals_s[1], times.begins_s[1]) == (arrives_at, begins_at)


def test_a_round_that_is_over_before_the_break_needs_none() -> None:
    rest = RestBreak(NOON, NOON + 3_600, HALF_HOUR)
    times = timetable(terms(day(case(1), at_s=[300], rest_breaks=(rest,))), [0])
    assert times
    assert times.breaks_begin_s == (None,)


def test_a_break_that_every_leg_misses_leaves_no_timetable() -> None:
    rest = RestBreak(TEN, TEN + 60, HALF_HOUR)
    through = case(1, windows=(Window(TEN - 60, TEN - 60),), service_s=10 * MINUTE)
    later = case(2, windows=(Window(NOON, NOON),))
    assert timetable(terms(day(through, later, at_s=[0, 0], rest_breaks=(rest,))), [0, 1]) is None
    assert timetable(terms(day(through, later, at_s=[0, 0], rest_breaks=(rest,))), [1])
