"""From a source of streets to a `StreetGraph`: the only file that knows OSMnx.

Every source becomes the graph that OSMnx draws of a city, with a node at each bend. For each
profile it is cut down to what is connected: for two-wheelers and cars the largest part where one
can ride from everywhere to everywhere, for walkers the largest part. Then it is simplified: only
crossings, dead ends and the points where a street changes its name, class or access stay nodes, and
bends become the shape of an edge.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.settings import settings
from streets import demo_city, openstreetmap, osm_file
from streets.access import class_access
from streets.errors import (
    NoStreets,
    StreetFileMissing,
    UnknownStreetSource,
    WrongStreetFile,
)
from streets.graph import Bools, Houses, Place, StreetGraph, twins
from streets.profile import MOTOR, NOBODY, Profile
from streets.raw import RawStreets, SurveyedHouse
from streets.road_class import CLASS_NAMES, class_number, posted_kmh, riding_kmh, walking_kmh

if TYPE_CHECKING:
    import networkx as nx

DEMO = "demo"
_TIMES = {Profile.TWO_WHEELER: "travel_time", Profile.CAR: "car_time"}
_KEPT = {"highway", "name", "length", "open_to", "geometry", *_TIMES.values()}
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

    Raises what `openstreetmap.read_place` raises, and `NoStreets`.
    """
    import osmnx as ox

    step = f"Asking OpenStreetMap for {place}"
    progress(step, 0.0)
    servers = openstreetmap.Servers(
        settings().nominatim_url or ox.settings.nominatim_url,
        settings().overpass_url or ox.settings.overpass_url,
        ox.settings.requests_timeout,
        ox.settings.overpass_rate_limit,
    )
    raw = openstreetmap.read_place(
        place, servers, cache_dir / "openstreetmap", lambda done: progress(step, 0.14 * done)
    )
    return from_raw(raw, progress)


def from_raw(raw: RawStreets, progress: Progress = _quiet) -> StreetGraph:
    """Streets that a file was read into. Raises `NoStreets` when no two of them meet."""
    import networkx as nx

    progress("Joining streets", 0.15)
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_nodes_from((node, {"y": lat, "x": lon}) for node, (lat, lon) in raw.nodes.items())
    for way in raw.ways:
        facts = {"highway": way.highway, "name": way.name, "maxspeed": str(way.limit_kmh)}
        steps = [step for step in zip(way.nodes, way.nodes[1:], strict=False) if step[0] != step[1]]
        back = [(end, start) for start, end in reversed(steps)]
        for run, bits in ((steps, way.forward), (back, way.backward)):
            if bits:
                graph.add_edges_from(run, **facts, open_to=bits)
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
    _close_what_is_cut_off(graph)
    if graph.number_of_edges() == 0:
        raise NoStreets(raw.name)
    dropped_nodes, dropped_km = source_nodes - len(graph), source_km - _length_km(graph)
    progress("Simplifying", 0.5)
    if not graph.graph.get("simplified"):
        graph = ox.simplify_graph(
            graph,
            edge_attrs_differ=["name", "highway", "open_to"],
            edge_attr_aggs={"length": sum, **dict.fromkeys(_TIMES.values(), sum)},
        )
    progress("Packing", 0.85)
    packed = _pack(graph, raw, source_nodes, dropped_nodes, max(0.0, dropped_km))
    progress("Done", 1.0)
    return packed


def _annotate(graph: "nx.MultiDiGraph[Any]") -> None:
    """Give every edge one name, one class, who may use it, and times, which simplifying adds up."""
    for _, _, edge in graph.edges(data=True):
        edge["highway"] = CLASS_NAMES[min(class_number(h) for h in _texts(edge.get("highway", "")))]
        edge["name"] = min(_texts(edge.get("name", "")))
        edge.setdefault("open_to", class_access(edge["highway"]))
        limit = min(map(posted_kmh, _texts(edge.get("maxspeed", ""))), key=_nan_last)
        for profile, time in _TIMES.items():
            rides = edge["open_to"] & MOTOR
            kmh = riding_kmh(edge["highway"], limit, profile) if rides else None
            edge[time] = edge["length"] / (kmh or walking_kmh(edge["highway"])) * 3.6
        for surplus in edge.keys() - _KEPT:
            del edge[surplus]


