from typing import Any

import pytest

from routing.planner.problem import Problem, RestBreak, Window
from routing.planner.skipped import Skipped, SkipReason, skipped
from routing.planner.terms import terms
from tests.routing.planner.days import FIVE, NINE, NOON, TEN, case, cut_off, day

HOUR = 3_600
MORNING = case(1, service_s=3 * HOUR)


def beside_a_long_visit(other: Any, **shift: Any) -> Problem:
    """A round of one visit from 09:10 to 12:10, and another case ten minutes farther."""
    return day(MORNING, other, at_s=[600, 1_200], **shift)


@pytest.mark.parametrize(
    ("problem", "reason", "amount"),
    [
        (beside_a_long_visit(case(2, windows=())), SkipReason.NOT_TODAY, 0),
        (
            beside_a_long_visit(case(2, contact_hours=(Window(TEN, TEN + 599),))),
            SkipReason.NOT_TODAY,
            0,
        ),
        (beside_a_long_visit(case(2, needs=frozenset({"hindi"}))), SkipReason.MISSING_SKILL, 0),
        (cut_off(beside_a_long_visit(case(2)), 2), SkipReason.UNREACHABLE, 0),
        (
            beside_a_long_visit(case(2, windows=(Window(NINE, NINE + 1_000),))),
            SkipReason.OUT_OF_SHIFT,
            200,
        ),
        (beside_a_long_visit(case(2, service_s=8 * HOUR)), SkipReason.OUT_OF_SHIFT, 2_400),
        (
            beside_a_long_visit(
                case(2, windows=(Window(TEN, TEN),), service_s=3 * HOUR),
                rest_breaks=(RestBreak(NOON, NOON + 1_800, 1_800),),
            ),
            SkipReason.NO_TIME_TO_REST,
            0,
        ),
        (
            beside_a_long_visit(
                case(2, expected_cash_minor=80), cash_limit_minor=100, cash_in_hand_minor=50
            ),
            SkipReason.OVER_CASH_LIMIT,
            30,
        ),
        # Reached at 09:20 if first; then the long visit would begin at 09:40 and nothing breaks.
        (beside_a_long_visit(case(2)), SkipReason.COULD_BE_ADDED, 1_200),
        (beside_a_long_visit(case(2, score=12.0)), SkipReason.NOT_WORTH_THE_WAY, 1_200),
        (beside_a_long_visit(case(2, service_s=5 * HOUR)), SkipReason.SHIFT_FULL, 2_400),
    ],
)
def test_the_hardest_reason_is_named_with_its_figure(
    problem: Problem, reason: SkipReason, amount: int
) -> None:
    assert skipped(terms(problem), [0]) == (Skipped(problem.candidates[1], reason, amount),)


def test_a_window_that_passes_during_another_visit_is_missed() -> None:
    early = case(1, windows=(Window(NINE + 600, NINE + 600),), service_s=3 * HOUR)
    brief = case(2, windows=(Window(NINE + 1_200, TEN),))
    (one,) = skipped(terms(day(early, brief, at_s=[600, 1_200])), [0])
    # Reached at 09:20 it would make the first visit late; after it, it is 12:20.
    assert (one.reason, one.amount) == (SkipReason.SHIFT_FULL, 1_800)
    pinned = case(1, pin=1, service_s=3 * HOUR)
    (one,) = skipped(terms(day(pinned, brief, at_s=[600, 1_200])), [0])
    assert (one.reason, one.amount) == (SkipReason.WINDOW_MISSED, 2 * HOUR + 1_200)


def test_a_break_in_the_way_is_named_beside_other_stops() -> None:
    rest = RestBreak(NOON, NOON + 1_800, 1_800)
    first = case(1, windows=(Window(TEN, TEN),), service_s=HOUR)
    # Ends at 11:00 + 10 min + 2 h: the break would begin too late.
    long = case(2, windows=(Window(NOON - 3_000, NOON - 1_000),), service_s=2 * HOUR)
    late = case(3, windows=(Window(FIVE - HOUR, FIVE - HOUR),))
    problem = day(first, long, late, at_s=[600, 1_200, 0], rest_breaks=(rest,))
    assert [one.reason for one in skipped(terms(problem), [0, 2])] == [SkipReason.NO_TIME_TO_REST]


def test_nobody_is_skipped_when_everybody_is_visited() -> None:
    problem = day(case(1), at_s=[60])
    assert skipped(terms(problem), [0]) == ()
    assert [one.candidate for one in skipped(terms(problem), [])] == [problem.candidates[0]]
