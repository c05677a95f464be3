import warnings
from pathlib import Path

import numpy as np
import osmnx as ox
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from streets.errors import NoStreets, StreetFileMissing, UnknownStreetSource, WrongStreetFile
from streets.graph import StreetGraph
from streets.network import build, from_graphml, from_osm_file, from_raw
from streets.profile import MOTOR, NOBODY, Profile
from streets.raw import RawStreets, SurveyedHouse
from tests.streets.small_city import (
    BLOCK_M,
    COLUMNS,
    ROWS,
    at,
    node,
    small_graph,
    town,
    way,
    write_osm,
)


def whole(graph: StreetGraph) -> bool:
    arcs = csr_matrix(
        (np.ones(graph.edge_count), (graph.edge_from, graph.edge_to)),
        shape=(graph.node_count, graph.node_count),
    )
    return bool(connected_components(arcs, connection="strong")[0] == 1)


def named(graph: StreetGraph, name: str) -> list[int]:
    return np.flatnonzero(graph.edge_street == graph.street_names.index(name)).tolist()


def test_the_grid_becomes_crossings_and_blocks() -> None:
    graph = small_graph()
    # The corners of the grid join two streets of different names, and so stay.
    assert graph.node_count == ROWS * COLUMNS
    assert graph.edge_count == 2 * ((ROWS - 1) * COLUMNS + (COLUMNS - 1) * ROWS)
    assert whole(graph)
    assert graph.edge_length_m == pytest.approx(BLOCK_M, rel=1e-3)
    assert (graph.dropped_nodes, graph.dropped_km) == (0, 0)


def test_bends_become_shape_and_length() -> None:
    bends = {100: at(-50, 100), 101: at(-50, 200)}
    graph = from_raw(town(way([node(1, 0), 100, 101, node(2, 0)], "Curva"), nodes=bends))
    (there, back) = named(graph, "Curva")
    assert graph.edge_length_m[there] == pytest.approx(200, rel=1e-3)
    lat, lon = graph.edge_shape(there)
    assert np.stack([lat, lon], axis=1) == pytest.approx(
        np.array([at(0, 100), at(-50, 100), at(-50, 200), at(0, 200)])
    )
    assert graph.edge_twin[there] == back


def test_a_street_that_changes_its_name_keeps_both() -> None:
    middle = {100: at(0, -100), 101: at(0, -200), 102: at(100, -200)}
    first = way([node(0, 0), 100, 101], "Uno")
    second = way([101, 102, node(0, 1)], "Dos")
    graph = from_raw(town(first, second, nodes=middle))
    assert graph.node_count == small_graph().node_count + 1
    assert graph.edge_length_m[named(graph, "Uno")] == pytest.approx(200, rel=1e-3)
    assert len(named(graph, "Dos")) == 2


def test_the_time_over_pieces_with_other_limits_adds_up() -> None:
    middle = {100: at(0, -100), 101: at(100, -100)}
    slow = way([node(0, 0), 100], "Desvío", limit_kmh=20.0)
    fast = way([100, 101, node(0, 1)], "Desvío", limit_kmh=60.0)
    graph = from_raw(town(slow, fast, nodes=middle))
    edge = named(graph, "Desvío")[0]
    assert graph.travel_s[edge] == pytest.approx((100 / 18 + 200 / 54) * 3.6, rel=1e-3)


def test_what_cannot_be_ridden_to_and_back_is_dropped_and_told() -> None:
    more = {100: at(-100, 0), 101: at(900, 900), 102: at(1000, 900)}
    dead_end = way([node(0, 0), 100], "Sin Vuelta", forward=MOTOR, backward=NOBODY)
    island = way([101, 102], "Isla")
    graph = from_raw(town(dead_end, island, nodes=more))
    assert whole(graph)
    assert graph.node_count == small_graph().node_count
    assert {"Sin Vuelta", "Isla"}.isdisjoint(graph.street_names)
    assert graph.source_nodes == small_graph().source_nodes + 3
    assert graph.dropped_nodes == 3
    assert graph.dropped_km == pytest.approx(0.2, rel=1e-3)


def test_a_one_way_street_into_nowhere_is_left_to_walkers_both_ways() -> None:
    """Nobody can ride out of it again; on foot it is a street like any other."""
    end = {100: at(-100, 0)}
    graph = from_raw(town(way([node(0, 0), 100], "Sin Vuelta", backward=NOBODY), nodes=end))
    there, back = named(graph, "Sin Vuelta")
    assert graph.edge_twin[there] == back
    assert set(graph.edge_access[[there, back]].tolist()) == {Profile.WALKING.bit}
    assert whole(graph)


