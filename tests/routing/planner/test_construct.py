from hypothesis import given, settings

from routing.planner.construct import cheapest_insertion, nearest_neighbour, pinned, possible
from routing.planner.problem import Problem, Window
from routing.planner.terms import terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import NINE, case, cut_off, day, days


@settings(deadline=None)
@given(days(most=7))
def test_constructed_rounds_keep_their_times_cash_and_pins(problem: Problem) -> None:
    its = terms(problem)
    numbers = possible(its)
    pins = pinned(its, numbers)
    numbers = [n for n in numbers if problem.candidates[n].pin is None or n in pins]
    for order in (nearest_neighbour(its, numbers), cheapest_insertion(its, numbers)):
        assert timetable(its, order) is not None
        assert order[: len(pins)] == pins
        assert len(set(order)) == len(order)
        assert set(order) <= set(numbers)
        headroom = its.cash_headroom_minor(order)
        assert headroom is None or headroom >= 0


def test_possible_are_those_who_could_be_visited_alone() -> None:
    problem = day(
        case(1),
        case(2, windows=(Window(NINE, NINE + 60),)),
        case(3, needs=frozenset({"hindi"})),
        case(4, expected_cash_minor=101),
        case(5, service_s=9 * 3_600),
        case(6),
        at_s=[60, 120, 60, 60, 60, 60],
        cash_limit_minor=100,
    )
    assert possible(terms(cut_off(problem, 6))) == [0]


def test_nearest_neighbour_goes_on_to_the_nearest_and_passes_by_who_does_not_fit() -> None:
    too_late = case(2, windows=(Window(NINE, NINE + 60),))
    problem = day(case(1), too_late, case(3), at_s=[100, 110, 300])
    assert nearest_neighbour(terms(problem), [0, 1, 2]) == [0, 2]


def test_cheapest_insertion_takes_the_urgent_first_and_puts_others_on_the_way() -> None:
    problem = day(case(1, score=10.0), case(2, score=90.0), at_s=[300, 900])
    assert cheapest_insertion(terms(problem), [0, 1]) == [0, 1]
    short = day(case(1, score=10.0), case(2, score=90.0), at_s=[300, 900], end_s=NINE + 2_400)
    assert cheapest_insertion(terms(short), [0, 1]) == [1]


def test_pins_come_in_their_order_and_one_that_does_not_fit_is_dropped() -> None:
    gone = case(2, pin=2, windows=(Window(NINE, NINE),))
    problem = day(case(1, pin=3), gone, case(3, pin=1), case(4), at_s=[60, 120, 180, 240])
    assert pinned(terms(problem), [0, 1, 2, 3]) == [2, 0]
