"""The month that reconciliation is measured by, and how it is judged."""

from benchmarks._bank_months import month
from benchmarks._reconcile_score import is_right
from benchmarks.reconcile import measure, worst
from collection.reconciliation.matching.result import Found, Tier


def test_a_small_month_is_matched_without_a_wrong_line() -> None:
    figures = measure(1_500, seed=7)
    ours = figures["ours"]
    assert ours["wrong"] == 0
    assert worst({7: figures})["auto"] == ours["auto"]
    assert ours["auto"] > 0.75
    assert ours["proposed_right"] > 0.9
    assert figures["amount and date"]["wrong"] > 50
    assert figures["amount and reference"]["wrong"] > 5


def test_the_truth_adds_up_and_says_what_is_wrong() -> None:
    one = month(3_000, seed=3)
    lines, deposits = one.problem.lines, one.deposits
    whole = [n for n, truth in enumerate(one.truth) if len(truth) == 2]
    assert whole
    for line in whole:
        total = sum(deposits[d].amount_minor for d in one.truth[line])
        assert total == lines.amount_minor[line]
        both = tuple(sorted(one.truth[line]))
        assert is_right(one, Found((line,), both, Tier.SUM_OF_CLAIMS, 1.0, ()))
        assert not is_right(one, Found((line,), both[:1], Tier.AMOUNT, 1.0, ()))
    for back, first in one.taken_back.items():
        assert lines.amount_minor[back] == -lines.amount_minor[first]
        assert first < back
        assert not one.truth[first]
