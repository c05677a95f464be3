"""The stages of a case."""

import pytest

from collection.portfolio.errors import StageNotReachable
from collection.portfolio.stages.stage import Closure, Stage, Standing, check_change
from core.errors import InvalidField
from core.money import Money

NOTHING, SOME = Money(0, "CLP"), Money(100, "CLP")
REACHABLE = (Stage.LEGAL, Stage.CLOSED)


def standing(overdue: Money = NOTHING, outstanding: Money = NOTHING) -> Standing:
    return Standing(Stage.FIELD, None, overdue, outstanding, REACHABLE)


@pytest.mark.parametrize(
    ("given", "to_stage", "closure"),
    [
        (standing(SOME, SOME), Stage.LEGAL, None),
        (standing(SOME, SOME), Stage.CLOSED, Closure.SETTLED),
        (standing(SOME, SOME), Stage.CLOSED, Closure.WRITTEN_OFF),
        (standing(NOTHING, SOME), Stage.CLOSED, Closure.REINSTATED),
        (standing(), Stage.CLOSED, Closure.PAID_IN_FULL),
    ],
)
def test_an_allowed_change_is_taken(
    given: Standing, to_stage: Stage, closure: Closure | None
) -> None:
    check_change(given, to_stage, closure)


@pytest.mark.parametrize(
    ("given", "to_stage", "closure"),
    [
        (standing(), Stage.CLOSED, None),
        (standing(), Stage.LEGAL, Closure.SETTLED),
        (standing(NOTHING, SOME), Stage.CLOSED, Closure.PAID_IN_FULL),
        (standing(SOME, SOME), Stage.CLOSED, Closure.REINSTATED),
    ],
)
def test_a_case_closes_in_one_of_four_ways_that_is_true(
    given: Standing, to_stage: Stage, closure: Closure | None
) -> None:
    with pytest.raises(InvalidField) as refused:
        check_change(given, to_stage, closure)
    assert refused.value.field == "closure"


def test_no_stage_is_left_out() -> None:
    with pytest.raises(StageNotReachable, match="it may go to legal, closed"):
        check_change(standing(), Stage.PRE_DUE, None)


@pytest.mark.parametrize("closure", [Closure.SETTLED, Closure.WRITTEN_OFF])
def test_what_was_settled_or_written_off_stays_closed(closure: Closure) -> None:
    closed = Standing(Stage.CLOSED, closure, SOME, SOME, (Stage.REMINDER,))
    with pytest.raises(StageNotReachable):
        check_change(closed, Stage.REMINDER, None)
