"""Streets as their source numbers them: each of its nodes a node, nothing simplified."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from streets import demo_city, osm_file
from streets.graph import Houses, StreetGraph, twins
from streets.network import DEMO
from streets.raw import RawStreets, Way
from streets.road_class import riding_kmh

EARTH_RADIUS_M = 6_371_009

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


def raw_graph(source: str, cache: Path) -> StreetGraph:
    """``demo`` or an OpenStreetMap file, without OSMnx; what cannot be ridden to and from the rest
    is left out."""
    if source == DEMO:
        return unsimplified(demo_city.read_demo_city(demo_city.fetch_demo_city(cache)))
    return unsimplified(osm_file.read_osm_file(Path(source)))


def unsimplified(raw: RawStreets) -> StreetGraph:
    """Each step of each way an edge, in each direction that it is open in.

    The demo city's source draws bends without numbering them (here they are below 0): those shape
    an edge and are no nodes.
    """
    ids = [node for node in raw.nodes if node >= 0]
    row = {node: number for number, node in enumerate(ids)}
    position = np.array([raw.nodes[node] for node in ids])
    steps = np.array([step for way in raw.ways for step in _steps(way, raw, row)])
    edge_from, edge_to = steps[:, 0].astype(np.int32), steps[:, 1].astype(np.int32)
    kept = _joined(edge_from, edge_to, len(ids))
    inside = kept[edge_from] & kept[edge_to]
    number = (np.cumsum(kept) - 1).astype(np.int32)
    return _graph(
        raw.name,
        position[kept],
        number[edge_from[inside]],
        number[edge_to[inside]],
        np.maximum(steps[inside, 2], 0.1),
        steps[inside, 3],
    )


def _steps(way: Way, raw: RawStreets, row: dict[int, int]) -> list[tuple[int, int, float, float]]:
    """(from, to, metres, km/h) between the numbered nodes of a way, in its open directions."""
    speed_kmh = riding_kmh(way.highway, way.limit_kmh)
    along_m = _along_m(np.array([raw.nodes[node] for node in way.nodes])).tolist()
    at = [(row[node], m) for node, m in zip(way.nodes, along_m, strict=True) if node >= 0]
    ahead = [
        (a, b, until_m - from_m, speed_kmh) for (a, from_m), (b, until_m) in pairwise(at) if a != b
    ]
    back = [(b, a, m, kmh) for a, b, m, kmh in ahead]
    return (ahead if way.forward else []) + (back if way.backward else [])


def _along_m(points: Floats) -> Floats:
    """How far along a line its points are, on great circles (haversine)."""
    lat, lon = np.radians(points).T
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return np.append(0.0, np.cumsum(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))))


def _joined(edge_from: Ints, edge_to: Ints, nodes: int) -> NDArray[np.bool_]:
    """The nodes of the largest part in which one can ride from each to each."""
    ones = np.ones(len(edge_from), dtype=np.int8)
    graph = csr_array((ones, (edge_from, edge_to)), shape=(nodes, nodes))
    _, part = connected_components(graph, connection="strong")
    return np.asarray(part == np.bincount(part).argmax())


def _graph(
    name: str, places: Floats, start: Ints, end: Ints, length_m: Floats, speed_kmh: Floats
) -> StreetGraph:
    (lat, lon), count = places.T.copy(), len(length_m)
    both = np.column_stack((start, end)).ravel()
    return StreetGraph(
        name=name,
        node_lat=lat,
        node_lon=lon,
        edge_from=start,
        edge_to=end,
        edge_length_m=length_m,
        edge_speed_kmh=speed_kmh,
        edge_street=np.full(count, -1, np.int32),
        edge_class=np.zeros(count, np.int8),
        edge_twin=twins(start, end, length_m),
        shape_lat=lat[both],
        shape_lon=lon[both],
        shape_start=np.arange(0, 2 * count + 1, 2, dtype=np.int32),
        street_names=(),
        class_names=("road",),
        houses=Houses.none(),
    )
