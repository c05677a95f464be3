"""Door to door, held against a search over streets that are cut at the doors."""

import itertools
from dataclasses import replace
from time import process_time

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import LatLon, distance_m
from routing.errors import NoWay
from routing.planner.problem import UNREACHABLE_S
from routing.travel.arcs import arcs
from routing.travel.city import doors, nearest_doors, open_city, way
from routing.travel.doors import Doors, door_distance_m, door_travel_s, joined, walk_s
from routing.travel.travel_times import Dijkstra, Hierarchy, TravelTimes, travel_times
from streets.graph import StreetGraph
from streets.network import from_raw
from streets.profile import NOBODY, Profile
from tests.routing.travel.random_streets import street_graph, street_graphs
from tests.streets.small_city import at, node, small_graph, town
from tests.streets.small_city import way as street

profiles = st.sampled_from(Profile)


def doors_on(graph: StreetGraph, places: list[tuple[int, float]]) -> Doors:
    """Doors at (edge, fraction); an edge that is its twin's is written as the lower of both."""
    edge = np.array([e for e, _ in places], np.int32)
    fraction = np.array([f for _, f in places])
    twin = graph.edge_twin[edge]
    other = (twin >= 0) & (twin < edge)
    edge, fraction = np.where(other, twin, edge), np.where(other, 1 - fraction, fraction)
    none = np.zeros(len(places))
    return Doors(
        edge.astype(np.int32), fraction, graph.edge_from[edge], none.astype(np.int32), none,
        none.astype(np.bool_), none, none, none, none,
    )  # fmt: skip


def some_doors(graph: StreetGraph, profile: Profile, least: int) -> st.SearchStrategy[Doors]:
    """On streets that are open to the profile, as snapping has it; none where no street is."""
    open_to = np.flatnonzero(graph.open_to(profile)).tolist()
    if not open_to:
        return st.just(doors_on(graph, []))
    place = st.tuples(st.sampled_from(open_to), st.floats(0, 1))
    return st.lists(place, min_size=least, max_size=6).map(lambda drawn: doors_on(graph, drawn))


def truth_ms(graph: StreetGraph, profile: Profile, at_: Doors) -> list[list[float]]:
    """By networkx, over a graph in which each door is a node of its street."""
    ms = np.maximum(np.rint(graph.travel_s_of(profile) * 1000), 1)
    open_to, walks = graph.open_to(profile), profile is Profile.WALKING
    streets: nx.MultiDiGraph[object] = nx.MultiDiGraph()
    streets.add_nodes_from(range(graph.node_count))
    streets.add_nodes_from(("door", d) for d in range(len(at_.edge)))
    for edge in range(graph.edge_count):
        twin = int(graph.edge_twin[edge])
        goes = open_to[edge] or (walks and twin >= 0 and open_to[twin])
        back = not (twin >= 0 and open_to[twin]) and walks and goes
        here = [
            (
                round(f * ms[edge]) if e == edge else ms[edge] - round((1 - f) * ms[edge]),
                ("door", d),
            )
            for d, (e, f) in enumerate(
                (int(e), float(f) if int(e) == edge else 1 - float(f))
                for e, f in zip(at_.edge, at_.fraction, strict=True)
            )
            if e in (edge, twin)
        ]
        stops = [(0, int(graph.edge_from[edge])), *sorted(here, key=lambda s: s[0])]
        stops.append((ms[edge], int(graph.edge_to[edge])))
        for (a, u), (b, v) in itertools.pairwise(stops):
            if goes:
                streets.add_edge(u, v, ms=b - a)
            if back or (goes and a == b and isinstance(u, tuple) and isinstance(v, tuple)):
                streets.add_edge(v, u, ms=b - a)
    found = []
    for d in range(len(at_.edge)):
        reached = nx.single_source_dijkstra_path_length(streets, ("door", d), weight="ms")
        found.append([reached.get(("door", e), np.inf) for e in range(len(at_.edge))])
    return found


@given(street_graphs(), profiles, st.data())
def test_doors_are_as_far_apart_as_on_streets_cut_at_them(
    graph: StreetGraph, profile: Profile, data: st.DataObject
) -> None:
    at_ = data.draw(some_doors(graph, profile, least=1))
    ours = door_travel_s(travel_times(graph, profile), at_).astype(float)
    ours[ours == UNREACHABLE_S] = np.inf
    truth = np.array(truth_ms(graph, profile, at_)).reshape(ours.shape) / 1000
    assert (np.isinf(ours) == np.isinf(truth)).all()
    finite = np.isfinite(truth)
    # A door's place in its street is rounded to a millisecond in each direction.
    assert (np.abs(ours[finite] - np.ceil(truth[finite])) <= 1).all()


