from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations, product
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given, settings

from benchmarks._field_days import field_day, grid_city
from routing.planner import solver
from routing.planner.audit import audit
from routing.planner.construct import pinned, possible
from routing.planner.deposits import with_deposits
from routing.planner.plan import Plan
from routing.planner.problem import DepositPoint, Problem, RestBreak, Window
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import Terms, terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import FIVE, NINE, NOON, TEN, case, cash_is_kept, cut_off, day, days
from tests.routing.planner.or_tools import descend

FEW = StopAfter(solutions=40)


def _cases(made: Plan) -> list[int]:
    return [stop.candidate.case_id.int for stop in made.stops]


def _worth(its: Terms, made: Plan) -> int:
    numbers = {c.case_id: number for number, c in enumerate(its.problem.candidates)}
    calls = [numbers[stop.candidate.case_id] for stop in made.stops]
    for deposit in reversed(made.deposits):
        calls.insert(deposit.before, its.counters[its.problem.deposits.index(deposit.point)])
    return its.net_s(calls)


@settings(deadline=None, max_examples=100)
@given(days(most=6))
def test_every_plan_passes_its_audit_and_is_never_worth_less_than_nearest_neighbour(
    problem: Problem,
) -> None:
    made = plan(problem, FEW)
    its = terms(problem)
    numbers = possible(its)
    pins = pinned(its, numbers)
    kept_pins = {problem.candidates[n].case_id for n in pins}
    musts = {c.case_id for c in problem.candidates if c.must_visit}
    left_out = {one.candidate.case_id for one in made.skipped}
    impossible = (musts & left_out) | (
        {c.case_id for c in problem.candidates if c.pin is not None} - kept_pins
    )
    allowed = {"must_visits_are_kept", "pins_come_first"} if impossible else set()
    assert {violation.rule for violation in audit(problem, made)} <= allowed
    numbers = [n for n in numbers if problem.candidates[n].pin is None]
    assert _worth(its, made) >= its.net_s(_nearest_neighbour(its, pins, numbers))


def _nearest_neighbour(its: Terms, order: list[int], numbers: list[int]) -> list[int]:
    """On from `order` to the nearest that fits as things are, without a deposit for it."""
    calls = with_deposits(its, order) or []
    while numbers:
        at = calls[-1] if calls else its.start
        nearest = sorted(numbers, key=lambda n: its.leg_s(at, n))
        fit = (n for n in nearest if _keeps_rules(its, [*calls, n]))
        number = next(fit, None)
        if number is None:
            break
        calls.append(number)
        numbers = [n for n in numbers if n != number]
    return calls


def _keeps_rules(its: Terms, calls: Sequence[int]) -> bool:
    candidates, shift = its.problem.candidates, its.problem.shift
    visits = [candidates[n] for n in calls if n < its.count]
    distance_m, most_m = its.distance_of_m(calls), shift.max_distance_m
    return (
        all(c.needs <= shift.skills and c.barred is None for c in visits)
        and cash_is_kept(its, calls)
        and (most_m is None or distance_m is None or distance_m <= most_m)
        and timetable(its, calls) is not None
    )


def _all_calls(its: Terms, order: Sequence[int]) -> Iterator[list[int]]:
    """`order` with every choice of at most one deposit before each visit."""
    for counters in product((None, *its.counters), repeat=len(order)):
        pairs = zip(counters, order, strict=True)
        yield [n for pair in pairs for n in pair if n is not None]


@settings(deadline=None, max_examples=80)
@given(days(most=4, pins=False))
def test_small_rounds_are_the_best_of_all_orders_and_deposits(problem: Problem) -> None:
    its = terms(problem)
    worths = [
        its.net_s(calls)
        for count in range(its.count + 1)
        for order in permutations(range(its.count), count)
        for calls in _all_calls(its, order)
        if _keeps_rules(its, calls)
    ]
    assert _worth(its, plan(problem, StopAfter(solutions=500))) == max(worths)


