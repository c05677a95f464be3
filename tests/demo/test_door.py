"""What happens at a door is possible, and adds up."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.custody.denominations import FACES
from collection.receipts.mode import checked_mode
from demo.door import NOTES, Due, Encounter, encounter, notes_of, without_cash
from demo.portfolio import COUNTRY, CURRENCY

TODAY = date(2026, 11, 23)
dues = st.builds(
    lambda installment, count, extra: Due(
        installment * 1000, installment * 1000 * count, installment * 1000 * count + extra * 10
    ),
    st.integers(5, 400),
    st.integers(1, 4),
    st.integers(0, 5000),
)
seeds = st.integers(0, 2**32)


def check(happens: Encounter, due: Due) -> None:
    """Hold an encounter against what the API takes."""
    assert happens.stay_s > 0
    paid = 0
    if happens.payment:
        paid = happens.payment.amount_minor
        assert 0 < paid <= due.outstanding_minor
        assert paid % NOTES[-1] == 0
        checked_mode(happens.payment.mode, happens.payment.reference, {}, COUNTRY)
    if happens.word:
        assert 0 < happens.word.amount_minor <= due.outstanding_minor - paid
        assert TODAY < happens.word.due_on <= TODAY + timedelta(days=7)
    assert (happens.outcome in {"paid", "part_paid"}) == (happens.payment is not None)


@given(due=dues, seed=seeds)
def test_an_encounter_is_something_that_the_api_takes(due: Due, seed: int) -> None:
    check(encounter(due, 600, TODAY, np.random.default_rng(seed)), due)


@given(due=dues, seed=seeds)
def test_without_cash_the_customer_transfers_or_promises(due: Due, seed: int) -> None:
    rng = np.random.default_rng(seed)
    wanted = encounter(due, 600, TODAY, rng)
    if wanted.payment is None:
        return
    instead = without_cash(wanted, due, TODAY, rng)
    check(instead, due)
    assert instead.payment is None or instead.payment.mode == "transfer"
    assert instead.payment or instead.word


def test_of_many_doors_most_pay_and_mostly_cash() -> None:
    rng = np.random.default_rng(1)
    due = Due(55_000, 110_000, 110_000)
    many = [encounter(due, 600, TODAY, rng) for _ in range(2000)]
    outcomes = Counter(one.outcome for one in many)
    assert outcomes["paid"] + outcomes["part_paid"] > 1100
    assert min(outcomes[o] for o in ("promised", "not_home", "refused", "part_paid")) > 100
    modes = Counter(one.payment.mode for one in many if one.payment)
    assert modes["cash"] > 2 * (modes["transfer"] + modes["card"])


def test_nobody_pays_what_is_not_owed() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        happens = encounter(Due(55_000, 0, 0), 600, TODAY, rng)
        assert happens.payment is None
        assert happens.word is None


@given(tens=st.integers(1, 10**6))
def test_notes_make_the_amount_with_faces_of_the_country(tens: int) -> None:
    counted = notes_of(tens * 10)
    assert sum(face * count for face, count in counted) == tens * 10
    assert {face for face, _ in counted} <= set(FACES[CURRENCY])
    assert len({face for face, _ in counted}) == len(counted)


def test_an_amount_that_no_coins_make_is_not_silently_rounded() -> None:
    with pytest.raises(AssertionError):
        notes_of(15)
