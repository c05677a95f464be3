"""Each rule on the smallest day where OR-Tools alone, begun from nothing, would do otherwise."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from routing.planner.audit import audit
from routing.planner.problem import DepositPoint, Problem, RestBreak, Window
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import terms
from tests.routing.planner.days import NINE, NOON, TEN, case, day
from tests.routing.planner.or_tools import descend
from tests.routing.planner.or_tools_rules import RULES

HOUR = 3_600


def _descended(problem: Problem) -> list[int]:
    """Places of the stops, in order."""
    pins = [n for n, candidate in enumerate(problem.candidates) if candidate.pin is not None]
    pins.sort(key=lambda n: problem.candidates[n].pin or 0)
    order = descend(terms(problem), range(len(problem.candidates)), pins)
    return [problem.candidates[number].place for number in order]


def with_counter(hours: Window, pins: bool = False, **shift: Any) -> Problem:
    """Two visits with too much cash for one stretch, and a counter between them."""
    problem = day(
        case(1, expected_cash_minor=60, score=90.0, pin=2 if pins else None),
        case(2, expected_cash_minor=50, pin=1 if pins else None),
        at_s=[300, 900, 600],
        end_place=None,
        cash_limit_minor=100,
        **({"cash_in_hand_minor": 0} | shift),
    )
    return replace(problem, deposits=(DepositPoint("Branch", 3, (hours,), 300, UUID(int=9)),))


def with_metres(most_m: int) -> Problem:
    problem = day(case(1, score=90.0), case(2), at_s=[300, 900], end_place=None)
    shift = replace(problem.shift, max_distance_m=most_m)
    return replace(problem, distance_m=problem.travel_s * 2, shift=shift)


@pytest.mark.parametrize(
    ("rule", "problem", "stops"),
    [
        # Two visits of an hour with ten minutes between them need 2 h 20 min.
        (
            "time_passes",
            day(
                case(1, service_s=HOUR, score=90.0),
                case(2, service_s=HOUR),
                at_s=[600, 600],
                end_s=NINE + 2 * HOUR + 1_199,
            ),
            [1],
        ),
        ("within_shift", day(case(1), at_s=[600], end_s=NINE + 1_799), []),
        ("within_shift", day(case(1), at_s=[600], end_s=NINE + 1_800), [1]),
        (
            "begins_in_a_window",
            day(
                case(1, windows=(Window(NOON, NOON),)),
                case(2, windows=(Window(TEN, TEN),)),
                case(3, windows=(Window(NINE, NINE), Window(NOON + HOUR, NOON + HOUR))),
                case(4, windows=(Window(NINE, NINE), Window(NINE + 60, NINE + 300))),
                at_s=[300, 600, 900, 900],
            ),
            [2, 1, 3],
        ),
        (
            "rest_is_taken",
            day(
                case(1, windows=(Window(TEN, TEN),), score=90.0),
                case(2, windows=(Window(TEN + 1_200, TEN + 1_200),)),
                at_s=[300, 300],
                rest_breaks=(RestBreak(TEN, TEN + 900, 900),),
            ),
            [1],
        ),
        ("pins_come_first", day(case(1), case(2, pin=1), at_s=[300, 600], end_place=None), [2, 1]),
        (
            "within_cash_limit",
            day(
                case(1, expected_cash_minor=60, score=90.0),
                case(2, expected_cash_minor=50),
                at_s=[300, 300],
                cash_limit_minor=100,
            ),
            [1],
        ),
        ("within_distance", with_metres(1_800), [1, 2]),
        ("within_distance", with_metres(1_799), [1]),
        # Both are musts and cannot both be kept: one of them still is.
        (
            "must_visits_are_kept",
            day(
                case(1, must_visit=True, windows=(Window(TEN, TEN),)),
                case(2, must_visit=True, windows=(Window(TEN, TEN),), score=90.0),
                at_s=[300, 300],
            ),
            [2],
        ),
        ("urgency_is_collected", day(case(1, score=7.0), at_s=[300]), [1]),
        ("travel_is_saved", day(case(1, score=5.0), at_s=[300]), []),
    ],
)
def test_the_model_and_the_search_keep_each_rule(
    rule: str, problem: Problem, stops: list[int]
) -> None:
    assert _descended(problem) == stops, rule
    made = plan(problem, StopAfter(solutions=200))
    assert [stop.candidate.place for stop in made.stops] == stops, rule


@pytest.mark.parametrize(
    ("problem", "stops"),
    [
        # Only a counter that is open when the agent passes, and long enough, makes room for both.
        (with_counter(Window(NINE, NOON)), [1, 2]),
        (with_counter(Window(NINE + 900, NINE + 1_500)), [1, 2]),
        (with_counter(Window(NINE + 900, NINE + 1_499)), [1]),
        (with_counter(Window(NINE, NOON), pins=True, cash_in_hand_minor=41), [2, 1]),
        (with_counter(Window(NINE, NOON), pins=True, cash_in_hand_minor=130), [2, 1]),
    ],
)
def test_a_deposit_in_hours_makes_room_for_more_cash(problem: Problem, stops: list[int]) -> None:
    made = plan(problem, StopAfter(solutions=200))
    assert audit(problem, made) == []
    assert [stop.candidate.place for stop in made.stops] == stops
    # Single moves cannot add a deposit and what it is for: the model is asked to keep both.
    numbers = [place - 1 for place in stops]
    assert descend(terms(problem), numbers, numbers) == numbers


def test_every_rule_of_the_model_is_tried_here() -> None:
    marks = test_the_model_and_the_search_keep_each_rule.pytestmark  # type: ignore[attr-defined]
    assert {rule for rule, *_ in marks[0].args[1]} == {rule.__name__ for rule in RULES}
