import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from streets.errors import StreetFileMissing, WrongStreetFile
from streets.graph import Houses, StreetGraph, twins
from streets.network import from_raw
from streets.profile import EVERYBODY, MOTOR, NOBODY, Profile
from tests.streets.small_city import BLOCK_M, at, node, small_graph, town, way


def test_a_saved_graph_comes_back_the_same(tmp_path: Path) -> None:
    three = np.array([3], np.int32)
    house = Houses(np.array([-29.9]), np.array([-71.2]), three, three)
    graph = replace(small_graph(), houses=house, dropped_km=1.5, source_nodes=99)
    graph.save(tmp_path / "town.npz")
    loaded = StreetGraph.load(tmp_path / "town.npz")
    assert loaded.content_hash == graph.content_hash
    assert loaded.places == graph.places
    assert loaded.street_names == graph.street_names
    assert (loaded.dropped_km, loaded.source_nodes, loaded.invented_numbers) == (1.5, 99, True)
    for field in fields(graph):
        if isinstance(array := getattr(graph, field.name), np.ndarray):
            assert getattr(loaded, field.name).dtype == array.dtype
    assert [p.name for p in tmp_path.iterdir()] == ["town.npz"]


def test_the_hash_tells_any_change() -> None:
    graph = small_graph()
    speeds = graph.edge_speed_kmh.copy()
    speeds[3] += 1e-9
    hashes = {
        graph.content_hash,
        replace(graph, edge_speed_kmh=speeds).content_hash,
        replace(graph, name="Elsewhere").content_hash,
        replace(graph, places=()).content_hash,
        replace(graph, street_names=(*graph.street_names[:-1], "Other")).content_hash,
    }
    assert len(hashes) == 5
    assert replace(graph).content_hash == graph.content_hash


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<graphml/>"])
def test_a_file_that_is_no_graph_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.npz"
    path.write_bytes(content)
    with pytest.raises(WrongStreetFile, match=r"odd\.npz.*build it again"):
        StreetGraph.load(path)


def test_another_array_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", numbers=np.arange(3))
    with pytest.raises(WrongStreetFile):
        StreetGraph.load(tmp_path / "other.npz")


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.arange(3))
    with pytest.raises(WrongStreetFile):
        StreetGraph.load(tmp_path / "one.npy")


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StreetFileMissing):
        StreetGraph.load(tmp_path / "none.npz")


def test_each_street_counts_once_in_the_length() -> None:
    graph = small_graph()
    assert graph.length_km == pytest.approx(31 * BLOCK_M / 1000, rel=1e-3)
    assert graph.edge_length_m.sum() / 1000 == pytest.approx(2 * graph.length_km)


def test_a_one_way_street_has_no_twin_and_still_counts() -> None:
    graph = from_raw(town(way([node(0, 0), node(1, 1)], "Diagonal", backward=NOBODY)))
    diagonal = graph.street_names.index("Diagonal")
    edges = np.flatnonzero(graph.edge_street == diagonal)
    assert len(edges) == 1
    assert graph.edge_twin[edges[0]] == -1
    assert graph.once[edges[0]]


def test_twins_lead_back_along_the_same_line() -> None:
    graph = small_graph()
    for edge, twin in enumerate(graph.edge_twin):
        lat, lon = graph.edge_shape(edge)
        back_lat, back_lon = graph.edge_shape(int(twin))
        assert lat.tolist() == back_lat[::-1].tolist()
        assert lon.tolist() == back_lon[::-1].tolist()
        assert graph.edge_twin[twin] == edge


def test_parallel_streets_of_other_length_are_no_twins() -> None:
    start, end = np.array([0, 1], np.int32), np.array([1, 0], np.int32)
    assert twins(start, end, np.array([100.0, 120.0])).tolist() == [-1, -1]
    assert twins(start, end, np.array([100.0, 100.0])).tolist() == [1, 0]


def test_a_two_way_loop_has_its_own_twin() -> None:
    loop = {100: at(50, -50), 101: at(80, -80)}
    graph = from_raw(town(way([node(0, 0), 100, 101, node(0, 0)], "Lazo"), nodes=loop))
    edges = np.flatnonzero(graph.edge_from == graph.edge_to)
    assert len(edges) == 2
    assert graph.edge_twin[edges].tolist() == edges[::-1].tolist()


def test_travel_time_is_length_over_speed() -> None:
    graph = small_graph()
    assert graph.travel_s == pytest.approx(graph.edge_length_m * 3.6 / 25)


def test_a_network_of_before_the_profiles_still_works_on_its_streets(tmp_path: Path) -> None:
    highway = way([node(0, 0), node(3, 4)], "Ruta", highway="motorway")
    graph = from_raw(town(highway))
    graph.save(tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as stored:
        arrays = {k: v for k, v in stored.items() if k not in ("edge_access", "edge_car_kmh")}
    facts = json.loads(arrays["facts"].tobytes()) | {"format": 1}
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(tmp_path / "old.npz", **arrays)
    old = StreetGraph.load(tmp_path / "old.npz")
    on_highway = old.edge_street == old.street_names.index("Ruta")
    assert set(old.edge_access[on_highway].tolist()) == {MOTOR}
    assert set(old.edge_access[~on_highway].tolist()) == {EVERYBODY}
    assert old.edge_car_kmh[~on_highway] == pytest.approx(0.92 * 25)
    assert old.edge_car_kmh[on_highway] == pytest.approx(70)


def test_a_network_of_a_later_version_is_refused(tmp_path: Path) -> None:
    small_graph().save(tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as stored:
        arrays = dict(stored)
    facts = json.loads(arrays["facts"].tobytes()) | {"format": 3}
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(tmp_path / "later.npz", **arrays)
    with pytest.raises(WrongStreetFile, match="build it again"):
        StreetGraph.load(tmp_path / "later.npz")


def test_each_profile_has_its_own_speed() -> None:
    foot = {"forward": Profile.WALKING.bit, "backward": Profile.WALKING.bit}
    steps = way([node(0, 0), node(1, 1)], "Escalera", highway="steps", **foot)
    fast = way([node(0, 0), node(3, 4)], "Ruta", highway="trunk", limit_kmh=120.0)
    graph = from_raw(town(steps, fast))
    of = {name: graph.edge_street == graph.street_names.index(name) for name in graph.street_names}
    kmh = {profile: graph.edge_length_m / graph.travel_s_of(profile) * 3.6 for profile in Profile}
    assert kmh[Profile.TWO_WHEELER][of["Ruta"]] == pytest.approx(80)
    assert kmh[Profile.CAR][of["Ruta"]] == pytest.approx(108)
    assert kmh[Profile.CAR][of["Lautaro"]] == pytest.approx(23)
    assert kmh[Profile.WALKING][of["Lautaro"]] == pytest.approx(4.32)
    assert kmh[Profile.WALKING][of["Escalera"]] == pytest.approx(2.16)
    assert graph.edge_speed_kmh[of["Escalera"]] == pytest.approx(2.16)


def test_bounds_hold_every_bend() -> None:
    bend = {100: at(-60, 150)}
    graph = from_raw(town(way([node(1, 0), 100, node(2, 0)], "Curva"), nodes=bend))
    assert graph.bounds.west == pytest.approx(at(-60, 150)[1])
    assert len(graph.node_lon) == small_graph().node_count
