import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import LatLon, LocalPlane, distance_m
from streets.network import from_raw
from streets.snap import Snapped, snap, snap_index
from tests.streets.small_city import AVENUES, STREETS, at, node, small_graph, town, way

INDEX = snap_index(small_graph())
metres = st.floats(-400, 800)


def snapped(*positions: tuple[float, float], within_m: float = 300) -> Snapped:
    lat, lon = np.array(positions).reshape(-1, 2).T
    return snap(INDEX, lat, lon, within_m)


def test_a_home_beside_a_street_finds_it() -> None:
    found = snapped(at(130, 8), at(-9, 60))
    graph = small_graph()
    assert [graph.street_names[graph.edge_street[e]] for e in found.edge] == [
        STREETS[0],
        AVENUES[0],
    ]
    assert found.distance_m == pytest.approx([8, 9], rel=1e-2)
    assert (found.lat[0], found.lon[0]) == pytest.approx(at(130, 0), abs=1e-6)
    near = [node(0, 1) - 1, node(1, 0) - 1]
    assert found.node.tolist() == near
    assert found.reachable.all()


def test_the_fraction_runs_from_the_start_of_the_edge() -> None:
    found = snapped(at(130, 8))
    graph = small_graph()
    start = graph.node_lon[graph.edge_from[found.edge[0]]]
    expected = 0.3 if start == pytest.approx(at(100, 0)[1]) else 0.7
    assert found.fraction == pytest.approx([expected], abs=1e-3)


def test_along_a_bent_street_the_fraction_counts_all_of_it() -> None:
    bends = {100: at(-50, 100), 101: at(-50, 200)}
    graph = from_raw(town(way([node(1, 0), 100, 101, node(2, 0)], "Curva"), nodes=bends))
    lat, lon = np.array([at(-52, 130)]).T
    found = snap(snap_index(graph), lat, lon)
    assert graph.street_names[graph.edge_street[found.edge[0]]] == "Curva"
    assert found.fraction == pytest.approx([(50 + 30) / 200], abs=1e-2)
    assert found.node.tolist() == [node(1, 0) - 1]


def test_what_is_too_far_is_marked_and_its_distance_told() -> None:
    found = snapped(at(200, -500), at(200, -299), within_m=300)
    assert found.reachable.tolist() == [False, True]
    assert (found.edge[0], found.node[0]) == (-1, -1)
    assert np.isnan([found.fraction[0], found.lat[0], found.lon[0]]).all()
    assert found.distance_m == pytest.approx([500, 299], rel=1e-3)


def test_a_position_that_is_no_number_is_unreachable_and_harms_no_other() -> None:
    found = snapped((np.nan, -71.25), at(130, 8), (-29.9, np.inf))
    assert found.reachable.tolist() == [False, True, False]
    assert found.distance_m[[0, 2]].tolist() == [np.inf, np.inf]


def test_no_positions_give_no_rows() -> None:
    assert len(snapped().edge) == 0


@given(metres, metres)
def test_no_street_is_nearer_than_the_one_found(east_m: float, north_m: float) -> None:
    lat, lon = at(east_m, north_m)
    found = snap(INDEX, np.array([lat]), np.array([lon]), within_m=np.inf)
    # Along a dense row of points on every street none is nearer.
    graph, pieces = small_graph(), INDEX.pieces
    share = np.linspace(0, 1, 101)[:, None]
    x = pieces.x1 + share * (pieces.x2 - pieces.x1)
    y = pieces.y1 + share * (pieces.y2 - pieces.y1)
    px, py = LocalPlane(graph.center).xy(np.array(lat), np.array(lon))
    assert found.distance_m[0] <= np.hypot(x - px, y - py).min() + 1e-6
    foot = LatLon(float(found.lat[0]), float(found.lon[0]))
    assert distance_m(LatLon(lat, lon), foot) == pytest.approx(
        found.distance_m[0], rel=5e-3, abs=0.1
    )


@given(metres, metres)
def test_the_node_is_an_end_of_the_edge_and_the_nearer_one(east_m: float, north_m: float) -> None:
    lat, lon = at(east_m, north_m)
    found = snap(INDEX, np.array([lat]), np.array([lon]), within_m=np.inf)
    graph, edge = small_graph(), found.edge[0]
    ends = [graph.edge_from[edge], graph.edge_to[edge]]
    assert found.node[0] == ends[int(found.fraction[0] > 0.5)]
