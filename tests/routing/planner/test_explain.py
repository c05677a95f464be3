import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from routing.planner.explain import hours_and_minutes, why, why_not
from routing.planner.plan import Plan, lay_out
from routing.planner.problem import Problem, Window
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import terms
from tests.routing.planner.days import FIVE, NINE, NOON, TEN, case, day, days


def _round(*facts: dict[str, Any], at_s: list[int]) -> tuple[Problem, Plan]:
    cases = [case(number, **its) for number, its in enumerate(facts, start=1)]
    problem = day(*cases, at_s=at_s)
    return problem, lay_out(terms(problem), range(len(cases)))


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({}, "urgency 50; 5 min from the start"),
        (
            {"promise_due": True, "dpd": 34, "windows": (Window(0, NOON),)},
            "promise due today; 34 days past due; urgency 50; must begin before 12:00;"
            " 5 min from the start",
        ),
        ({"dpd": 1}, "1 day past due; urgency 50; 5 min from the start"),
        (
            {"windows": (Window(TEN, NOON),)},
            "urgency 50; must begin between 10:00 and 12:00; 55 min to wait; 5 min from the start",
        ),
        (
            {"windows": (Window(NINE, NINE), Window(TEN, FIVE))},
            "urgency 50; not before 10:00; 55 min to wait; 5 min from the start",
        ),
        (
            {"contact_hours": (Window(0, NOON),)},
            "urgency 50; must begin before 11:50; 5 min from the start",
        ),
        (
            {"pin": 1, "must_visit": True},
            "pinned here; must be visited; urgency 50; 5 min from the start",
        ),
    ],
)
def test_a_stop_says_why_it_is_there_and_when(facts: dict[str, Any], line: str) -> None:
    assert why(*_round(facts, at_s=[300])) == (line,)


def test_later_stops_count_from_the_last_stop() -> None:
    lines = why(*_round({}, {}, {}, at_s=[300, 301, 301]))
    assert [line.rsplit("; ", 1)[1] for line in lines] == [
        "5 min from the start",
        "1 min from the last stop",
        "0 min from the last stop",
    ]


@pytest.mark.parametrize(
    ("reason", "amount", "line"),
    [
        (SkipReason.NOT_TODAY, 0, "may not be visited today"),
        (SkipReason.MISSING_SKILL, 0, "needs hindi, repossession"),
        (SkipReason.UNREACHABLE, 0, "unreachable by street"),
        (
            SkipReason.OUT_OF_SHIFT,
            61,
            "cannot be reached at 09:00–10:00 even as the only visit: 2 min too late",
        ),
        (SkipReason.NO_TIME_TO_REST, 0, "would leave no time for the break"),
        (SkipReason.OVER_CASH_LIMIT, 120_000, "over the cash limit by INR 1,200.00"),
        (
            SkipReason.WINDOW_MISSED,
            60,
            "its window 09:00–10:00 can't be reached beside the other stops: 1 min too late",
        ),
        (SkipReason.SHIFT_FULL, 38 * 60, "shift full: would need 38 min more"),
        (SkipReason.NOT_WORTH_THE_WAY, 2_700, "not worth the way: 45 min of travel for urgency 50"),
        (SkipReason.COULD_BE_ADDED, 360, "could be added for 6 min of travel"),
    ],
)
def test_a_skipped_case_says_why_not_with_the_figure(
    reason: SkipReason, amount: int, line: str
) -> None:
    needs = frozenset({"hindi", "repossession", "tamil"})
    candidate = case(1, windows=(Window(NINE, TEN),), needs=needs)
    problem = day(candidate, at_s=[300], skills=frozenset({"tamil"}))
    assert why_not(problem, Skipped(candidate, reason, amount), "INR") == line


def test_times_are_told_by_the_clock_that_is_given() -> None:
    problem, plan = _round({"windows": (Window(TEN, NOON),)}, at_s=[300])
    (line,) = why(problem, plan, clock=lambda s: f"{s // 3600} o'clock")
    assert "must begin between 10 o'clock and 12 o'clock" in line


@settings(deadline=None, max_examples=50)
@given(days(most=6))
def test_every_case_of_any_round_gets_a_line_with_sane_figures(problem: Problem) -> None:
    made = plan(problem, StopAfter(solutions=5))
    lines = [*why(problem, made), *(why_not(problem, one, "INR") for one in made.skipped)]
    assert len(lines) == len(problem.candidates)
    assert all(lines)
    minutes = [int(m) for line in lines for m in re.findall(r"(-?\d+) min", line)]
    assert all(0 <= m < 24 * 60 for m in minutes)


@settings(deadline=None, max_examples=50)
@given(days(most=6, pins=False))
def test_a_finished_round_leaves_nobody_out_who_could_be_added(problem: Problem) -> None:
    made = plan(problem, StopAfter(solutions=5))
    assert SkipReason.COULD_BE_ADDED not in {one.reason for one in made.skipped}


@settings(deadline=None, max_examples=50)
@given(days(most=6, pins=False))
def test_so_many_minutes_more_would_have_been_enough(problem: Problem) -> None:
    """A shift longer by the minutes that a full one is short of has room, windows permitting."""
    problem = replace(problem, shift=replace(problem.shift, rest_breaks=()))
    its = tuple(replace(c, windows=(Window(0, 10**6),), contact_hours=(Window(0, 10**7),))
                for c in problem.candidates)  # fmt: skip
    problem = replace(problem, candidates=its)
    made = plan(problem, StopAfter(solutions=5))
    order = [its.index(stop.candidate) for stop in made.stops]
    for one in made.skipped:
        if one.reason is SkipReason.SHIFT_FULL:
            for extra_s, enough in ((one.amount, True), (one.amount - 1, False)):
                longer = replace(problem.shift, end_s=problem.shift.end_s + extra_s)
                again = lay_out(terms(replace(problem, shift=longer)), order)
                reasons = {o.candidate: o.reason for o in again.skipped}
                assert (reasons[one.candidate] is not SkipReason.SHIFT_FULL) == enough


def test_midnight_counts_on() -> None:
    assert [hours_and_minutes(s) for s in (0, 34_259, 90_000)] == ["00:00", "09:30", "25:00"]