@given(street_graphs(), profiles, st.data())
def test_both_engines_agree_for_every_profile(
    graph: StreetGraph, profile: Profile, data: st.DataObject
) -> None:
    at_ = data.draw(some_doors(graph, profile, least=1))
    its = arcs(graph, profile)
    if not len(its.edge):
        return
    one, other = (
        TravelTimes(graph, engine, its, profile)
        for engine in (Hierarchy.build(graph, its), Dijkstra(its))
    )
    everywhere = np.arange(graph.node_count, dtype=np.int32)
    assert np.array_equal(one.matrix(everywhere), other.matrix(everywhere))
    assert np.array_equal(door_travel_s(one, at_), door_travel_s(other, at_))
    assert np.array_equal(door_distance_m(one, at_), door_distance_m(other, at_))
    twice = graph.travel_s_of(profile) * 2
    assert np.array_equal(
        one.reweighted(twice).matrix(everywhere), other.reweighted(twice).matrix(everywhere)
    )


@given(street_graphs(), profiles, st.data())
def test_no_detour_over_a_third_door_is_shorter(
    graph: StreetGraph, profile: Profile, data: st.DataObject
) -> None:
    at_ = data.draw(some_doors(graph, profile, least=3))
    seconds = door_travel_s(travel_times(graph, profile), at_).astype(np.int64)
    if not len(seconds):
        return
    over_third_s = (seconds[:, :, None] + seconds[None, :, :]).min(axis=1)
    assert (seconds <= over_third_s).all()


@given(street_graphs(), profiles)
def test_the_metres_are_those_of_a_fastest_way(graph: StreetGraph, profile: Profile) -> None:
    times = travel_times(graph, profile)
    everywhere = np.arange(graph.node_count, dtype=np.int32)
    ms = times.matrix_ms(everywhere, everywhere)
    metres = times.matrix_dm(everywhere, everywhere, ms) / 10
    ways: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    ways.add_nodes_from(range(graph.node_count))
    for n in range(len(times.arcs.edge)):
        ways.add_edge(
            int(times.arcs.tail[n]), int(times.arcs.head[n]), ms=int(times.arcs.ms[n]),
            dm=int(times.arcs.dm[n]),
        )  # fmt: skip
    for u in range(graph.node_count):
        for v in range(graph.node_count):
            if ms[u, v] < 0 or u == v:
                continue
            lengths = [
                sum(
                    min(e["dm"] for e in ways[a][b].values() if e) for a, b in itertools.pairwise(p)
                )
                / 10
                for p in nx.all_shortest_paths(ways, u, v, weight="ms")
            ]
            assert metres[u, v] <= max(lengths) + 0.01


def test_a_one_way_street_is_left_at_its_end_and_entered_at_its_start() -> None:
    """A square of one-way streets: to a door just behind one must go all around."""
    streets = [(n, (n + 1) % 4, 100.0, Profile.CAR.bit, NOBODY, 36.0) for n in range(4)]
    graph = street_graph(
        [(a, b, m - n / 10, t, r, k) for n, (a, b, m, t, r, k) in enumerate(streets)], 4
    )
    graph = replace(graph, edge_car_kmh=graph.edge_speed_kmh)
    at_ = doors_on(graph, [(0, 0.5), (0, 0.4), (1, 0.25)])
    cars = door_travel_s(travel_times(graph, Profile.CAR), at_).tolist()
    assert cars == [[0, 39, 8], [1, 0, 9], [33, 32, 0]]
    walkers = replace(graph, edge_access=np.full(4, Profile.WALKING.bit, np.uint8))
    on_foot = door_travel_s(travel_times(walkers, Profile.WALKING), at_).tolist()
    assert on_foot[0][1] == on_foot[1][0] == 9  # 10 m back at 1.2 m/s
    assert on_foot[0][2] == on_foot[2][0]


def test_a_way_begins_and_ends_in_the_middle_of_the_street() -> None:
    city = open_city(small_graph())
    spots = [LatLon(*at(130, 8)), LatLon(*at(360, 208))]
    at_ = doors(city, spots)
    found = way(city, at_, 0, 1, Profile.TWO_WHEELER)
    assert found.points[0] == (spots[0].lon, spots[0].lat)
    assert found.points[-1] == (spots[1].lon, spots[1].lat)
    line = [LatLon(lat, lon) for lon, lat in found.points]
    drawn_m = sum(distance_m(a, b) for a, b in itertools.pairwise(line))
    assert found.length_m == pytest.approx(drawn_m, rel=1e-2)
    assert found.length_m == pytest.approx(230 + 200 + 16, abs=3)
    metres = city.distance_m(Profile.TWO_WHEELER, at_)
    assert metres[0, 1] == pytest.approx(430, abs=3)


