from dataclasses import replace
from itertools import permutations
from time import perf_counter

import pytest
from hypothesis import given, settings

from benchmarks._field_days import field_day, grid_city
from routing.planner import solver
from routing.planner.audit import audit
from routing.planner.construct import nearest_neighbour, pinned, possible
from routing.planner.plan import Plan
from routing.planner.problem import Problem, RestBreak, Window
from routing.planner.skipped import SkipReason
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import Terms, terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import FIVE, NINE, NOON, TEN, case, cut_off, day, days

FEW = StopAfter(solutions=40)


def _cases(made: Plan) -> list[int]:
    return [stop.candidate.case_id.int for stop in made.stops]


def _worth(its: Terms, made: Plan) -> int:
    numbers = {c.case_id: number for number, c in enumerate(its.problem.candidates)}
    return its.net_s([numbers[stop.candidate.case_id] for stop in made.stops])


def _keeps_side_rules(its: Terms, order: tuple[int, ...]) -> bool:
    candidates, shift = its.problem.candidates, its.problem.shift
    expected = sum(candidates[n].expected_cash_minor for n in order)
    headroom = shift.cash_headroom_minor
    return all(candidates[n].needs <= shift.skills for n in order) and (
        headroom is None or expected <= headroom
    )


@settings(deadline=None, max_examples=60)
@given(days(most=6))
def test_every_plan_passes_its_audit_and_is_never_worth_less_than_nearest_neighbour(
    problem: Problem,
) -> None:
    made = plan(problem, FEW)
    its = terms(problem)
    numbers = possible(its)
    kept_pins = {problem.candidates[n].case_id for n in pinned(its, numbers)}
    musts = {c.case_id for c in problem.candidates if c.must_visit}
    left_out = {one.candidate.case_id for one in made.skipped}
    impossible = (musts & left_out) | (
        {c.case_id for c in problem.candidates if c.pin is not None} - kept_pins
    )
    allowed = {"must_visits_are_kept", "pins_come_first"} if impossible else set()
    assert {violation.rule for violation in audit(problem, made)} <= allowed
    free = [n for n in numbers if problem.candidates[n].pin is None]
    baseline = nearest_neighbour(its, [*pinned(its, numbers), *free])
    assert _worth(its, made) >= its.net_s(baseline)


@settings(deadline=None, max_examples=40)
@given(days(most=4, pins=False))
def test_small_rounds_are_the_best_of_all_orders(problem: Problem) -> None:
    its = terms(problem)
    orders = [
        order
        for count in range(its.count + 1)
        for order in permutations(range(its.count), count)
        if _keeps_side_rules(its, order) and timetable(its, order) is not None
    ]
    assert _worth(its, plan(problem, StopAfter(solutions=60))) == max(map(its.net_s, orders))


@settings(deadline=None, max_examples=40)
@given(days(most=6))
def test_the_descent_alone_keeps_the_rules_it_was_given(problem: Problem) -> None:
    its = terms(problem)
    numbers = possible(its)
    pins = pinned(its, numbers)
    numbers = [n for n in numbers if problem.candidates[n].pin is None or n in pins]
    found = solver.descend(its, numbers, pins, None)
    assert timetable(its, found) is not None
    assert found[: len(pins)] == pins
    headroom = its.cash_headroom_minor(found)
    assert headroom is None or headroom >= 0
    assert its.net_s(found) >= its.net_s(pins)


def test_the_same_seed_gives_the_same_plan_and_another_may_not() -> None:
    problem = field_day(grid_city(40), seed=3, cases=30)
    first = plan(problem, FEW, seed=7)
    assert plan(problem, FEW, seed=7) == first
    assert any(plan(problem, FEW, seed=s).stops != first.stops for s in range(8, 14))


def test_more_solutions_are_never_worth_less() -> None:
    problem = field_day(grid_city(40), seed=5)
    start, end = (plan(problem, StopAfter(solutions=n)) for n in (0, 200))
    assert end.net_value > start.net_value


@pytest.mark.parametrize("rest", [None, RestBreak(NOON, NOON + 7_200, 2_700)])
def test_a_field_day_is_planned_within_its_time_and_passes_its_audit(
    rest: RestBreak | None,
) -> None:
    problem = field_day(grid_city(40), seed=2, cases=600, rest_break=rest)
    began = perf_counter()
    made = plan(problem, StopAfter(seconds=0.5))
    assert perf_counter() - began < 3  # 0.56 s; a busy machine may take a little more
    assert audit(problem, made) == []
    assert len(made.stops) > 15


