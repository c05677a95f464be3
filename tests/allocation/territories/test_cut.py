"""Territories cut from cases: even, whole, and drawn around what they count."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from allocation.territories.errors import TooManyTerritories
from allocation.territories.proposals.cut import Wanted, cut
from allocation.territories.proposals.partition import partition
from allocation.territories.proposals.streets import Streets, ground_of
from core.geometry import LatLon
from streets.profile import Profile
from tests.streets.small_city import at, small_graph

SIDE = 12


def grid(dropped: int = 0, seed: int = 1) -> Streets:
    """A square of streets 100 m apart, of which some are missing; it hangs together."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    right = np.flatnonzero(column < SIDE - 1)
    up = np.flatnonzero(row < SIDE - 1)
    tail = np.concatenate([right, up])
    head = np.concatenate([right + 1, up + SIDE])
    kept = np.ones(len(tail), dtype=bool)
    rng = np.random.default_rng(seed)
    for street in rng.permutation(len(tail))[:dropped].tolist():
        kept[street] = False
        joined = csr_array((np.ones(kept.sum()), (tail[kept], head[kept])), shape=(len(row),) * 2)
        kept[street] = connected_components(joined, directed=False)[0] > 1
    travel_s = np.full(int(kept.sum()), 15.0)
    return Streets.of(column * 100.0, row * 100.0, tail[kept], head[kept], travel_s)


def pieces(streets: Streets, label: np.ndarray) -> int:
    tail, head = streets.ways.nonzero()
    within = label[tail] == label[head]
    kept = (np.ones(int(within.sum())), (tail[within], head[within]))
    return int(connected_components(csr_array(kept, shape=streets.ways.shape))[0])


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 12), dropped=st.integers(0, 90), seed=st.integers(0, 1000))
def test_parts_are_whole_whatever_streets_are_missing(count: int, dropped: int, seed: int) -> None:
    streets = grid(dropped, seed)
    work = np.random.default_rng(seed).integers(0, 60, SIDE * SIDE).astype(float)
    parts = partition(streets, work, count, 0.1, seed)
    assert set(parts.label.tolist()) == set(range(count))
    assert pieces(streets, parts.label) == count
    assert parts.label[parts.center].tolist() == list(range(count))


def test_even_work_is_cut_evenly_and_the_same_way_again() -> None:
    streets, work = grid(), np.ones(SIDE * SIDE)
    parts = partition(streets, work, 9, 0.1, 7)
    load = np.bincount(parts.label, work)
    assert np.abs(load / load.mean() - 1).max() <= 0.1
    again = partition(streets, work, 9, 0.1, 7)
    assert (again.label == parts.label).all()


def test_work_in_one_corner_is_shared_by_small_parts_there() -> None:
    streets = grid()
    work = np.where((streets.x_m < 500) & (streets.y_m < 500), 10.0, 0.1)
    parts = partition(streets, work, 6, 0.15, 1)
    load = np.bincount(parts.label, work)
    assert np.abs(load / load.mean() - 1).max() <= 0.15


def cases(many: int) -> list[LatLon]:
    rng = np.random.default_rng(5)
    return [
        LatLon(*at(float(east), float(north)))
        for east, north in zip(rng.uniform(0, 400, many), rng.uniform(0, 300, many), strict=True)
    ]


def test_shapes_hold_what_they_count_and_do_not_overlap() -> None:
    spots = cases(120)
    ground = ground_of(small_graph(), Profile.TWO_WHEELER)
    done = cut(ground, spots, np.full(120, 25.0), Wanted(4, 0.2, 1), places=small_graph().places)
    assert (done.outside, sum(piece.cases for piece in done.pieces)) == (0, 120)
    assert all(piece.is_whole for piece in done.pieces)
    shapes = [shapely.from_wkb(piece.shape) for piece in done.pieces]
    points = shapely.points([spot.lon for spot in spots], [spot.lat for spot in spots])
    inside = np.array([shapely.covers(shape, points) for shape in shapes])
    assert inside.sum(axis=1).tolist() == [piece.cases for piece in done.pieces]
    shared = sum(a.intersection(b).area for a in shapes for b in shapes if a is not b)
    assert shared < 1e-4 * sum(shape.area for shape in shapes)
    assert done.pieces[0].name == "Villa Chica"
    assert len({piece.name for piece in done.pieces}) == 4


def test_agents_get_what_is_nearest_to_all_of_them_together() -> None:
    ground = ground_of(small_graph(), Profile.TWO_WHEELER)
    homes = [LatLon(*at(400, 150)), LatLon(*at(0, 150))]
    done = cut(ground, cases(80), np.full(80, 25.0), Wanted(2, 0.2, 1), homes)
    west, east = sorted(done.pieces, key=lambda piece: piece.middle.lon)
    north_south = abs(west.middle.lon - east.middle.lon) < 1e-4
    assert north_south or (west.agent, east.agent) == (1, 0)
    assert {west.agent, east.agent} == {0, 1}


def test_what_cannot_be_had_is_said_with_numbers() -> None:
    ground = ground_of(small_graph(), Profile.TWO_WHEELER)
    here = [LatLon(*at(0, 0))] * 5
    with pytest.raises(TooManyTerritories) as refused:
        cut(ground, [*here, LatLon(*at(0, 9_000))], np.full(6, 25.0), Wanted(3, 0.1, 1))
    assert refused.value.facts() == {
        "territories": 3, "places": 1, "cases": 5, "far_from_streets": 1,
    }  # fmt: skip
    heavy = [*here, *cases(4), LatLon(*at(0, 9_000))]
    done = cut(ground, heavy, np.full(10, 25.0), Wanted(3, 0.1, 1))
    codes = {each.code: each for each in done.shortfalls}
    assert codes.keys() == {"one_place_too_heavy", "far_from_streets"}
    assert codes["one_place_too_heavy"].facts["work_min"] >= 125
    assert "1 cases are farther than 300 m" in codes["far_from_streets"].sentence