def test_a_foot_path_between_two_streets_leaves_the_streets_whole() -> None:
    """It may join them, and an island of paths may not take their place."""
    path = {n: at(1000 + 10.0 * n, 1000) for n in range(100, 200)}
    foot = {"forward": Profile.WALKING.bit, "backward": Profile.WALKING.bit, "highway": "footway"}
    island = way(list(path), "Parque", **foot)
    shortcut = way([node(0, 0), node(1, 1)], "Atajo", **foot)
    graph = from_raw(town(island, shortcut, nodes=path))
    rides = graph.open_to(Profile.TWO_WHEELER)
    assert rides.sum() == small_graph().edge_count
    assert (graph.open_to(Profile.CAR) == rides).all()
    assert graph.open_to(Profile.WALKING).sum() == small_graph().edge_count + 2
    assert "Atajo" in graph.street_names
    assert "Parque" not in graph.street_names


def test_houses_of_known_streets_are_kept_once_each() -> None:
    raw = town()
    raw.houses.extend(
        [
            SurveyedHouse("Lautaro", 7, -29.9, -71.25),
            SurveyedHouse("Lautaro", 7, -29.9, -71.25),
            SurveyedHouse("Nowhere", 7, -29.9, -71.25),
        ]
    )
    houses = from_raw(raw).houses
    assert houses.number.tolist() == [7]
    assert from_raw(raw).street_names[houses.street[0]] == "Lautaro"


def test_progress_only_grows_and_ends_at_one() -> None:
    told: list[tuple[str, float]] = []
    from_raw(town(), lambda step, done: told.append((step, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len({step for step, _ in told}) > 3


def test_an_extract_gives_the_same_graph_twice(tmp_path: Path) -> None:
    raw = town()
    tags = {"highway": "residential", "name": "Lautaro", "maxspeed": "40"}
    path = write_osm(tmp_path / "a.osm.pbf", raw.nodes, [(list(w.nodes), tags) for w in raw.ways])
    first, second = from_osm_file(path), build(str(path), tmp_path)
    assert first.content_hash == second.content_hash
    assert first.edge_speed_kmh == pytest.approx(36)
    assert not first.invented_numbers


@pytest.mark.parametrize("simplified", [True, False])
@pytest.mark.parametrize("projected", [True, False])
def test_graphml_of_osmnx_gives_the_streets_back(
    tmp_path: Path, simplified: bool, projected: bool
) -> None:
    bends = {100: at(-50, 100), 101: at(-50, 200)}
    raw = town(way([node(1, 0), 100, 101, node(2, 0)], "Curva"), nodes=bends)
    tags = {"highway": "residential"}
    ways = [(list(w.nodes), tags | {"name": w.name}) for w in raw.ways]
    path = write_osm(tmp_path / "a.osm", raw.nodes, ways)
    graph = ox.graph_from_xml(path, simplify=simplified, retain_all=True)
    if projected:
        graph = ox.project_graph(graph)
    ox.save_graphml(graph, tmp_path / "town.graphml")
    ours, theirs = from_raw(raw), from_graphml(tmp_path / "town.graphml")
    assert theirs.length_km == pytest.approx(ours.length_km, rel=1e-3)
    assert set(named(theirs, "Curva")) != set()
    assert theirs.bounds.west == pytest.approx(ours.bounds.west, abs=1e-6)
    assert whole(theirs)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain text",
        b"<html><body/></html>",
        b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"/>',
        b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
        b'<node id="1"/><node id="2"/><edge source="1" target="2"/></graph></graphml>',
    ],
)
def test_other_graphml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.graphml"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(WrongStreetFile, match=r"odd\.graphml.*osmnx\.save_graphml"):
            from_graphml(path)


def test_a_missing_graphml_says_so(tmp_path: Path) -> None:
    with pytest.raises(StreetFileMissing):
        from_graphml(tmp_path / "none.graphml")


@pytest.mark.parametrize("source", ["", "  ", "city.shp", "pyproject.toml", "city.gpkg"])
def test_what_is_no_source_is_told_what_one_would_be(tmp_path: Path, source: str) -> None:
    with pytest.raises(UnknownStreetSource, match=r"osm\.pbf.*graphml.*place name"):
        build(source, tmp_path)


def test_streets_that_never_meet_again_are_no_network() -> None:
    nodes = {1: at(0, 0), 2: at(100, 0)}
    with pytest.raises(NoStreets):
        from_raw(
            RawStreets("One way out", nodes, [way([1, 2], "Ida", forward=MOTOR, backward=NOBODY)])
        )
    with pytest.raises(NoStreets):
        from_raw(RawStreets("Nothing", nodes, []))
