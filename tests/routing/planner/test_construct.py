from routing.planner.construct import pinned, possible
from routing.planner.problem import Window
from routing.planner.terms import terms
from tests.routing.planner.days import NINE, case, cut_off, day


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


def test_pins_come_in_their_order_and_one_that_does_not_fit_is_dropped() -> None:
    gone = case(2, pin=2, windows=(Window(NINE, NINE),))
    problem = day(case(1, pin=3), gone, case(3, pin=1), case(4), at_s=[60, 120, 180, 240])
    assert pinned(terms(problem), [0, 1, 2, 3]) == [2, 0]
