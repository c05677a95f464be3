from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.portfolio.dpd import (
    DEFAULT_BUCKETS,
    AssetClass,
    Bucket,
    DpdBasis,
    Section,
    asset_classes,
    bucket_of,
    bucket_positions,
    checked_buckets,
    days_past_due,
    section_of,
)
from core.errors import InvalidField


def class_of(dpd: int, *, was_npa: bool = False) -> AssetClass:
    return AssetClass(asset_classes(np.array([dpd]), np.array([was_npa]))[0])


@pytest.mark.parametrize(
    ("due", "day_end", "expected"),
    [
        (date(2021, 3, 31), date(2021, 4, 29), AssetClass.SMA_0),
        (date(2021, 3, 31), date(2021, 4, 30), AssetClass.SMA_1),
        (date(2021, 3, 31), date(2021, 5, 30), AssetClass.SMA_2),
        (date(2021, 3, 31), date(2021, 6, 29), AssetClass.NPA),
        (date(2021, 12, 1), date(2021, 12, 31), AssetClass.SMA_1),
        (date(2021, 12, 1), date(2022, 1, 30), AssetClass.SMA_2),
        (date(2021, 12, 1), date(2022, 2, 28), AssetClass.SMA_2),
        (date(2021, 12, 1), date(2022, 3, 1), AssetClass.NPA),
    ],
)
def test_day_end_classes_are_those_of_the_published_examples(
    due: date, day_end: date, expected: AssetClass
) -> None:
    assert class_of(days_past_due(due, day_end, DpdBasis.RBI_DAY_END)) is expected


@pytest.mark.parametrize(
    ("as_of", "exclusive", "day_end"),
    [
        (date(2026, 1, 4), 0, 0),
        (date(2026, 1, 5), 0, 1),
        (date(2026, 1, 6), 1, 2),
        (date(2026, 2, 5), 31, 32),
    ],
)
def test_the_due_date_itself_counts_only_at_day_end(
    as_of: date, exclusive: int, day_end: int
) -> None:
    due = date(2026, 1, 5)
    assert days_past_due(due, as_of) == exclusive
    assert days_past_due(due, as_of, DpdBasis.RBI_DAY_END) == day_end


@given(due=st.dates(max_value=date(9000, 1, 1)), days=st.integers(0, 4000))
def test_the_two_counts_differ_by_one_day_from_the_due_date_on(due: date, days: int) -> None:
    as_of = due + timedelta(days=days)
    assert days_past_due(due, as_of, DpdBasis.RBI_DAY_END) == days_past_due(due, as_of) + 1


def test_an_account_with_nothing_unpaid_is_not_late() -> None:
    assert days_past_due(None, date(2026, 1, 5), DpdBasis.RBI_DAY_END) == 0


@pytest.mark.parametrize(
    ("dpd", "code"),
    [(0, "X"), (1, "B1"), (30, "B1"), (31, "B2"), (60, "B2"), (61, "B3"), (90, "B3"), (91, "B4")],
)
def test_default_buckets_begin_and_end_where_the_vocabulary_says(dpd: int, code: str) -> None:
    assert bucket_of(dpd).code == code


def test_buckets_are_data_because_lenders_disagree_on_x() -> None:
    theirs = checked_buckets([Bucket("B1", 31, None, 2), Bucket("X", 0, 30, 1)])
    assert [bucket_of(dpd, theirs).code for dpd in (0, 30, 31, 400)] == ["X", "X", "B1", "B1"]


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_many_accounts_fall_into_the_buckets_they_fall_into_alone(days: list[int]) -> None:
    together = [DEFAULT_BUCKETS[p] for p in bucket_positions(np.array(days))]
    assert together == [bucket_of(dpd) for dpd in days]


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [Bucket("X", 1, None, 0)],
        [Bucket("X", 0, 30, 0)],
        [Bucket("X", 0, 30, 0), Bucket("B1", 32, None, 1)],
        [Bucket("X", 0, 30, 0), Bucket("B1", 30, None, 1)],
        [Bucket("X", 0, None, 0), Bucket("B1", 31, None, 1)],
        [Bucket("X", 0, 30, 0), Bucket("X", 31, None, 1)],
        [Bucket("X", 0, 30, 1), Bucket("B1", 31, None, 0)],
        [Bucket("X", 0, 5, 0), Bucket("B1", 6, 3, 1), Bucket("B2", 4, None, 2)],
    ],
)
def test_buckets_with_gaps_overlaps_or_twins_are_refused(wrong: list[Bucket]) -> None:
    with pytest.raises(InvalidField):
        checked_buckets(wrong)


def test_the_default_buckets_pass_their_own_check() -> None:
    assert checked_buckets(DEFAULT_BUCKETS) == DEFAULT_BUCKETS


@pytest.mark.parametrize(
    ("dpd", "section"),
    [(89, Section.OVERDUE), (90, Section.OVERDUE), (91, Section.RECOVERY)],
)
def test_ninety_days_is_still_overdue(dpd: int, section: Section) -> None:
    assert section_of(dpd) is section


def test_the_border_between_the_sections_is_data() -> None:
    assert section_of(61, last_overdue=60) is Section.RECOVERY


def test_a_non_performing_asset_stays_one_until_all_arrears_are_paid() -> None:
    assert class_of(5, was_npa=True) is AssetClass.NPA
    assert class_of(5) is AssetClass.SMA_0
    assert class_of(0, was_npa=True) is AssetClass.STANDARD
