"""Planning on from a round that stands: kept where it can be, changed where that pays."""

from dataclasses import replace
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given, settings

from benchmarks._field_days import field_day, grid_city
from routing.planner.audit import audit
from routing.planner.plan import Plan
from routing.planner.problem import Problem, Window
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import terms
from tests.routing.planner.days import NINE, case, day, days

FEW = StopAfter(solutions=200)


def _cases(made: Plan) -> list[int]:
    return [stop.candidate.case_id.int for stop in made.stops]


def _with_former(problem: Problem, *former: int, disturbance_s: int) -> Problem:
    return replace(
        problem, former=tuple(UUID(int=number) for number in former), disturbance_s=disturbance_s
    )


@pytest.mark.parametrize(
    ("disturbance_s", "stops"),
    # The former order is 1,400 s longer, and two of its stops would follow others.
    [(0, [1, 2, 3]), (699, [1, 2, 3]), (701, [3, 1, 2])],
)
def test_a_former_order_stands_unless_a_better_one_is_worth_the_disturbance(
    disturbance_s: int, stops: list[int]
) -> None:
    problem = day(case(1), case(2), case(3), at_s=[100, 200, 700], end_place=None)
    problem = replace(problem, travel_s=problem.travel_s * 2)
    problem = _with_former(problem, 3, 1, 2, disturbance_s=disturbance_s)
    made = plan(problem, FEW)
    assert _cases(made) == stops
    assert audit(problem, made) == []


def test_a_new_case_goes_where_it_disturbs_nobody() -> None:
    problem = day(case(1), case(2), case(3), at_s=[300, 600, 450])
    assert _cases(plan(_with_former(problem, 1, 2, disturbance_s=600), FEW)) == [1, 3, 2]


def test_a_former_stop_that_cannot_be_kept_is_left_out_and_the_others_stay() -> None:
    gone = case(2, windows=(Window(NINE, NINE + 10),))
    problem = day(case(1), gone, case(3), at_s=[300, 600, 100])
    made = plan(_with_former(problem, 2, 1, 9, 3, disturbance_s=900), FEW)
    assert _cases(made) == [1, 3]


@settings(deadline=None, max_examples=60)
@given(days(most=6))
def test_what_is_disturbed_is_counted_from_the_two_orders(problem: Problem) -> None:
    its = terms(problem)
    former = its.former
    order = former[::-1][: max(0, len(former) - 1)]
    disturbed = 0
    for at, number in enumerate(former):
        before = former[at - 1] if at else None
        now = order.index(number) if number in order else None
        same = now is not None and (order[now - 1] if now else None) == before
        disturbed += not same
    assert its.disturbance_of_s(order) == problem.disturbance_s * disturbed


def test_half_a_day_is_planned_again_in_time_with_every_stop_in_its_place() -> None:
    problem = field_day(grid_city(40), seed=4)
    first = plan(problem, StopAfter(solutions=4_000))
    half = len(first.stops) // 2
    now = first.stops[half - 1]
    done = {stop.candidate.case_id for stop in first.stops[:half]}
    rest = replace(
        problem,
        shift=replace(problem.shift, start_s=now.departure_s, start_place=now.candidate.place),
        candidates=tuple(c for c in problem.candidates if c.case_id not in done),
        former=tuple(stop.candidate.case_id for stop in first.stops[half:]),
        disturbance_s=600,
    )
    began = process_time()
    again = plan(rest, StopAfter(seconds=0.1))
    assert process_time() - began < 1  # 0.1 s when no one else computes
    kept = [stop.candidate.case_id for stop in again.stops]
    assert [case_id for case_id in kept if case_id in rest.former] == list(rest.former)
