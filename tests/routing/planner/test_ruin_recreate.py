from hypothesis import given, settings
from hypothesis import strategies as st

from routing.planner.construct import pinned, possible
from routing.planner.problem import Problem
from routing.planner.ruin_recreate import fill, improve
from routing.planner.terms import terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import NINE, case, day, days


@settings(deadline=None, max_examples=50)
@given(days(most=7), st.integers(0, 3))
def test_the_round_stays_legal_keeps_its_pins_and_never_gets_worse(
    problem: Problem, seed: int
) -> None:
    its = terms(problem)
    numbers = possible(its)
    pins = pinned(its, numbers)
    free = [n for n in numbers if problem.candidates[n].pin is None]
    better = improve(its, pins, [*pins, *free], [0.0, 0.3, 0.6, 0.9], seed)
    assert timetable(its, better) is not None
    assert better[: len(pins)] == pins
    assert its.net_s(better) >= its.net_s(fill(its, pins, [*pins, *free])) >= its.net_s(pins)


def test_filling_prefers_gain_per_second_and_stops_when_nobody_is_worth_it() -> None:
    slow = case(1, score=60.0, service_s=7_200)
    quick = [case(n, score=40.0, service_s=3_600) for n in (2, 3)]
    dull = case(4, score=1.0)
    problem = day(slow, *quick, dull, at_s=[60, 60, 60, 600], end_s=NINE + 3 * 3_600)
    assert sorted(fill(terms(problem), [], [0, 1, 2, 3])) == [1, 2]


def test_a_bad_first_choice_is_undone() -> None:
    """Greedy takes the visit with the best rate, which shuts out two that are worth more."""
    greedy = case(1, score=70.0, service_s=4_000)
    pair = [case(n, score=60.0, service_s=3_590) for n in (2, 3)]
    problem = day(greedy, *pair, at_s=[0, 0, 0], end_s=NINE + 7_200)
    its = terms(problem)
    assert fill(its, [], [0, 1, 2]) == [0]
    assert sorted(improve(its, [0], [0, 1, 2], [n / 50 for n in range(50)], 1)) == [1, 2]