@settings(deadline=None, max_examples=40)
@given(days(most=6))
def test_no_plan_is_worth_less_than_what_or_tools_finds_under_the_same_rules(
    problem: Problem,
) -> None:
    problem = replace(problem, former=())
    its = terms(problem)
    numbers = possible(its)
    pins = pinned(its, numbers)
    numbers = [n for n in numbers if problem.candidates[n].pin is None or n in pins]
    found = descend(its, numbers, pins)
    calls = with_deposits(its, found)
    assert calls is not None
    assert found[: len(pins)] == pins
    assert its.net_s(calls) >= its.net_s(with_deposits(its, pins) or [])
    assert _worth(its, plan(problem, StopAfter(solutions=500))) >= its.net_s(calls)


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
    began = process_time()
    made = plan(problem, StopAfter(seconds=0.5))
    assert process_time() - began < 3  # 0.56 s when no one else computes
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


def test_five_thousand_candidates_are_planned_in_the_time_asked() -> None:
    problem = field_day(grid_city(40), seed=2, cases=5_000)
    plan(problem, StopAfter(solutions=1))
    began = process_time()
    made = plan(problem, StopAfter(seconds=0.5))
    assert process_time() - began < 1
    assert audit(problem, made) == []
    assert len(made.skipped) + len(made.stops) == 5_000
    assert {one.reason for one in made.skipped} <= {
        SkipReason.SHIFT_FULL,
        SkipReason.WINDOW_MISSED,
        SkipReason.NOT_WORTH_THE_WAY,
        SkipReason.OUT_OF_SHIFT,
        SkipReason.UNREACHABLE,
    }


def test_a_case_beyond_those_searched_is_added_where_it_fits() -> None:
    dull = [case(n, score=2.0, service_s=60) for n in range(1, 500)]
    problem = day(*dull, at_s=[10] * 499)
    made = plan(problem, StopAfter(solutions=5))
    assert len(made.stops) > solver.MOST_SEARCHED
    assert audit(problem, made) == []
    assert {one.reason for one in made.skipped} == {SkipReason.SHIFT_FULL}


def test_a_shift_that_is_over_visits_nobody() -> None:
    made = plan(day(case(1), at_s=[60], start_s=FIVE, end_s=NINE), FEW)
    assert made.stops == ()
    assert made.skipped[0].reason is SkipReason.OUT_OF_SHIFT


def test_no_windows_at_all_is_not_today() -> None:
    problem = day(case(1, windows=()), case(2, contact_hours=()), at_s=[60, 60])
    assert [one.reason for one in plan(problem, FEW).skipped] == [SkipReason.NOT_TODAY] * 2


def test_a_cash_limit_below_one_receipt_is_told_with_the_amount() -> None:
    problem = day(case(1, expected_cash_minor=70), case(2), at_s=[60, 60], cash_limit_minor=50)
    point = DepositPoint("Branch", 2, (Window(NINE, FIVE),), 60, UUID(int=9))
    for deposits in ((), (point,)):
        made = plan(replace(problem, deposits=deposits), FEW)
        assert _cases(made) == [2]
        assert made.skipped == (
            Skipped(problem.candidates[0], SkipReason.OVER_CASH_LIMIT, amount=20),
        )


def test_a_barred_case_is_skipped_even_when_it_is_a_must() -> None:
    made = plan(day(case(1, barred="asked not to be visited", must_visit=True), at_s=[60]), FEW)
    assert made.skipped[0].reason is SkipReason.BARRED


def test_a_longer_round_than_allowed_is_told_in_metres() -> None:
    problem = day(case(1, score=90.0), case(2), at_s=[300, 900])
    shift = replace(problem.shift, max_distance_m=1_500)
    made = plan(replace(problem, shift=shift, distance_m=problem.travel_s), FEW)
    assert _cases(made) == [1]
    assert made.skipped[0].reason is SkipReason.OVER_DISTANCE
    assert made.skipped[0].amount == 300


def test_who_holds_too_much_cash_deposits_first() -> None:
    problem = day(case(1, expected_cash_minor=70), at_s=[600, 300], cash_limit_minor=100)
    point = DepositPoint("Branch", 2, (Window(NINE, FIVE),), 60, UUID(int=9))
    shift = replace(problem.shift, cash_in_hand_minor=150)
    made = plan(replace(problem, shift=shift, deposits=(point,)), FEW)
    assert [(d.before, d.amount_minor, d.begin_s) for d in made.deposits] == [(0, 150, NINE + 300)]
    assert _cases(made) == [1]
