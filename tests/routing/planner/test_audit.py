"""Each rule is broken alone, on a plan that keeps all the others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from routing.planner import audit as audits
from routing.planner.audit import audit
from routing.planner.plan import Plan, lay_out
from routing.planner.problem import Candidate, DepositPoint, Problem, RestBreak, Window
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.terms import terms
from tests.routing.planner.days import FIVE, NINE, NOON, TEN, case, day
from tests.routing.planner.or_tools_rules import RULES

Broken = tuple[Problem, Plan]

HALF_HOUR = 1_800
REST = RestBreak(TEN, TEN + 600, HALF_HOUR)
LEFT_OUT = case(4)


def good() -> Broken:
    """Three visits with a break between the second and the third, and one case left out."""
    problem = day(
        case(1, pin=1, expected_cash_minor=60),
        case(2, needs=frozenset({"hindi"}), service_s=2_700),
        case(3, must_visit=True, expected_cash_minor=40),
        LEFT_OUT,
        at_s=[300, 600, 900, 1_200],
        rest_breaks=(REST,),
        skills=frozenset({"hindi"}),
        cash_limit_minor=100,
    )
    return problem, lay_out(terms(problem), [0, 1, 2])


def on_shift(**facts: Any) -> Broken:
    """The good plan on a shift that is another."""
    problem, plan = good()
    return replace(problem, shift=replace(problem.shift, **facts)), plan


def with_case(number: int, **facts: Any) -> Broken:
    """The good plan with one candidate that is another, in problem and plan alike."""
    problem, plan = good()
    old = problem.candidates[number - 1]
    new = replace(old, **facts)

    def swap(candidate: Candidate) -> Candidate:
        return new if candidate == old else candidate

    return (
        replace(problem, candidates=tuple(map(swap, problem.candidates))),
        replace(
            plan,
            stops=tuple(replace(stop, candidate=swap(stop.candidate)) for stop in plan.stops),
            skipped=tuple(replace(one, candidate=swap(one.candidate)) for one in plan.skipped),
        ),
    )


def planned(**facts: Any) -> Broken:
    """The good problem with a plan that is another."""
    problem, plan = good()
    return problem, replace(plan, **facts)


def with_stop(nth: int, **facts: Any) -> Broken:
    problem, plan = good()
    stops = list(plan.stops)
    stops[nth] = replace(stops[nth], **facts)
    return problem, replace(plan, stops=tuple(stops))


def slower(from_place: int, to_place: int) -> Broken:
    """The good plan in a town where one way takes a minute more."""
    problem, plan = good()
    problem.travel_s[from_place, to_place] += 60
    return problem, plan


def depositing(**facts: Any) -> Broken:
    """The good round with a deposit after the first visit, on a shift that is another."""
    _, plan = rich()
    problem = replace(RICH, shift=replace(RICH.shift, **facts))
    return problem, plan


def rich() -> Broken:
    """Two visits with more cash than may be carried, and a counter on the way; metres are known."""
    point = DepositPoint("Main branch", 3, (Window(NINE, FIVE),), 300, UUID(int=9))
    problem = day(
        case(1, expected_cash_minor=60),
        case(2, expected_cash_minor=60),
        at_s=[300, 900, 600],
        cash_limit_minor=100,
    )
    shift = replace(problem.shift, max_distance_m=9_000)
    metres = problem.travel_s * 4 - 300
    problem = replace(problem, shift=shift, deposits=(point,), distance_m=metres)
    return problem, lay_out(terms(problem), [0, 1])


def with_deposit(**facts: Any) -> Broken:
    return other_plan(deposits=(replace(DEPOSIT, **facts),))


def with_deposits_at(*before: int) -> Broken:
    return other_plan(deposits=tuple(replace(DEPOSIT, before=at) for at in before))


def with_counter(**facts: Any) -> Broken:
    """The round with a deposit at a counter that is another, in problem and plan alike."""
    point = replace(DEPOSIT.point, **facts)
    return replace(RICH, deposits=(point,)), with_deposit(point=point)[1]


def other_problem(**facts: Any) -> Broken:
    return replace(RICH, **facts), rich()[1]


def other_plan(**facts: Any) -> Broken:
    return RICH, replace(rich()[1], **facts)


_, GOOD = good()
RICH, RICH_PLAN = rich()
(DEPOSIT,) = RICH_PLAN.deposits
SKIPPED = GOOD.skipped[0]
LAST = GOOD.stops[-1]


def test_the_round_with_a_deposit_is_good() -> None:
    assert audit(RICH, RICH_PLAN) == []
    assert (DEPOSIT.before, DEPOSIT.amount_minor, DEPOSIT.travel_s) == (1, 60, 300)
    assert RICH_PLAN.distance_m == 4 * 1_800 - 4 * 300


def test_the_good_plan_is_good() -> None:
    problem, plan = good()
    assert audit(problem, plan) == []
    assert plan.breaks_begin_s != (None,)
    assert SKIPPED.candidate == LEFT_OUT


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("cases_are_known", lambda: planned(skipped=(Skipped(case(5), SkipReason.SHIFT_FULL),))),
        ("cases_are_known", lambda: with_stop(0, candidate=case(1, pin=1, score=99.0))),
        ("cases_are_placed_once", lambda: planned(skipped=(SKIPPED, SKIPPED))),
        ("cases_are_placed_once", lambda: planned(skipped=())),
        (
            "cases_are_placed_once",
            lambda: planned(skipped=(SKIPPED, replace(SKIPPED, candidate=LAST.candidate))),
        ),
        ("skills_are_there", lambda: on_shift(skills=frozenset())),
        ("time_passes", lambda: slower(0, 1)),
        ("time_passes", lambda: slower(2, 3)),
        ("time_passes", lambda: with_case(1, service_s=660)),
        ("time_passes", lambda: with_stop(0, arrival_s=GOOD.stops[0].arrival_s - 1, wait_s=1)),
        ("time_passes", lambda: with_stop(0, wait_s=5)),
        ("time_passes", lambda: planned(end_s=GOOD.end_s - 1)),
        ("time_passes", lambda: on_shift(start_s=NINE + 1)),
        ("within_shift", lambda: on_shift(end_s=GOOD.end_s - 1)),
        ("begins_in_a_window", lambda: with_case(1, windows=())),
        ("begins_in_a_window", lambda: with_case(1, windows=(Window(TEN, NOON),))),
        ("begins_in_a_window", lambda: with_case(2, contact_hours=(Window(NINE, TEN),))),
        (
            "begins_in_a_window",
            lambda: with_case(3, contact_hours=(Window(LAST.begin_s + 1, FIVE),)),
        ),
        ("rest_is_taken", lambda: on_shift(rest_breaks=())),
        (
            "rest_is_taken",
            lambda: planned(
                breaks_begin_s=(None,), stops=(*GOOD.stops[:2], replace(LAST, wait_s=LAST.wait_s))
            ),
        ),
        ("rest_is_taken", lambda: planned(breaks_begin_s=(TEN - 1,))),
        (
            "rest_is_taken",
            lambda: on_shift(
                rest_breaks=(replace(REST, latest_s=TEN + 1),),
            ),
        ),
        (
            "rest_is_taken",
            lambda: on_shift(
                rest_breaks=(replace(REST, length_s=HALF_HOUR + 1),),
            ),
        ),
        ("rest_is_taken", lambda: planned(breaks_begin_s=(GOOD.stops[1].departure_s - 60,))),
        ("pins_come_first", lambda: with_case(3, pin=0)),
        ("pins_come_first", lambda: with_case(4, pin=2)),
        ("within_cash_limit", lambda: on_shift(cash_limit_minor=99)),
        ("within_cash_limit", lambda: on_shift(cash_in_hand_minor=1)),
        ("nobody_barred_is_visited", lambda: with_case(2, barred="at the customer's wish")),
        ("within_cash_limit", lambda: depositing(cash_limit_minor=59)),
        ("deposits_are_whole", lambda: with_deposit(amount_minor=59)),
        ("deposits_are_whole", lambda: with_counter(hours=())),
        (
            "deposits_are_whole",
            lambda: with_counter(hours=(Window(NINE, DEPOSIT.departure_s - 1),)),
        ),
        ("deposits_are_whole", lambda: with_counter(hours=(Window(DEPOSIT.begin_s + 1, FIVE),))),
        ("deposits_are_whole", lambda: other_problem(deposits=())),
        ("deposits_are_in_order", lambda: with_deposits_at(2, 1)),
        ("deposits_are_in_order", lambda: with_deposits_at(1, 1)),
        ("deposits_are_in_order", lambda: with_deposits_at(4)),
        ("time_passes", lambda: with_counter(service_s=301)),
        ("time_passes", lambda: with_deposit(wait_s=1)),
        ("within_distance", lambda: other_problem(shift=replace(RICH.shift, max_distance_m=5_999))),
        ("within_distance", lambda: other_problem(distance_m=RICH.travel_s * 4)),
        ("within_distance", lambda: other_plan(distance_m=None)),
        ("within_distance", lambda: planned(distance_m=5)),
        ("must_visits_are_kept", lambda: with_case(4, must_visit=True)),
        (
            "urgency_is_collected",
            lambda: planned(score=GOOD.score + 1, net_value=GOOD.net_value + 1),
        ),
        ("urgency_is_collected", lambda: planned(net_value=GOOD.net_value + 1)),
        (
            "travel_is_saved",
            lambda: planned(travel_s=GOOD.travel_s - 100, net_value=GOOD.net_value + 1),
        ),
    ],
)
def test_the_audit_finds_a_rule_that_is_broken_alone(
    rule: str, broken: Callable[[], Broken]
) -> None:
    problem, plan = broken()
    assert {violation.rule for violation in audit(problem, plan)} == {rule}


def test_every_rule_of_the_model_has_a_twin_and_every_twin_is_tried_here() -> None:
    twins = {rule.__name__ for rule in audits.RULES}
    assert {rule.__name__ for rule in RULES} <= twins
    marks = test_the_audit_finds_a_rule_that_is_broken_alone.pytestmark  # type: ignore[attr-defined]
    assert {rule for rule, _ in marks[0].args[1]} == twins | {
        "cases_are_known",
        "deposits_are_in_order",
    }


def test_a_round_that_is_over_before_the_break_may_go_without() -> None:
    problem = day(case(1), at_s=[300], rest_breaks=(REST,))
    plan = lay_out(terms(problem), [0])
    assert plan.breaks_begin_s == (None,)
    assert audit(problem, plan) == []
    rested = replace(plan, breaks_begin_s=(TEN,))  # after the end is as good
    assert audit(problem, rested) == []


def test_a_violation_reads_as_a_sentence() -> None:
    problem, plan = on_shift(end_s=GOOD.end_s - 60)
    assert [str(v) for v in audit(problem, plan)] == [
        "within_shift: round ends 60 s after the shift"
    ]
    problem, plan = with_case(4, must_visit=True)
    assert str(audit(problem, plan)[0]) == (
        f"must_visits_are_kept: case {LEFT_OUT.case_id} is left out"
    )
