"""What is a promise."""

from datetime import date, timedelta

import pytest

from collection.promises.promise import (
    Owed,
    Promise,
    PromiseTerms,
    beyond_terms,
    check_promise,
)
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money
from tests.conftest import MONDAY_NINE

TODAY = date(2026, 11, 23)
DUE = Money(50_000, "CLP")
OWED = Owed(DUE, Money(40_001, "CLP"), 3)
USUAL = PromiseTerms()
NOTHING = Money(0, "CLP")


def promise(amount: Money = DUE, days: int = 3) -> Promise:
    return Promise(new_id(), new_id(), amount, TODAY + timedelta(days=days), MONDAY_NINE)


@pytest.mark.parametrize("days", [0, 1, 30])
def test_any_day_of_the_thirty_will_do(days: int) -> None:
    check_promise(promise(days=days), TODAY, OWED)
    assert beyond_terms(promise(days=days), TODAY, OWED, USUAL) == ()


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (promise(days=-1), "due_on"),
        (promise(Money(50_001, "CLP")), "amount.amount_minor"),
        (promise(Money(0, "CLP")), "amount.amount_minor"),
        (promise(Money(50_000, "USD")), "amount.currency"),
    ],
)
def test_what_cannot_be_kept_or_asked_for_is_refused(made: Promise, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        check_promise(made, TODAY, OWED)
    assert refused.value.field == field


def test_nothing_can_be_promised_when_nothing_is_due() -> None:
    with pytest.raises(InvalidField, match="at most"):
        check_promise(promise(Money(1, "CLP")), TODAY, Owed(NOTHING, NOTHING))


@pytest.mark.parametrize(
    ("made", "terms", "field", "expected"),
    [
        (promise(days=4), PromiseTerms(max_days=3), "due_on", "2026-11-26 (promise_max_days)"),
        (
            promise(Money(20_000, "CLP")),
            PromiseTerms(min_pct=50),
            "amount.amount_minor",
            "at least CLP 20,001, 50 % of what is overdue (promise_min_pct)",
        ),
        (promise(days=31), USUAL, "due_on", "2026-12-23 (promise_max_days)"),
        (promise(), PromiseTerms(most=3), "case_id", "3 were made in 90 days (promise_most)"),
    ],
)
def test_what_a_branch_does_not_take_is_refused_with_its_policy(
    made: Promise, terms: PromiseTerms, field: str, expected: str
) -> None:
    check_promise(made, TODAY, OWED)
    [beyond] = beyond_terms(made, TODAY, OWED, terms)
    assert beyond.field == field
    assert expected in beyond.expected
    assert beyond.rule in expected


def test_what_is_just_enough_is_taken() -> None:
    terms = PromiseTerms(max_days=3, min_pct=50, most=4)
    assert beyond_terms(promise(Money(20_001, "CLP"), days=3), TODAY, OWED, terms) == ()


def test_all_that_a_promise_is_beyond_is_told() -> None:
    terms = PromiseTerms(max_days=1, min_pct=100, most=1)
    found = beyond_terms(promise(Money(1, "CLP")), TODAY, OWED, terms)
    assert [each.rule for each in found] == ["promise_min_pct", "promise_max_days", "promise_most"]