def _close_what_is_cut_off(graph: "nx.MultiDiGraph[Any]") -> None:
    """Take from each profile what lies apart from its largest part, then what nobody can use."""
    row = {node: number for number, node in enumerate(graph.nodes)}
    ends = np.array([(row[u], row[v]) for u, v in graph.edges()], np.int64)
    open_to = np.array([edge["open_to"] for *_, edge in graph.edges(data=True)], np.int64)
    counted = np.ones(len(row), np.int64)
    for profile in (Profile.CAR, Profile.TWO_WHEELER, Profile.WALKING):
        uses = np.flatnonzero(open_to & profile.bit)
        whole = _largest_part(ends[uses], counted, strongly=profile is not Profile.WALKING)
        if whole.any() and profile is not Profile.WALKING:
            counted = whole.astype(np.int64)  # walkers get the paths around these streets
        apart = ~(whole[ends[uses, 0]] & whole[ends[uses, 1]])
        open_to[uses[apart]] &= ~profile.bit
    edges = list(graph.edges(keys=True, data=True))
    for (_, _, _, edge), bits in zip(edges, open_to.tolist(), strict=True):
        edge["open_to"] = bits
    graph.remove_edges_from([(u, v, k) for u, v, k, edge in edges if edge["open_to"] == NOBODY])
    for start, end, _, edge in edges:  # a one-way street left to walkers is none to them
        if edge["open_to"] == Profile.WALKING.bit and not graph.has_edge(end, start):
            graph.add_edge(end, start, **edge)
    graph.remove_nodes_from([node for node, degree in list(graph.degree()) if degree == 0])


def _largest_part(
    ends: "np.ndarray[Any, Any]", counted: "np.ndarray[Any, Any]", strongly: bool
) -> Bools:
    """Per node whether it is in the connected part with the most of the `counted` nodes.

    Nobody is in a part of one node.
    """
    nodes = len(counted)
    arcs = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    _, part = connected_components(arcs, connection="strong" if strongly else "weak")
    sizes = np.bincount(part, minlength=1) > 1
    largest = np.where(sizes, np.bincount(part, weights=counted, minlength=1), -1).argmax()
    return np.asarray((part == largest) & sizes[part])


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
        key=lambda e: (e[0], e[1], e[2]["length"], e[2]["name"], e[2]["open_to"]),
    )
    names = sorted({edge["name"] for _, _, edge in edges} - {""})
    street_of = {name: number for number, name in enumerate(names)}
    lat = np.array([float(graph.nodes[n]["y"]) for n in ids])
    lon = np.array([float(graph.nodes[n]["x"]) for n in ids])
    edge_from = np.array([e[0] for e in edges], np.int32)
    edge_to = np.array([e[1] for e in edges], np.int32)
    length_m = np.maximum([e[2]["length"] for e in edges], 0.1)  # no two nodes are one place
    two_wheeler_kmh, car_kmh = (
        length_m / np.maximum([e[2][time] for e in edges], 0.1 / 80 * 3.6) * 3.6
        for time in _TIMES.values()
    )
    shapes = [_shape(e, lat, lon) for e in edges]
    points = np.concatenate(shapes)
    return StreetGraph(
        name=raw.name,
        node_lat=lat,
        node_lon=lon,
        edge_from=edge_from,
        edge_to=edge_to,
        edge_length_m=length_m,
        edge_speed_kmh=two_wheeler_kmh,
        edge_car_kmh=car_kmh,
        edge_access=np.array([e[2]["open_to"] for e in edges], np.uint8),
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
