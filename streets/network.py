"""From a source of streets to a `StreetGraph`: the only file that knows OSMnx.

Every source becomes the graph that OSMnx draws of a city (a node at each bend), is cut down to its
largest strongly connected part, and then simplified: only crossings, dead ends and the points where
a street changes its name or class stay nodes, and bends become the shape of an edge.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from streets import demo_city, osm_file
from streets.errors import (
    NoStreets,
    StreetFileMissing,
    StreetsUnavailable,
    UnknownPlace,
    UnknownStreetSource,
    WrongStreetFile,
)
from streets.graph import Houses, Place, StreetGraph, twins
from streets.raw import RawStreets, SurveyedHouse
from streets.road_class import CLASS_NAMES, class_number, posted_kmh, riding_kmh

if TYPE_CHECKING:
    import networkx as nx

DEMO = "demo"
_NO_GRAPHML = "not a graph saved by osmnx.save_graphml"

Progress = Callable[[str, float], None]
"""Told the step and how much of the whole is done (0 to 1), the last time with 1."""


def _quiet(_step: str, _done: float) -> None:
    """Nobody watches."""


def build(source: str, cache_dir: Path, progress: Progress = _quiet) -> StreetGraph:
    """Streets from ``demo``, a file, or the name of a place, told apart by how `source` is written.

    Downloads are kept in `cache_dir`. Raises `UnknownStreetSource` when `source` is a file of
    another kind, and what the builders below raise.
    """
    path = Path(source)
    if source == DEMO:
        return from_demo_city(cache_dir, progress)
    if path.name.endswith(osm_file.SUFFIXES):
        return from_osm_file(path, progress)
    if path.suffix == ".graphml":
        return from_graphml(path, progress)
    one_word = not set(source) & {" ", ","}
    if path.exists() or not source.strip() or (one_word and path.suffix):
        raise UnknownStreetSource(source)
    return from_place(source, cache_dir, progress)


def from_demo_city(cache_dir: Path, progress: Progress = _quiet) -> StreetGraph:
    """La Serena–Coquimbo, Chile. Raises `StreetsUnavailable` when it cannot be downloaded."""
    progress(f"Fetching {demo_city.NAME}", 0.0)
    database = demo_city.fetch_demo_city(cache_dir)
    progress("Reading streets", 0.1)
    return from_raw(demo_city.read_demo_city(database), progress)


def from_osm_file(path: Path, progress: Progress = _quiet) -> StreetGraph:
    """An OpenStreetMap extract. Raises what `osm_file.read_osm_file` raises."""
    progress(f"Reading {path.name}", 0.0)
    return from_raw(osm_file.read_osm_file(path), progress)


def from_graphml(path: Path, progress: Progress = _quiet) -> StreetGraph:
    """A graph that OSMnx saved, simplified or not, in degrees or projected.

    Raises `StreetFileMissing`, `WrongStreetFile` and `NoStreets`.
    """
    import osmnx as ox
    from networkx import NetworkXException

    progress(f"Reading {path.name}", 0.0)
    if not path.is_file():
        raise StreetFileMissing(str(path))
    try:
        graph = ox.load_graphml(path)
        if ox.projection.is_projected(graph.graph["crs"]):
            graph = ox.project_graph(graph, to_latlong=True)
        complete = all("x" in node and "y" in node for _, node in graph.nodes(data=True))
    except (SyntaxError, ValueError, LookupError, TypeError, NetworkXException) as reason:
        raise WrongStreetFile(path.name, _NO_GRAPHML) from reason
    if not complete:
        raise WrongStreetFile(path.name, _NO_GRAPHML)
    return _finish(graph, RawStreets(path.stem, {}, []), progress)


def from_place(place: str, cache_dir: Path, progress: Progress = _quiet) -> StreetGraph:
    """The streets inside a place, asked of Nominatim and Overpass over the network.

    Raises `UnknownPlace`, `NoStreets` and `StreetsUnavailable`.
    """
    import osmnx as ox
    from requests import RequestException

    progress(f"Asking OpenStreetMap for {place}", 0.0)
    ox.settings.cache_folder = cache_dir / "osmnx"
    try:
        graph = ox.graph_from_place(
            place, network_type="drive_service", simplify=False, retain_all=True
        )
    except (RequestException, ox._errors.ResponseStatusCodeError) as reason:
        raise StreetsUnavailable(place, type(reason).__name__) from reason
    except (TypeError, ValueError) as reason:  # no area of that name, or nothing in it
        raise UnknownPlace(place) from reason
    return _finish(graph, RawStreets(place, {}, []), progress)


def from_raw(raw: RawStreets, progress: Progress = _quiet) -> StreetGraph:
    """Streets that a file was read into. Raises `NoStreets` when no two of them meet."""
    import networkx as nx

    progress("Joining streets", 0.15)
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_nodes_from((node, {"y": lat, "x": lon}) for node, (lat, lon) in raw.nodes.items())
    for way in raw.ways:
        facts = {"highway": way.highway, "name": way.name, "maxspeed": str(way.limit_kmh)}
        steps = [step for step in zip(way.nodes, way.nodes[1:], strict=False) if step[0] != step[1]]
        if way.forward:
            graph.add_edges_from(steps, **facts)
        if way.backward:
            graph.add_edges_from([(end, start) for start, end in reversed(steps)], **facts)
    return _finish(graph, raw, progress)


def _finish(graph: "nx.MultiDiGraph[Any]", raw: RawStreets, progress: Progress) -> StreetGraph:
    """Cut, simplify and pack an OSMnx graph; `raw` adds what such a graph does not hold."""
    import osmnx as ox

    if graph.number_of_edges() == 0:
        raise NoStreets(raw.name)
    progress("Finding what is connected", 0.3)
    if any("length" not in edge for _, _, edge in graph.edges(data=True)):
        graph = ox.distance.add_edge_lengths(graph)
    _annotate(graph)
    source_nodes, source_km = len(graph), _length_km(graph)
    graph = ox.truncate.largest_component(graph, strongly=True)
    if graph.number_of_edges() == 0:
        raise NoStreets(raw.name)
    dropped_nodes, dropped_km = source_nodes - len(graph), source_km - _length_km(graph)
    progress("Simplifying", 0.5)
    if not graph.graph.get("simplified"):
        graph = ox.simplify_graph(graph, edge_attrs_differ=["name", "highway"])
    progress("Packing", 0.85)
    packed = _pack(graph, raw, source_nodes, dropped_nodes, max(0.0, dropped_km))
    progress("Done", 1.0)
    return packed


def _annotate(graph: "nx.MultiDiGraph[Any]") -> None:
    """Give every edge one name, one class and a travel time, which simplifying adds up."""
    for _, _, edge in graph.edges(data=True):
        edge["highway"] = CLASS_NAMES[min(class_number(h) for h in _texts(edge.get("highway", "")))]
        edge["name"] = min(_texts(edge.get("name", "")))
        limit = min(map(posted_kmh, _texts(edge.get("maxspeed", ""))), key=_nan_last)
        edge["travel_time"] = edge["length"] / riding_kmh(edge["highway"], limit) * 3.6
        for surplus in edge.keys() - {"highway", "name", "length", "travel_time", "geometry"}:
            del edge[surplus]


def _texts(value: object) -> list[str]:
    """OSMnx merges unequal tags into lists, in no fixed order; some files turn them into NaN."""
    values = value if isinstance(value, list | set | tuple) else [value]
    return [v for v in values if isinstance(v, str)] or [""]


def _nan_last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _length_km(graph: "nx.MultiDiGraph[Any]") -> float:
    """Of the streets, each counted once for both its directions."""
    longest: dict[tuple[int, int, int], float] = {}
    for start, end, edge in graph.edges(data=True):
        key = (min(start, end), max(start, end), round(edge["length"] * 100))
        longest[key] = edge["length"]
    return sum(longest.values()) / 1000


def _pack(
    graph: "nx.MultiDiGraph[Any]",
    raw: RawStreets,
    source_nodes: int,
    dropped_nodes: int,
    dropped_km: float,
) -> StreetGraph:
    """The arrays, with nodes in order of their ids and edges in order of their ends."""
    ids = sorted(graph.nodes)
    row = {node: number for number, node in enumerate(ids)}
    edges = sorted(
        ((row[u], row[v], edge) for u, v, edge in graph.edges(data=True)),
        key=lambda e: (e[0], e[1], e[2]["length"], e[2]["name"]),
    )
    names = sorted({edge["name"] for _, _, edge in edges} - {""})
    street_of = {name: number for number, name in enumerate(names)}
    lat = np.array([float(graph.nodes[n]["y"]) for n in ids])
    lon = np.array([float(graph.nodes[n]["x"]) for n in ids])
    edge_from = np.array([e[0] for e in edges], np.int32)
    edge_to = np.array([e[1] for e in edges], np.int32)
    length_m = np.maximum([e[2]["length"] for e in edges], 0.1)  # no two nodes are one place
    seconds = np.maximum([e[2]["travel_time"] for e in edges], 0.1 / 80 * 3.6)
    shapes = [_shape(e, lat, lon) for e in edges]
    points = np.concatenate(shapes)
    return StreetGraph(
        name=raw.name,
        node_lat=lat,
        node_lon=lon,
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_m=length_m,
        edge_speed_kmh=length_m / seconds * 3.6,
        edge_street=np.array([street_of.get(e[2]["name"], -1) for e in edges], np.int32),
        edge_class=np.array([class_number(e[2]["highway"]) for e in edges], np.int8),
        edge_twin=twins(edge_from, edge_to, length_m),
        shape_lat=np.ascontiguousarray(points[:, 1]),
        shape_lon=np.ascontiguousarray(points[:, 0]),
        shape_start=np.cumsum([0, *map(len, shapes)], dtype=np.int32),
        street_names=tuple(names),
        class_names=CLASS_NAMES,
        houses=_houses(raw.houses, street_of),
        places=_places(raw.places),
        invented_numbers=raw.invented_numbers,
        source_nodes=source_nodes,
        dropped_nodes=dropped_nodes,
        dropped_km=dropped_km,
    )


def _shape(
    edge: tuple[int, int, dict[str, Any]], lat: np.ndarray[Any, Any], lon: np.ndarray[Any, Any]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Points (lon, lat) along an edge; one without bends is straight."""
    start, end, facts = edge
    if "geometry" in facts:
        return np.asarray(facts["geometry"].coords)
    return np.array([[lon[start], lat[start]], [lon[end], lat[end]]])


def _houses(surveyed: list[SurveyedHouse], street_of: dict[str, int]) -> Houses:
    """The houses on streets that are in the graph, by street and number, each number once."""
    known = {
        (street_of[house.street], house.number): house
        for house in surveyed
        if house.street in street_of
    }
    if not known:
        return Houses.none()
    ordered = sorted(known)
    return Houses(
        np.array([known[key].lat for key in ordered]),
        np.array([known[key].lon for key in ordered]),
        np.array([street for street, _ in ordered], np.int32),
        np.array([number for _, number in ordered], np.int32),
    )


def _places(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """In a fixed order, each name once."""
    return tuple({place.name: place for place in sorted(places, key=lambda p: p.name)}.values())
