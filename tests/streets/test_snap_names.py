"""Which street a house faces: the one of its address, where that is near, else the nearest."""

import numpy as np
import pytest

from streets.graph import StreetGraph
from streets.network import from_raw
from streets.profile import MOTOR, NOBODY, Profile
from streets.snap import snap, snap_index
from streets.street_names import asked_streets, same_names
from tests.streets.small_city import AVENUES, STREETS, at, node, small_graph, town, way

CORNER = at(108, 30)  # 8 m from the avenue, 30 m from the street


def faced(spot: tuple[float, float], line: str, graph: StreetGraph | None = None) -> str:
    graph = graph or small_graph()
    lat, lon = np.array([spot]).T
    found = snap(snap_index(graph), lat, lon, name=asked_streets(graph, [line]))
    return graph.street_names[int(graph.edge_street[found.edge[0]])]


def test_on_a_corner_the_street_of_the_address_counts() -> None:
    assert faced(CORNER, "") == AVENUES[1]
    assert faced(CORNER, "Lautaro 12, Villa Chica") == "Lautaro"
    assert faced(CORNER, "12 LAUTARO") == "Lautaro"
    assert faced(CORNER, "Av. Jose Balmaceda 4") == AVENUES[1]


@pytest.mark.parametrize("line", ["Lautaro Norte 3", "Avenida Brasil 3", "near the temple", ",,"])
def test_a_street_that_is_far_or_unknown_changes_nothing(line: str) -> None:
    assert faced(CORNER, line) == AVENUES[1]


def test_of_a_named_street_the_nearest_part_counts() -> None:
    graph = small_graph()
    lat, lon = np.array([CORNER]).T
    found = snap(snap_index(graph), lat, lon, name=asked_streets(graph, ["Lautaro"]))
    assert (found.lat[0], found.lon[0]) == pytest.approx(at(108, 0), abs=1e-6)
    assert found.distance_m == pytest.approx([30], rel=1e-2)


def test_spellings_of_one_street_are_one_name() -> None:
    ends = {100: at(-100, 0), 101: at(-200, 0)}
    graph = from_raw(
        town(way([node(0, 0), 100], "Av. Perú"), way([100, 101], "Avenida Peru"), nodes=ends)
    )
    numbers = same_names(graph)
    one, other = (graph.street_names.index(name) for name in ("Av. Perú", "Avenida Peru"))
    assert numbers[one] == numbers[other]
    assert asked_streets(graph, ["avenida perú 7"])[0] == numbers[one]


def test_each_profile_faces_what_it_may_use() -> None:
    foot = {"forward": Profile.WALKING.bit, "backward": Profile.WALKING.bit, "highway": "footway"}
    lane = way([node(0, 0), node(1, 1)], "Atajo", **foot)
    highway = way([node(0, 0), node(3, 4)], "Ruta", forward=MOTOR, backward=NOBODY)
    graph = from_raw(town(lane, highway))
    lat, lon = np.array([at(52, 48), at(202, 150)]).T
    names = {}
    for profile in Profile:
        found = snap(snap_index(graph, profile), lat, lon)
        names[profile] = [graph.street_names[graph.edge_street[edge]] for edge in found.edge]
    assert names[Profile.WALKING][0] == "Atajo"
    assert names[Profile.CAR][0] != "Atajo"
    assert names[Profile.CAR][1] == names[Profile.TWO_WHEELER][1] == "Ruta"
    assert names[Profile.WALKING][1] in {*STREETS, *AVENUES}
