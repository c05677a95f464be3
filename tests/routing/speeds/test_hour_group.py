"""Hours that are alike, in the zone of the branch."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.speeds.hour_group import hour_groups, shares, told

KOLKATA, SANTIAGO = "Asia/Kolkata", "America/Santiago"
INSTANTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def test_the_half_hour_of_a_zone_counts() -> None:
    at = datetime(2026, 2, 9, 3, 45, tzinfo=UTC).timestamp()
    assert hour_groups(np.array([at, at + 900, at + 3599]), KOLKATA).tolist() == [9, 9, 10]


def test_weekends_have_hours_of_their_own() -> None:
    friday = datetime(2026, 2, 13, 12, tzinfo=UTC)
    at = np.array([(friday + timedelta(days=n)).timestamp() for n in range(4)])
    assert hour_groups(at, SANTIAGO).tolist() == [9, 33, 33, 9]


@given(INSTANTS, st.integers(1, 60 * 14))
def test_the_shares_of_a_shift_are_what_its_minutes_fall_into(at: datetime, minutes: int) -> None:
    whole = shares(at, at + timedelta(minutes=minutes), KOLKATA)
    assert whole.sum() == pytest.approx(1)
    middles = at.timestamp() + 60 * np.arange(minutes, dtype=np.float64) + 30
    counted = np.bincount(hour_groups(middles, KOLKATA), minlength=48) / minutes
    assert whole == pytest.approx(counted, abs=1 / minutes)


def test_a_shift_of_no_length_is_at_its_hour() -> None:
    at = datetime(2026, 2, 9, 12, 30, tzinfo=UTC)
    assert np.flatnonzero(shares(at, at, SANTIAGO)).tolist() == [9]


def test_a_group_is_told_in_words() -> None:
    assert told(8) == "Mon–Fri 08–09"
    assert told(24 + 17) == "Sat–Sun 17–18"
