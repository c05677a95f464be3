from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from benchmarks._field_days import grid_city
from routing.errors import NoWay
from routing.planner.problem import UNREACHABLE_S
from routing.travel.arcs import arcs
from routing.travel.travel_times import Dijkstra, Engine, Hierarchy, TravelTimes, travel_times
from streets.graph import Houses, StreetGraph


def street_graph(
    ends: list[tuple[int, int]], length_m: list[float], speed_kmh: list[float], nodes: int
) -> StreetGraph:
    """Straight one-way streets between nodes on a row; each shape has its middle as a point."""
    edge_from, edge_to = (np.array(column, dtype=np.int32) for column in zip(*ends, strict=True))
    lon = np.arange(nodes) / 1_000
    shape_lon = np.column_stack([lon[edge_from], (lon[edge_from] + lon[edge_to]) / 2, lon[edge_to]])
    edges = len(ends)
    return StreetGraph(
        name="Row",
        node_lat=np.zeros(nodes),
        node_lon=lon,
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_m=np.array(length_m, dtype=np.float64),
        edge_speed_kmh=np.array(speed_kmh, dtype=np.float64),
        edge_street=np.full(edges, -1, dtype=np.int32),
        edge_class=np.zeros(edges, dtype=np.int8),
        edge_twin=np.full(edges, -1, dtype=np.int32),
        shape_lat=np.zeros(3 * edges),
        shape_lon=shape_lon.ravel(),
        shape_start=np.arange(0, 3 * edges + 1, 3, dtype=np.int32),
        street_names=(),
        class_names=("street",),
        houses=Houses.none(),
    )


def row() -> StreetGraph:
    """0 → 1 → 2 → 0 one way, a slow and a fast street side by side from 0 to 1, 3 apart."""
    return street_graph(
        ends=[(0, 1), (0, 1), (1, 2), (2, 0), (1, 1), (3, 0)],
        length_m=[100, 150, 100, 400, 50, 100],
        speed_kmh=[18, 36, 36, 36, 36, 36],
        nodes=4,
    )


def city(side: int = 20) -> StreetGraph:
    its = grid_city(side)
    ends = list(zip(its.edge_from.tolist(), its.edge_to.tolist(), strict=True))
    speed_kmh = its.edge_length_m / its.edge_travel_s * 3.6
    return street_graph(ends, its.edge_length_m.tolist(), speed_kmh.tolist(), its.nodes)


def engines(graph: StreetGraph) -> list[Engine]:
    its = arcs(graph)
    return [Hierarchy.build(graph, its), Dijkstra(its)]


def both(graph: StreetGraph) -> list[TravelTimes]:
    return [TravelTimes(graph, engine, arcs(graph)) for engine in engines(graph)]


ALL = np.arange(4, dtype=np.int32)
NO = UNREACHABLE_S


def test_the_fastest_of_parallel_streets_counts_and_one_way_streets_are_not_ridden_back() -> None:
    for times in both(row()):
        assert times.matrix(ALL).tolist() == [
            [0, 15, 25, NO],
            [50, 0, 10, NO],
            [40, 55, 0, NO],
            [10, 25, 35, 0],
        ]


def test_seconds_are_rounded_up() -> None:
    graph = street_graph([(0, 1), (1, 0)], [100.01, 0.0], [36, 36], nodes=2)
    for times in both(graph):
        assert times.matrix(ALL[:2]).tolist() == [[0, 11], [1, 0]]


def test_nodes_may_repeat_and_rows_and_columns_differ() -> None:
    for times in both(row()):
        repeated = times.matrix(np.array([2, 0, 2], dtype=np.int32))
        assert repeated.tolist() == [[0, 40, 0], [25, 0, 25], [0, 40, 0]]
        assert times.matrix(ALL[:1], ALL[1:3]).tolist() == [[15, 25]]
        assert times.matrix(ALL[:0]).shape == (0, 0)
        assert times.matrix(ALL[:2], ALL[:0]).shape == (2, 0)


