"""Ways along the streets that no plan has foreseen."""

import itertools

import pytest

from core.geometry import LatLon, distance_m
from demo.ways import Ways
from tests.streets.small_city import BLOCK_M, at, small_graph


@pytest.fixture(scope="module")
def ways() -> Ways:
    return Ways(small_graph())


def test_a_way_leads_along_the_streets_from_door_to_door(ways: Ways) -> None:
    origin, destination = LatLon(*at(5, 5)), LatLon(*at(295, 195))
    way = ways.between(origin, destination)
    assert (way.points[0], way.points[-1]) == (origin, destination)
    length_m = sum(distance_m(a, b) for a, b in itertools.pairwise(way.points))
    # Five blocks, whichever way round, and the few metres from and to the doors.
    assert length_m == pytest.approx(5 * BLOCK_M, abs=30)
    for a, b in itertools.pairwise(way.points[1:-1]):
        assert min(abs(a.lat - b.lat), abs(a.lon - b.lon)) < 1e-6, "streets run along the grid"


def test_the_ride_is_as_fast_as_the_streets_allow(ways: Ways) -> None:
    graph = small_graph()
    street_s = float(graph.travel_s[0]) * BLOCK_M / float(graph.edge_length_m[0])
    way = ways.between(LatLon(*at(0, 0)), LatLon(*at(400, 0)))
    assert 4 * street_s <= way.travel_s <= 4 * street_s + 60.5


def test_two_doors_at_one_crossing_need_no_street(ways: Ways) -> None:
    way = ways.between(LatLon(*at(3, 2)), LatLon(*at(-2, 4)))
    assert len(way.points) == 3
