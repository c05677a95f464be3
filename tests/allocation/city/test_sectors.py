"""Which agents are improved together, and which cases they decide on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allocation.choices import NOBODY
from allocation.city.sectors import MOST_AGENTS, middles_of, parts, sectors

METERS = st.floats(-50_000, 50_000, width=32)


@given(
    st.integers(1, 120).flatmap(lambda n: arrays(np.float64, (n, 2), elements=METERS)),
    st.integers(0, 20),
    st.integers(1, 4),
)
def test_everybody_is_in_one_sector_and_all_are_about_as_large(
    middles: np.ndarray, turn: int, share: int
) -> None:
    groups = sectors(middles, turn, share)
    assert sorted(row for rows in groups for row in rows.tolist()) == list(range(len(middles)))
    sizes = [len(rows) for rows in groups]
    assert max(sizes) <= MOST_AGENTS
    assert max(sizes) - min(sizes) <= 2
    assert len(groups) % share == 0 or len(groups) == len(middles)


def test_neighbors_are_together_and_borders_turn() -> None:
    row, column = np.divmod(np.arange(400), 20)
    middles = np.column_stack([column, row]) * 500.0
    groups = sectors(middles, 0)
    apart_m = max(np.ptp(middles[rows], axis=0).max() for rows in groups)
    assert apart_m <= 3_000
    together = [{frozenset(rows.tolist()) for rows in sectors(middles, turn)} for turn in range(3)]
    assert not together[0] & together[1]
    assert not together[1] & together[2]


def test_nobody_makes_no_sector() -> None:
    assert sectors(np.zeros((0, 2)), 0) == []


def test_a_round_is_where_its_stops_are_else_where_it_begins() -> None:
    spots = np.array([[0.0, 0.0], [10.0, 20.0], [99.0, 99.0]])
    homes = np.array([[50.0, 50.0], [70.0, 70.0]])
    middles = middles_of(np.array([0, 0, NOBODY]), spots, homes)
    assert middles.tolist() == [[5.0, 10.0], [70.0, 70.0]]


def test_a_case_is_decided_on_where_it_is_visited_else_nearby_or_with_its_only_agent() -> None:
    spots = np.array([[0.0, 0.0], [100.0, 0.0], [10.0, 0.0], [90.0, 0.0], [95.0, 0.0]])
    homes = np.array([[50.0, 0.0], [50.0, 0.0], [200.0, 0.0]])
    visitor = np.array([0, 1, NOBODY, NOBODY, NOBODY])
    only = np.array([NOBODY, NOBODY, NOBODY, NOBODY, 0])
    groups = [np.array([0]), np.array([1, 2])]
    first, second = parts(groups, visitor, only, spots, homes)
    assert first.tolist() == [0, 2, 4]
    assert second.tolist() == [1, 3]


def test_who_has_no_stops_yet_decides_on_the_cases_around_home() -> None:
    spots = np.array([[0.0, 0.0], [210.0, 0.0]])
    homes = np.array([[0.0, 0.0], [200.0, 0.0]])
    nobody = np.full(2, NOBODY)
    found = parts([np.array([0]), np.array([1])], nobody, nobody, spots, homes)
    assert [cases.tolist() for cases in found] == [[0], [1]]
