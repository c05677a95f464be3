"""When a round is worth planning again, and when it is left alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.underway.when import Cause, Underway, at_risk_now, cause_to_replan

NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NINE + timedelta(minutes=30)
CASE = (UUID(int=1),)
CALM = Underway(planned_at=NINE, stops=5, off_plan_s=0.0, over_s=-3600.0)


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({}, None),
        ({"off_plan_s": 3000.0}, None),
        ({"at_risk": CASE}, None),
        ({"off_plan_s": 900.0, "at_risk": CASE}, Cause.WINDOW),
        ({"gone": CASE}, Cause.GONE),
        ({"added": CASE}, Cause.ADDED),
        ({"out_of_order": CASE}, Cause.OUT_OF_ORDER),
        ({"out_of_order": CASE, "stops": 1}, None),
        ({"over_s": 400.0}, Cause.OVERTIME),
        ({"off_plan_s": -1800.0}, None),
        ({"off_plan_s": -1800.0, "left_out": 3}, Cause.AHEAD),
        ({"urgent": CASE, "added": CASE}, Cause.URGENT),
    ],
)
def test_the_cause_follows_from_the_facts(facts: dict[str, Any], cause: Cause | None) -> None:
    reason = cause_to_replan(replace(CALM, **facts), LATER)
    assert (reason.cause if reason else None) == cause


def test_a_round_that_was_just_published_is_left_alone_unless_it_is_urgent() -> None:
    soon = NINE + timedelta(minutes=5)
    assert cause_to_replan(replace(CALM, gone=CASE), soon) is None
    assert cause_to_replan(replace(CALM, urgent=CASE), soon) is not None


def test_an_open_offer_is_not_followed_by_another() -> None:
    assert cause_to_replan(replace(CALM, gone=CASE, has_offer=True), LATER) is None


@given(st.lists(st.integers(0, 3), max_size=30))
def test_the_same_reason_is_looked_at_once_however_often_positions_come(which: list[int]) -> None:
    cases = [UUID(int=n) for n in which]
    round_, looks = replace(CALM, gone=tuple(dict.fromkeys(cases))), 0
    for minute in range(0, 240, 1):
        reason = cause_to_replan(round_, NINE + timedelta(minutes=minute))
        if reason:
            looks += 1
            round_ = replace(
                round_, considered=reason.key, considered_at=NINE + timedelta(minutes=minute)
            )
    assert looks == (1 if cases else 0)


@given(st.lists(st.floats(-120, 120), min_size=2, max_size=60))
def test_a_window_does_not_flap_when_its_slack_swings_by_two_minutes(swings: list[float]) -> None:
    state, changes = False, 0
    for swing in swings:
        now = at_risk_now(300.0 + swing, 3600.0, was_at_risk=state)
        changes += now != state
        state = now
    assert changes <= 1


@pytest.mark.parametrize(
    ("slack_s", "ahead_s", "is_at_risk"),
    [(240.0, 3600.0, True), (240.0, 28_800.0, False), (-540.0, 28_800.0, False),
     (-660.0, 28_800.0, True)],
)  # fmt: skip
def test_hours_ahead_a_few_minutes_are_no_risk(
    slack_s: float, ahead_s: float, *, is_at_risk: bool
) -> None:
    assert at_risk_now(slack_s, ahead_s, was_at_risk=False) is is_at_risk
