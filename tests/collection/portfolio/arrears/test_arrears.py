"""Who is offered to pay in parts, how arrears are cut, and how they go back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.portfolio.arrears.plan import Heads, Moved, check_parts, cut, given_back, sum_of
from collection.portfolio.arrears.rules.rule import ArrearsRule, Payer, rule_for, why_none
from collection.portfolio.waterfall import HEAD_ORDER
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money

RULE = ArrearsRule(
    "reliable", 6, product_types=("card",), dpd_from=5, dpd_to=60, paid_dues_least=3,
    broken_most=1, overdue_most_minor=100_000,
)  # fmt: skip
LAST = ArrearsRule("everybody else", 2, dpd_to=30)


def a_payer(**changed: Any) -> Payer:
    fits = {"product_type": "card", "dpd": 60, "overdue": 100_000, "paid_dues": 3, "broken": 1}
    told: dict[str, Any] = fits | changed
    return Payer(**told | {"overdue": Money(told["overdue"], "CLP")})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"product_type": "invoice"}, "another product type, invoice"),
        ({"dpd": 61}, "61 days past due, not 5 to 60"),
        ({"dpd": 4}, "4 days past due, not 5 to 60"),
        ({"paid_dues": 2}, "2 dues were paid so far, fewer than 3"),
        ({"broken": 2}, "2 promises or plans were broken in 365 days, more than 1"),
        ({"overdue": 100_001}, "more than"),
    ],
)
def test_a_rule_says_what_keeps_it_from_fitting(
    changed: dict[str, Any], reason: str | None
) -> None:
    misses = RULE.misses(a_payer(**changed))
    assert misses is None if reason is None else misses is not None and reason in misses


def test_the_first_rule_that_fits_holds() -> None:
    assert rule_for([RULE, LAST], a_payer(dpd=20)) is RULE
    assert rule_for([RULE, LAST], a_payer(dpd=20, paid_dues=0, broken=0)) is LAST
    assert rule_for([RULE, LAST], a_payer(dpd=20, overdue=0)) is None
    assert why_none([RULE, LAST], a_payer(dpd=20, overdue=0)) == ("nothing is overdue",)
    assert why_none([], a_payer()) == ("the branch has no rule for plans",)
    assert [reason.split(":")[0] for reason in why_none([RULE, LAST], a_payer(dpd=90))] == [
        "reliable", "everybody else",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"installments_most": 1}, {"installments_most": 61}, {"every": 0}, {"dpd_from": 91},
     {"first_within_days": 0}],
)  # fmt: skip
def test_a_rule_that_says_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        ArrearsRule(**{"name": "wrong", "installments_most": 3, **wrong})


@pytest.mark.parametrize(
    ("installments", "first_on"),
    [(1, date(2026, 11, 24)), (7, date(2026, 11, 24)), (3, date(2026, 11, 23)),
     (3, date(2026, 12, 25))],
)  # fmt: skip
def test_parts_beyond_the_rule_are_refused(installments: int, first_on: date) -> None:
    with pytest.raises(InvalidField):
        check_parts(RULE, installments, first_on, date(2026, 11, 23))
    check_parts(RULE, 6, date(2026, 12, 24), date(2026, 11, 23))


heads = st.builds(Heads, *[st.integers(0, 10**9)] * 4)


@given(heads, st.integers(2, 60))
def test_parts_are_equal_and_add_up_to_the_unit(owed: Heads, installments: int) -> None:
    parts = cut(owed, installments, HEAD_ORDER)
    assert sum_of(parts) == owed
    assert len(parts) == installments
    assert max(map(sum, parts)) - min(map(sum, parts)) <= 1


def test_the_heads_that_are_paid_first_come_first() -> None:
    parts = cut(Heads(principal=60, interest=25, charges=10, penal=5), 4, HEAD_ORDER)
    assert parts == (
        Heads(charges=10, penal=5, interest=10), Heads(interest=15, principal=10),
        Heads(principal=25), Heads(principal=25),
    )  # fmt: skip


def test_what_was_paid_has_paid_the_oldest() -> None:
    old, new = new_id(), new_id()
    taken = [
        (date(2026, 10, 1), Moved(old, Heads(principal=100, interest=10))),
        (date(2026, 11, 1), Moved(new, Heads(principal=100, interest=10))),
    ]
    unpaid = [Moved(new_id(), Heads(principal=50, interest=0)), Moved(new_id(), Heads(90, 5))]
    assert given_back(unpaid, taken) == (
        Moved(new, Heads(principal=100, interest=5)), Moved(old, Heads(principal=40)),
    )  # fmt: skip
