"""The terms of product types, without a database."""

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.portfolio.dpd import (
    Bucket,
    CountedIn,
    DpdBasis,
    Section,
    days_of,
    days_past_due,
    months_past_due,
)
from collection.portfolio.products.product_type import check_ranks
from collection.portfolio.products.terms import OverPayment, Terms
from collection.portfolio.stages.stage import Stage
from collection.portfolio.waterfall import OpenDemand, part_paid
from core.errors import InvalidField

DAY = date(2026, 11, 23)
DUE = OpenDemand(UUID(int=1), DAY - timedelta(days=9), principal_minor=800, interest_minor=200)
NEXT = OpenDemand(UUID(int=2), DAY + timedelta(days=21), principal_minor=1_000)
SHIPPED = json.loads(Path("data/migrations/seeds/0038_product_types.json").read_text())


@pytest.mark.parametrize("last_overdue", [30, 60, 90, 120])
def test_the_boundary_of_the_sections_is_data(last_overdue: int) -> None:
    terms = Terms(last_overdue=last_overdue)
    dpd = np.array([last_overdue - 1, last_overdue, last_overdue + 1])
    assert terms.sections(dpd).tolist() == [Section.OVERDUE, Section.OVERDUE, Section.RECOVERY]
    alone = [terms.bucket_and_section(int(days), DAY)[1] for days in dpd]
    assert alone == terms.sections(dpd).tolist()


@pytest.mark.parametrize(
    ("due", "as_of", "exclusive", "day_end"),
    [
        (date(2026, 1, 5), date(2026, 1, 5), 0, 1),
        (date(2026, 1, 5), date(2026, 1, 6), 1, 1),
        (date(2026, 1, 5), date(2026, 2, 4), 1, 1),
        (date(2026, 1, 5), date(2026, 2, 5), 1, 2),
        (date(2026, 1, 5), date(2026, 2, 6), 2, 2),
        (date(2026, 1, 31), date(2026, 2, 27), 1, 1),
        (date(2026, 1, 31), date(2026, 2, 28), 1, 2),
        (date(2026, 1, 31), date(2026, 3, 1), 2, 2),
        (date(2024, 1, 31), date(2024, 2, 28), 1, 1),
        (date(2025, 11, 5), date(2026, 11, 6), 13, 13),
    ],
)
def test_months_past_due_are_the_monthly_due_dates_that_are_past(
    due: date, as_of: date, exclusive: int, day_end: int
) -> None:
    for basis, expected in ((DpdBasis.EXCLUSIVE, exclusive), (DpdBasis.RBI_DAY_END, day_end)):
        dpd = np.array([days_past_due(due, as_of, basis)])
        assert months_past_due(dpd, as_of, basis).tolist() == [expected]


@given(st.lists(st.integers(-40, 900), min_size=1), st.sampled_from(DpdBasis))
def test_days_of_many_are_the_days_of_each(since_due: list[int], basis: DpdBasis) -> None:
    together = days_of(np.array(since_due), basis).tolist()
    assert together == [days_past_due(DAY - timedelta(days=n), DAY, basis) for n in since_due]


@given(st.integers(0, 900))
def test_nobody_is_more_months_than_days_late_nor_fewer_than_the_days_make(dpd: int) -> None:
    [months] = months_past_due(np.array([dpd]), DAY).tolist()
    assert -(-dpd // 31) <= months <= dpd


def test_a_case_comes_to_the_last_stage_whose_days_have_come() -> None:
    terms = Terms(stages={Stage.REMINDER: 1, Stage.MULTI_CHANNEL: 8, Stage.FIELD: 31})
    past_due = np.array([0, 0, 1, 7, 8, 30, 31, 400])
    is_due = np.array([False, True, True, True, True, True, True, True])
    assert terms.stage_codes(past_due, is_due).tolist() == [
        "pre_due", "due", "reminder", "reminder", "multi_channel", "multi_channel", "field",
        "field",
    ]  # fmt: skip


def test_money_beyond_what_is_due_pays_ahead_or_waits() -> None:
    ahead = Terms().spread(1_300, [DUE, NEXT], DAY)
    assert [(share.demand_id.int, share.amount_minor) for share in ahead.shares] == [
        (1, 200), (1, 800), (2, 300),
    ]  # fmt: skip
    waits = Terms(pays_ahead=False).spread(1_300, [DUE, NEXT], DAY)
    assert (sum(share.amount_minor for share in waits.shares), waits.advance_minor) == (1_000, 300)


def test_an_over_payment_goes_where_the_terms_say() -> None:
    advance = Terms().spread(2_500, [DUE, NEXT], DAY)
    assert (advance.advance_minor, advance.suspense_minor) == (500, 0)
    suspense = Terms(over_payment=OverPayment.SUSPENSE).spread(2_500, [DUE, NEXT], DAY)
    assert (suspense.advance_minor, suspense.suspense_minor, suspense.over_minor) == (0, 500, 500)


def test_a_demand_that_is_paid_in_part_is_found() -> None:
    for minor, part in ((999, DUE), (1_000, None), (1_500, NEXT), (2_000, None), (2_500, None)):
        assert part_paid(Terms().spread(minor, [DUE, NEXT], DAY).shares, [DUE, NEXT]) is part


def test_only_loans_have_an_asset_class() -> None:
    dpd, was_npa = np.array([10, 200]), np.array([True, False])
    assert Terms().asset_class_codes(dpd, was_npa).tolist() == ["npa", "npa"]
    bill = Terms(is_loan=False)
    assert bill.asset_class_codes(dpd, was_npa).tolist() == ["standard", "standard"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_overdue": -1}, "last_overdue"),
        ({"head_order": ("interest", "principal")}, "head_order"),
        ({"head_order": ("interest", "interest", "principal", "penal")}, "head_order"),
        ({"stages": {Stage.LEGAL: 90}}, "stages"),
        ({"stages": {Stage.REMINDER: 30, Stage.FIELD: 8}}, "stages"),
        ({"stages": {Stage.REMINDER: -1}}, "stages"),
        ({"buckets": [Bucket("X", 1, None, 0)]}, "buckets"),
    ],
)
def test_terms_that_cannot_be_are_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        Terms(**wrong)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_bucket_means_one_rank_in_all_product_types() -> None:
    known = {"X": 0, "B1": 1}
    check_ranks(Terms(buckets=[Bucket("X", 0, 0, 0), Bucket("Y", 1, None, 1)]), known)
    with pytest.raises(InvalidField, match="B1"):
        check_ranks(Terms(buckets=[Bucket("B1", 0, 0, 0), Bucket("X1", 1, None, 1)]), known)


@pytest.mark.parametrize("code", SHIPPED)
def test_what_is_shipped_are_terms_that_agree_on_their_buckets(code: str) -> None:
    its = SHIPPED[code]
    terms = Terms(
        DpdBasis(its["dpd_basis"]), CountedIn(its["counted_in"]),
        [Bucket(name, low, high, rank) for rank, (name, low, high) in enumerate(its["buckets"])],
        its["last_overdue"], its["head_order"], its["partial_payments"], its["pays_ahead"],
        OverPayment(its["over_payment"]), its["is_loan"],
        {Stage(stage): start for stage, start in its["stages"].items()},
    )  # fmt: skip
    others = {
        name: rank
        for other in SHIPPED.values()
        for rank, (name, _, _) in enumerate(other["buckets"])
    }
    check_ranks(terms, others)
