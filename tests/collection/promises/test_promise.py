"""What is a promise."""

from datetime import date, timedelta

import pytest

from collection.promises.promise import Promise, check_promise
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money
from tests.conftest import MONDAY_NINE

TODAY = date(2026, 11, 23)
DUE = Money(50_000, "CLP")


def promise(amount: Money = DUE, days: int = 3) -> Promise:
    return Promise(new_id(), new_id(), amount, TODAY + timedelta(days=days), MONDAY_NINE)


@pytest.mark.parametrize("days", [0, 1, 30])
def test_any_day_of_the_thirty_will_do(days: int) -> None:
    check_promise(promise(days=days), TODAY, DUE)


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (promise(days=-1), "due_on"),
        (promise(days=31), "due_on"),
        (promise(Money(50_001, "CLP")), "amount.amount_minor"),
        (promise(Money(0, "CLP")), "amount.amount_minor"),
        (promise(Money(50_000, "USD")), "amount.currency"),
    ],
)
def test_what_cannot_be_kept_or_asked_for_is_refused(made: Promise, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        check_promise(made, TODAY, DUE)
    assert refused.value.field == field


def test_nothing_can_be_promised_when_nothing_is_due() -> None:
    with pytest.raises(InvalidField, match="at most"):
        check_promise(promise(Money(1, "CLP")), TODAY, Money(0, "CLP"))
