from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.field_notes.disposition import Ability, Intent
from collection.portfolio.urgency import (
    ASSESSED,
    DPD_STEPS,
    NEVER,
    WEIGHTS,
    Urgency,
    UrgencyColumns,
    UrgencyFacts,
    assessed_share,
    urgency,
    urgency_points,
    urgency_scores,
)
from core.errors import InvalidField
from core.money import Money

USUAL = Money(50_000_00, "INR")
CALM = UrgencyFacts(dpd=12, overdue=USUAL, days_since_contact=3)


def points(facts: UrgencyFacts) -> dict[str, int]:
    return {factor.name: factor.points for factor in urgency(facts, USUAL).factors}


def test_a_score_comes_with_the_points_and_the_fact_behind_each() -> None:
    facts = UrgencyFacts(
        dpd=75,
        overdue=Money(100_000_00, "INR"),
        promise_due_today=True,
        days_since_contact=7,
        broken_promises=1,
        chance_of_meeting=0.8,
        assessed=("wavering", "able"),
    )
    assert urgency(facts, USUAL) == Urgency(
        score=74,
        factors=(
            ("days_past_due", 31, "75 days past due: last chance before it is non-performing"),
            ("amount_overdue", 7, "INR 100,000.00 overdue, 2.0 times the usual"),
            ("promise_due", 20, "a promise is due today"),
            ("days_since_contact", 4, "last contact 7 days ago"),
            ("broken_promises", 4, "1 broken promise"),
            ("chance_of_meeting", 4, "met at 80% of visits at best hours"),
            ("intent_and_ability", 4, "could pay and has not made up their mind"),
        ),  # type: ignore[arg-type]
    )


def test_nothing_due_and_spoken_to_today_is_the_least_urgent() -> None:
    calm = UrgencyFacts(
        0, Money(0, "INR"), days_since_contact=0, chance_of_meeting=0.0,
        assessed=("willing", "unable"),
    )  # fmt: skip
    assert urgency(calm, USUAL).score == 1


def test_the_worst_of_everything_scores_a_hundred() -> None:
    worst = UrgencyFacts(
        90, Money(10**9, "INR"), promise_due_today=True, broken_promises=9, chance_of_meeting=1.0,
        assessed=("unwilling", "able"),
    )  # fmt: skip
    assert urgency(worst, USUAL).score == 100


def test_the_weights_add_up_to_a_hundred_and_each_has_its_reason() -> None:
    assert sum(weight.most for weight in WEIGHTS) == 100
    assert all(weight.reason for weight in WEIGHTS)
    assert [step.min_dpd for step in DPD_STEPS] == sorted({step.min_dpd for step in DPD_STEPS})


def test_whatever_an_agent_says_of_a_customer_counts() -> None:
    assert set(ASSESSED) == {(intent, ability) for intent in Intent for ability in Ability}


@pytest.mark.parametrize(
    ("changed", "factor"),
    [
        ({"dpd": 31}, "days_past_due"),
        ({"overdue": Money(90_000_00, "INR")}, "amount_overdue"),
        ({"promise_due_today": True}, "promise_due"),
        ({"days_since_contact": 9}, "days_since_contact"),
        ({"days_since_contact": None}, "days_since_contact"),
        ({"broken_promises": 1}, "broken_promises"),
        ({"chance_of_meeting": 0.9}, "chance_of_meeting"),
        ({"assessed": ("unwilling", "able")}, "intent_and_ability"),
    ],
)
def test_each_fact_moves_its_own_factor_and_no_other(
    changed: dict[str, object], factor: str
) -> None:
    before, after = points(CALM), points(replace(CALM, **changed))  # type: ignore[arg-type]
    assert {name for name in before if after[name] > before[name]} == {factor}
    assert {name for name in before if after[name] != before[name]} == {factor}


def test_amounts_count_by_their_logarithm_so_one_big_loan_does_not_drown_the_rest() -> None:
    given = [points(replace(CALM, overdue=Money(n * 50_000_00, "INR"))) for n in (1, 4, 32, 900)]
    assert [p["amount_overdue"] for p in given] == [5, 11, 23, 23]


def test_the_score_is_the_same_whatever_the_currency() -> None:
    pesos = replace(CALM, overdue=Money(45_000, "CLP"))
    assert urgency(pesos, Money(45_000, "CLP")).score == urgency(CALM, USUAL).score


def test_a_usual_amount_of_nothing_or_of_another_currency_is_refused() -> None:
    with pytest.raises(InvalidField):
        urgency(CALM, Money(0, "INR"))
    with pytest.raises(InvalidField):
        urgency(CALM, Money(45_000, "CLP"))


facts_strategy = st.builds(
    UrgencyFacts,
    dpd=st.integers(0, 2000),
    overdue=st.integers(0, 10**12).map(lambda minor: Money(minor, "INR")),
    promise_due_today=st.booleans(),
    days_since_contact=st.none() | st.integers(0, 400),
    broken_promises=st.integers(0, 20),
    chance_of_meeting=st.none() | st.floats(0, 1),
    assessed=st.none() | st.sampled_from(list(ASSESSED)),
)


@given(st.lists(facts_strategy, min_size=1, max_size=30))
def test_many_cases_score_together_what_they_score_alone(many: list[UrgencyFacts]) -> None:
    silent = (facts.days_since_contact for facts in many)
    table = urgency_points(
        UrgencyColumns(
            dpd=np.array([facts.dpd for facts in many]),
            overdue_minor=np.array([facts.overdue.amount_minor for facts in many]),
            promise_due_today=np.array([facts.promise_due_today for facts in many]),
            days_since_contact=np.array([NEVER if days is None else days for days in silent]),
            broken_promises=np.array([facts.broken_promises for facts in many]),
            chance_of_meeting=np.array(
                [np.nan if f.chance_of_meeting is None else f.chance_of_meeting for f in many]
            ),
            assessed=np.array([assessed_share(facts.assessed) for facts in many]),
        ),
        USUAL.amount_minor,
    )
    alone = [urgency(facts, USUAL) for facts in many]
    assert urgency_scores(table).tolist() == [one.score for one in alone]
    assert table.tolist() == [[factor.points for factor in one.factors] for one in alone]


@given(facts_strategy)
def test_a_score_is_the_sum_of_its_points_from_1_to_100(facts: UrgencyFacts) -> None:
    one = urgency(facts, USUAL)
    assert 1 <= one.score <= 100
    assert one.score == max(1, sum(factor.points for factor in one.factors))