def test_a_path_tells_its_streets_length_and_points() -> None:
    for times in both(row()):
        path = times.path(0, 2)
        assert path.edges.tolist() == [1, 2]
        assert [path.travel_s, path.length_m] == pytest.approx([25, 250])
        assert path.lon.tolist() == pytest.approx([0, 0.0005, 0.001, 0.0015, 0.002])
        assert path.lat.tolist() == [0] * 5


def test_the_way_to_where_one_is_is_a_point() -> None:
    for times in both(row()):
        path = times.path(2, 2)
        assert (len(path.edges), path.travel_s, path.length_m) == (0, 0, 0)
        assert path.lon.tolist() == [0.002]


def test_no_way_is_an_error_of_its_own() -> None:
    for times in both(row()):
        with pytest.raises(NoWay, match="from node 0 to node 3"):
            times.path(0, 3)


def test_both_engines_agree_on_a_city() -> None:
    graph = city()
    nodes = np.random.default_rng(1).integers(0, graph.node_count, 60).astype(np.int32)
    hierarchy, dijkstra = both(graph)
    matrix = hierarchy.matrix(nodes)
    assert np.array_equal(matrix, dijkstra.matrix(nodes))
    for start, end in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
        one, other = hierarchy.path(start, end), dijkstra.path(start, end)
        assert one.travel_s == pytest.approx(other.travel_s, abs=0.02)
        assert graph.edge_from[one.edges[0]] == start
        assert graph.edge_to[one.edges[-1]] == end
        assert np.array_equal(graph.edge_from[one.edges[1:]], graph.edge_to[one.edges[:-1]])


def test_no_detour_over_a_third_place_is_shorter() -> None:
    graph = city()
    nodes = np.random.default_rng(2).integers(0, graph.node_count, 40).astype(np.int32)
    seconds = travel_times(graph).matrix(nodes).astype(np.int64)
    over_third_s = (seconds[:, :, None] + seconds[None, :, :]).min(axis=1)
    assert (seconds <= over_third_s).all()


def test_threads_share_travel_times() -> None:
    graph = city()
    times = travel_times(graph)
    nodes = np.arange(0, 300, 3, dtype=np.int32)
    alone = times.matrix(nodes)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: times.matrix(nodes), range(40)))
    assert all(np.array_equal(alone, matrix) for matrix in together)


def test_the_fallback_is_chosen_where_the_fast_engine_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("routing.travel.travel_times.pyroutingkit", None)
    assert travel_times(row()).matrix(ALL)[0].tolist() == [0, 15, 25, NO]


def test_other_speeds_are_a_customization_of_the_same_topology() -> None:
    graph = city()
    chance = np.random.default_rng(3)
    travel_s = graph.travel_s * chance.lognormal(0, 0.5, graph.edge_count)
    times = travel_times(graph)
    nodes = chance.integers(0, graph.node_count, 50).astype(np.int32)
    before = times.matrix(nodes)
    customized = times.reweighted(travel_s)
    assert isinstance(times.engine, Hierarchy)
    assert isinstance(customized.engine, Hierarchy)
    assert customized.engine.topology is times.engine.topology
    rebuilt = Dijkstra(arcs(graph, None, travel_s))
    afresh = TravelTimes(graph, rebuilt, arcs(graph, None, travel_s))
    assert np.array_equal(customized.matrix(nodes), afresh.matrix(nodes))
    assert not np.array_equal(customized.matrix(nodes), before)
    assert np.array_equal(times.matrix(nodes), before)


def test_of_parallel_streets_the_one_counts_that_is_faster_at_the_new_speeds() -> None:
    for times in both(row()):
        path = times.reweighted(np.array([10.0, 30, 10, 40, 5, 10])).path(0, 2)
        assert path.edges.tolist() == [0, 2]
        assert path.travel_s == pytest.approx(20)
