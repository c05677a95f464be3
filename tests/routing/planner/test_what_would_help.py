"""Each remedy is applied to the problem, and the case must then find a place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from routing.planner.change import Change, ChangeKind, Remedy
from routing.planner.deposits import with_deposits
from routing.planner.insertion import insertions
from routing.planner.plan import Plan, lay_out
from routing.planner.problem import (
    ALL_DAY,
    Candidate,
    DepositPoint,
    Problem,
    RestBreak,
    Shift,
    Window,
)
from routing.planner.slack import nodes
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import NEVER_S, Terms, terms
from routing.planner.what_would_help import what_would_help
from tests.routing.planner.days import FIVE, MINUTE, NINE, NOON, TEN, case, cut_off, day, days

HOUR = 3_600


OF_SHIFT: dict[ChangeKind, Callable[[Shift, Change], Shift]] = {
    ChangeKind.LONGER_SHIFT: lambda its, c: replace(its, end_s=its.end_s + c.amount),
    ChangeKind.HIGHER_CASH_LIMIT: lambda its, c: replace(its, cash_limit_minor=c.amount),
    ChangeKind.HAND_IN_FIRST: lambda its, _: replace(its, cash_in_hand_minor=0),
    ChangeKind.SKILLS: lambda its, c: replace(its, skills=its.skills | c.needs),
    ChangeKind.NO_BREAK: lambda its, _: replace(its, rest_breaks=()),
    ChangeKind.MORE_DISTANCE: lambda its, c: replace(its, max_distance_m=c.amount),
}
OF_CASE: dict[ChangeKind, Callable[[Candidate, Change], Candidate]] = {
    ChangeKind.OTHER_WINDOW: lambda its, c: replace(its, windows=(c.window or ALL_DAY,)),
    ChangeKind.LIFT_BAN: lambda its, _: replace(
        its, barred=None, contact_hours=its.contact_hours or (ALL_DAY,)
    ),
    ChangeKind.HIGHER_URGENCY: lambda its, c: replace(its, score=float(c.amount)),
    ChangeKind.ORDER: lambda its, _: replace(its, must_visit=True),
}


def let_in(problem: Problem, made: Plan, candidate: Candidate, remedy: Remedy) -> bool:
    """Whether the case finds a place in the round with all changes of a remedy applied."""
    shift, swapped = problem.shift, {change.instead_of for change in remedy.changes} - {None}
    for change in remedy.changes:
        if change.kind in OF_SHIFT:
            shift = OF_SHIFT[change.kind](shift, change)
        if change.kind in OF_CASE:
            candidate = OF_CASE[change.kind](candidate, change)
    if candidate.barred is not None or not candidate.needs <= shift.skills:
        return False
    visits = [s.candidate for s in made.stops if s.candidate.case_id not in swapped]
    its = terms(replace(problem, shift=shift, candidates=(*visits, candidate), former=()))
    if any(change.kind is ChangeKind.DEPOSIT_ON_THE_WAY for change in remedy.changes):
        return any(
            with_deposits(its, [*range(place), len(visits), *range(place, len(visits))])
            for place in range(len(visits) + 1)
        )
    calls = _calls(its, problem, made, visits)
    detour_s = insertions(its, calls, [len(visits)]).cheapest()[0][0]
    return bool(detour_s < (NEVER_S if swapped else its.worth_s[len(visits)]))


def _calls(its: Terms, problem: Problem, made: Plan, visits: list[Candidate]) -> list[int]:
    keys, calls = [point.key for point in problem.deposits], []
    for node in nodes(made):
        if node.visit is None:
            calls.append(its.counters[keys.index(made.deposits[node.deposit or 0].point.key)])
        elif made.stops[node.visit].candidate in visits:
            calls.append(visits.index(made.stops[node.visit].candidate))
    return calls


@given(days())
def test_every_remedy_lets_its_case_in(problem: Problem) -> None:
    made = plan(problem, StopAfter(solutions=20), 1)
    for case_id, remedies in what_would_help(problem, made).items():
        (candidate,) = (c for c in problem.candidates if c.case_id == case_id)
        for remedy in remedies:
            assert remedy.changes
            assert let_in(problem, made, candidate, remedy), remedy


def beside_a_long_visit(other: Candidate, **shift: Any) -> Problem:
    """A round of one visit from 09:10 to 12:10, and another case ten minutes farther."""
    return day(case(1, service_s=3 * HOUR), other, at_s=[600, 1_200], **shift)


def remedies(problem: Problem) -> list[tuple[Change, ...]]:
    """What would let the second case into a round of the first."""
    made = lay_out(terms(problem), [0])
    found = what_would_help(problem, made)[problem.candidates[1].case_id]
    return [remedy.changes for remedy in found]


def test_a_full_shift_says_how_much_longer_it_would_have_to_be() -> None:
    found = remedies(beside_a_long_visit(case(2, service_s=5 * HOUR)))
    # Forty minutes short: the ladder has a step of just that.
    assert found[0] == (Change(ChangeKind.LONGER_SHIFT, 40 * MINUTE),)
    assert found[1][0].kind is ChangeKind.SWAP


def test_a_swap_names_the_stop_and_what_the_round_would_lose() -> None:
    found = remedies(beside_a_long_visit(case(2, score=38.0, service_s=5 * HOUR)))
    swap = found[-1][0]
    # Twelve points less for the case, twenty minutes of travel more instead of none between.
    assert swap == Change(ChangeKind.SWAP, 1_200 + 1_200, instead_of=case(1).case_id)


@pytest.mark.parametrize(
    ("other", "shift", "changes"),
    [
        (
            case(2, needs=frozenset({"hindi"})),
            {},
            [Change(ChangeKind.SKILLS, needs=frozenset({"hindi"}))],
        ),
        (case(2, barred="on hold"), {}, [Change(ChangeKind.LIFT_BAN)]),
        (case(2, score=12.0), {}, [Change(ChangeKind.HIGHER_URGENCY, 13)]),
        (
            case(2, expected_cash_minor=80),
            {"cash_limit_minor": 100, "cash_in_hand_minor": 50},
            [Change(ChangeKind.HAND_IN_FIRST, 50)],
        ),
        (
            case(2, expected_cash_minor=180),
            {"cash_limit_minor": 100},
            [Change(ChangeKind.HIGHER_CASH_LIMIT, 180)],
        ),
        (
            case(2, windows=(Window(TEN, TEN + 600),), service_s=3 * HOUR),
            {"rest_breaks": (RestBreak(NOON, NOON + 1_800, 1_800),)},
            [Change(ChangeKind.NO_BREAK)],
        ),
        (
            case(2, needs=frozenset({"hindi"}), service_s=5 * HOUR),
            {},
            [
                Change(ChangeKind.SKILLS, needs=frozenset({"hindi"})),
                Change(ChangeKind.LONGER_SHIFT, 40 * MINUTE),
            ],
        ),
    ],
)
def test_what_helps_is_named_with_its_amount(
    other: Candidate, shift: dict[str, Any], changes: list[Change]
) -> None:
    problem = beside_a_long_visit(other, **shift)
    if "rest_breaks" in shift:
        problem = day(case(1, windows=(Window(FIVE - HOUR, FIVE - HOUR),)), other,
                      at_s=[600, 1_200], **shift)  # fmt: skip
    assert remedies(problem)[0] == tuple(changes)


def test_a_window_is_stretched_to_when_the_agent_could_be_there() -> None:
    brief = case(2, windows=(Window(NINE + 1_200, TEN),))
    problem = day(case(1, pin=1, service_s=3 * HOUR), brief, at_s=[600, 1_200])
    # After the first visit, which is over at 12:10, it is 12:20: the next quarter is 12:30.
    first = remedies(problem)[0]
    assert first == (Change(ChangeKind.OTHER_WINDOW, window=Window(NINE + 900, NOON + 1_800)),)


def test_a_deposit_on_the_way_is_preferred_to_a_higher_limit() -> None:
    point = DepositPoint("Main branch", 0, (Window(NINE, FIVE),), 5 * MINUTE, case(9).case_id)
    first, other = (case(n, expected_cash_minor=80, score=1.0) for n in (1, 2))
    problem = replace(day(first, other, at_s=[600, 1_200], cash_limit_minor=100), deposits=(point,))
    found = remedies(problem)
    assert found[0][0].kind is ChangeKind.DEPOSIT_ON_THE_WAY


def test_nothing_helps_a_case_that_no_street_leads_to() -> None:
    assert remedies(cut_off(beside_a_long_visit(case(2)), 2)) == []