def test_on_one_street_the_way_does_not_go_over_a_crossing() -> None:
    city = open_city(small_graph())
    at_ = doors(city, [LatLon(*at(130, 8)), LatLon(*at(170, -8)), LatLon(*at(130, 8))])
    found = way(city, at_, 0, 1, Profile.TWO_WHEELER)
    assert found.length_m == pytest.approx(40 + 16, abs=1)
    assert way(city, at_, 1, 0, Profile.TWO_WHEELER).points == found.points[::-1]
    assert way(city, at_, 0, 2, Profile.TWO_WHEELER).length_m == pytest.approx(16, abs=0.1)
    assert city.travel_s(Profile.TWO_WHEELER, at_)[0].tolist() == [0, 6, 0]  # 40 m at 25 km/h


def test_a_bent_street_is_followed_in_part() -> None:
    bends = {100: at(-50, 100), 101: at(-50, 200)}
    curve = street([node(1, 0), 100, 101, node(2, 0)], "Curva")
    city = open_city(from_raw(town(curve, nodes=bends)))
    at_ = doors(city, [LatLon(*at(-20, 95)), LatLon(*at(-58, 150))])
    found = way(city, at_, 0, 1, Profile.TWO_WHEELER)
    assert found.length_m == pytest.approx(30 + 50 + 5 + 8, abs=1)
    assert len(found.points) == 5


def test_a_walker_is_let_through_where_a_rider_is_not() -> None:
    foot = {"forward": Profile.WALKING.bit, "backward": Profile.WALKING.bit, "highway": "footway"}
    city = open_city(from_raw(town(street([node(0, 0), node(3, 4)], "Atajo", **foot))))
    at_ = doors(city, [LatLon(*at(0, 0)), LatLon(*at(400, 300))], Profile.WALKING)
    on_foot = way(city, at_, 0, 1, Profile.WALKING)
    at_ = doors(city, [LatLon(*at(0, 0)), LatLon(*at(400, 300))])
    riding = way(city, at_, 0, 1, Profile.TWO_WHEELER)
    assert on_foot.length_m == pytest.approx(500, abs=2)
    assert riding.length_m == pytest.approx(700, abs=2)


def test_no_way_between_doors_says_so() -> None:
    graph = street_graph([(0, 1, 100, 7, 7, 30.0), (2, 3, 120, 7, 7, 30.0)], 4)
    at_ = doors_on(graph, [(0, 0.5), (2, 0.5)])
    with pytest.raises(NoWay):
        way(open_city(graph), at_, 0, 1, Profile.CAR)
    assert door_travel_s(travel_times(graph, Profile.CAR), at_)[0, 1] == UNREACHABLE_S


def test_rows_without_a_street_are_reached_from_nowhere() -> None:
    city = open_city(small_graph())
    at_ = doors(city, [LatLon(*at(130, 8)), LatLon(*at(130, 5000)), LatLon(*at(330, 8))])
    assert at_.reachable.tolist() == [True, False, True]
    assert at_.distance_m[1] == pytest.approx(4700, rel=0.01)
    seconds = city.travel_s(Profile.TWO_WHEELER, at_)
    assert (seconds[1] == UNREACHABLE_S).all()
    assert (seconds[:, 1] == UNREACHABLE_S).all()
    assert seconds[0, 2] == 29
    assert joined(at_.at([0]), at_.at([2])).edge.tolist() == at_.edge[[0, 2]].tolist()
    assert nearest_doors(city, [LatLon(*at(130, 5000))], Profile.CAR).reachable.tolist() == [True]


def test_the_walk_to_the_door_grows_with_the_distance() -> None:
    """30 m of straight line are 38 m between walls, and 32 s at 1.2 m/s."""
    assert walk_s(np.array([0.0, 30.0])).tolist() == [0, 32]


def test_a_round_s_matrix_takes_milliseconds() -> None:
    city = open_city(small_graph())
    spots = [LatLon(*at(7.9 * n, 5.7 * n)) for n in range(52)]
    at_ = doors(city, spots)
    city.travel_s(Profile.TWO_WHEELER, at_)
    began = process_time()
    city.travel_s(Profile.TWO_WHEELER, at_)
    assert process_time() - began < 0.25  # some milliseconds on a machine with nothing else to do
