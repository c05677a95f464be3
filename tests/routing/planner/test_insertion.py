from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.planner.insertion import insertions
from routing.planner.problem import Problem
from routing.planner.terms import NEVER_S, terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import case, day, days


@settings(deadline=None)
@given(days(most=6, pins=False), st.randoms(use_true_random=False))
def test_what_fits_by_insertion_has_a_timetable_and_what_does_not_has_none(
    problem: Problem, chance: Random
) -> None:
    its = terms(problem)
    numbers = list(range(its.count))
    chance.shuffle(numbers)
    order: list[int] = []
    for number in numbers:
        tried = insertions(its, order, [number])
        for position in range(len(order) + 1):
            longer = [*order[:position], number, *order[position:]]
            kept = timetable(its, longer) is not None
            assert (tried.short_s[0, position] <= 0) == kept
            added_s = its.travel_of_s(longer) - its.travel_of_s(order)
            assert tried.detour_s[0, position] == added_s
        detour_s, where = tried.cheapest()
        if detour_s[0] < NEVER_S:
            order.insert(int(where[0]), number)


def test_how_late_and_how_short_are_told_in_seconds() -> None:
    long = case(1, service_s=7 * 3_600)
    its = terms(day(long, case(2, service_s=3_600), at_s=[600, 600]))
    tried = insertions(its, [0], [1])
    assert tried.short_s.tolist() == [[1_200, 1_200]]  # 8 h of visits and 20 min of travel
    assert tried.late_s.max() <= 0


def test_nothing_goes_before_a_pin() -> None:
    its = terms(day(case(1, pin=1), case(2), at_s=[600, 300]))
    assert insertions(its, [0], [1]).fits.tolist() == [[False, True]]


def test_cash_over_the_limit_does_not_fit_anywhere() -> None:
    its = terms(
        day(
            case(1, expected_cash_minor=70),
            case(2, expected_cash_minor=40),
            case(3),
            at_s=[1, 2, 3],
            cash_limit_minor=100,
        )
    )
    tried = insertions(its, [0], [1, 2])
    assert tried.over_minor.tolist() == [[10, 10], [0, 0]]
    assert tried.fits.any(axis=1).tolist() == [False, True]