def test_a_day_without_cases_is_an_empty_plan() -> None:
    assert plan(day(at_s=[]), FEW) == Plan((), (), (), NINE, 0, 0.0, 0.0)


def test_a_shift_without_length_visits_nobody_and_says_why() -> None:
    made = plan(day(case(1), case(2), at_s=[60, 120], end_s=NINE), FEW)
    assert made.stops == ()
    assert [one.reason for one in made.skipped] == [SkipReason.OUT_OF_SHIFT] * 2


def test_nobody_reachable_is_an_empty_plan_with_reasons() -> None:
    problem = cut_off(cut_off(day(case(1), case(2), at_s=[60, 120]), 1), 2)
    made = plan(problem, FEW)
    assert made.stops == ()
    assert [one.reason for one in made.skipped] == [SkipReason.UNREACHABLE] * 2


def test_a_way_there_but_none_back_is_unreachable_unless_the_end_is_open() -> None:
    closed, open_end = (day(case(1), at_s=[60], end_place=end) for end in (0, None))
    for problem in (closed, open_end):
        problem.travel_s[1, 0] = 2**31 - 1
    assert plan(closed, FEW).skipped[0].reason is SkipReason.UNREACHABLE
    assert _cases(plan(open_end, FEW)) == [1]


def test_a_must_visit_comes_before_any_number_of_urgent_ones() -> None:
    urgent = [case(n, score=100.0, service_s=3_600) for n in range(1, 9)]
    dull = case(9, score=1.0, service_s=7 * 3_600, must_visit=True)
    made = plan(day(*urgent, dull, at_s=[60] * 9), FEW)
    assert 9 in _cases(made)


def test_a_must_visit_that_cannot_be_kept_is_skipped_with_the_reason() -> None:
    late = case(1, must_visit=True, windows=(Window(FIVE, FIVE),))
    made = plan(day(late, case(2), at_s=[60, 60]), FEW)
    assert _cases(made) == [2]
    assert made.skipped[0].reason is SkipReason.OUT_OF_SHIFT


def test_pins_open_the_round_even_when_the_way_is_longer() -> None:
    problem = day(case(1), case(2, pin=2), case(3, pin=1), at_s=[60, 120, 1_800])
    assert _cases(plan(problem, FEW))[:2] == [3, 2]


def test_a_pin_that_cannot_be_kept_leaves_the_others_pinned() -> None:
    gone = case(1, pin=1, windows=(Window(NINE - 60, NINE - 1),))
    made = plan(day(gone, case(2, pin=2), case(3), at_s=[60, 900, 60]), FEW)
    assert _cases(made) == [2, 3]
    assert made.skipped[0].reason is SkipReason.OUT_OF_SHIFT


def test_a_window_is_worth_a_detour() -> None:
    problem = day(case(1), case(2, windows=(Window(NINE, NINE + 1_300),)), at_s=[300, 600])
    problem = replace(problem, shift=replace(problem.shift, end_place=None))
    assert _cases(plan(problem, FEW)) == [1, 2]
    tight = replace(problem.candidates[1], windows=(Window(NINE, NINE + 1_199),))
    tighter = replace(problem, candidates=(problem.candidates[0], tight))
    assert _cases(plan(tighter, FEW)) == [2, 1]


def test_a_case_not_worth_its_way_is_left_out() -> None:
    made = plan(day(case(1, score=10.0), at_s=[600]), FEW)  # 1,000 s of worth, 1,200 s of travel
    assert made.skipped[0].reason is SkipReason.NOT_WORTH_THE_WAY
    assert _cases(plan(day(case(1, score=13.0), at_s=[600]), FEW)) == [1]


def test_the_break_is_taken_between_visits() -> None:
    rest = RestBreak(TEN, TEN + 600, 1_800)
    visits = [case(n, service_s=1_500) for n in range(1, 6)]
    problem = day(*visits, at_s=[60] * 5, rest_breaks=(rest,))
    made = plan(problem, FEW)
    assert len(made.stops) == 5
    assert made.breaks_begin_s != (None,)
    assert audit(problem, made) == []
