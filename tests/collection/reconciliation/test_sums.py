"""Which parts make a whole."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from collection.reconciliation.matching.by_sum import chance
from collection.reconciliation.matching.sums import MOST_PARTS, sets_that_make


def by_hand(whole: int, parts: list[int], most: int) -> set[tuple[int, ...]]:
    return {
        chosen
        for count in range(2, most + 1)
        for chosen in combinations(range(len(parts)), count)
        if sum(parts[row] for row in chosen) == whole
    }


@given(st.lists(st.integers(1, 30), max_size=12), st.integers(2, 60))
def test_among_few_parts_all_sets_are_found(parts: list[int], whole: int) -> None:
    found = sets_that_make(whole, np.array(parts, dtype=np.int64), most_in_sum=12, enough=10**6)
    assert set(found) == by_hand(whole, [p if p < whole else 10**9 for p in parts], 12)


@given(st.lists(st.integers(1, 200), min_size=13, max_size=18), st.integers(2, 400))
def test_among_more_all_sets_of_two_and_three_are(parts: list[int], whole: int) -> None:
    found = sets_that_make(whole, np.array(parts, dtype=np.int64), most_in_sum=12, enough=10**6)
    fits = [p if p < whole else 10**9 for p in parts]
    most = 12 if sum(p < whole for p in parts) <= 12 else 3
    assert set(found) == by_hand(whole, fits, most)


def test_as_many_sets_as_are_enough_and_none_among_too_many_parts() -> None:
    parts = np.arange(1, 11, dtype=np.int64)
    assert len(sets_that_make(11, parts, most_in_sum=12, enough=2)) == 2
    many = np.arange(1, MOST_PARTS + 2, dtype=np.int64)
    assert sets_that_make(10**6, many, most_in_sum=12) == []


def test_chance_grows_with_sets_and_roundness() -> None:
    odd = np.array([3_011_00, 4_022_00], dtype=np.int64)
    round_ = np.array([3_000_00, 4_000_00], dtype=np.int64)
    assert chance(7_033_00, odd, 2) < 0.001
    assert chance(7_000_00, round_, 2) > 0.1
    assert chance(7_033_00, np.repeat(odd, 20), 2) > 100 * chance(7_033_00, odd, 2)
