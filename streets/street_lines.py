"""Whole streets out of edges: each name in each locality as ordered lines with a beginning."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from core.geometry import Floats, LocalPlane
from streets.graph import Bools, Ints, StreetGraph
from streets.road_class import ROAD_CLASSES

_CARRIAGEWAYS_APART_M = 35.0  # opposite one-way lines of one name nearer than this are one street

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StreetLines:
    """Row *s* is a street: one name in one locality, in metres on `plane`.

    Its points are ``x/y[start[s]:start[s + 1]]`` in order; ``along_m`` grows by the distance
    between two points, and not at all over a gap (a river, a block where the street has another
    name) nor between two streets, so that one column serves all of them.
    """

    plane: LocalPlane
    name: tuple[str, ...]
    locality: tuple[str, ...]
    start: NDArray[np.int64]
    x: Floats
    y: Floats
    along_m: Floats
    setback_m: Floats

    @property
    def length_m(self) -> Floats:
        """Per street, without gaps."""
        return self.along_m[self.start[1:] - 1] - self.along_m[self.start[:-1]]


def street_lines(graph: StreetGraph) -> StreetLines:
    """All named streets, ordered by name and locality.

    A street begins at its end nearer to the city's heart (the first city or town among the
    graph's places, else its center) and goes on with the nearest of its lines. Of two carriageways
    only one is kept. A line belongs to the locality whose center is nearest to its middle.
    """
    plane = LocalPlane(graph.center)
    x, y = plane.xy(graph.shape_lat, graph.shape_lon)
    heart = _heart(graph, plane)
    chains: dict[tuple[str, str], list[Points]] = {}
    setbacks: dict[tuple[str, str], float] = {}
    class_setback_m = np.array([road.setback_m for road in ROAD_CLASSES])
    for street, edges in _edges_by_street(graph):
        shapes = [np.stack([x[s:e], y[s:e]], axis=1) for s, e in _spans(graph, edges)]
        setback_m = float(class_setback_m[graph.edge_class[edges]].max())
        lines = _merged(_one_carriageway(shapes, graph.edge_twin[edges] < 0))
        by_locality: dict[str, list[Points]] = defaultdict(list)
        for line, locality in zip(lines, _localities(graph, plane, lines), strict=True):
            by_locality[locality].append(line)
        for locality, members in by_locality.items():
            key = (graph.street_names[street], locality)
            chains[key] = _chained(members, heart)
            setbacks[key] = setback_m
    return _packed(plane, chains, setbacks)


def _edges_by_street(graph: StreetGraph) -> list[tuple[int, Ints]]:
    edges = np.flatnonzero(graph.once & (graph.edge_street >= 0)).astype(np.int32)
    edges = edges[np.argsort(graph.edge_street[edges], kind="stable")]
    streets, first = np.unique(graph.edge_street[edges], return_index=True)
    return list(zip(streets.tolist(), np.split(edges, first[1:]), strict=False))


def _spans(graph: StreetGraph, edges: Ints) -> list[tuple[int, int]]:
    starts, ends = graph.shape_start[edges], graph.shape_start[edges + 1]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _merged(shapes: list[Points]) -> list[Points]:
    """Edges that follow each other as one line, the longest first."""
    if len(shapes) == 1:
        return shapes
    merged = shapely.line_merge(shapely.MultiLineString([shapely.LineString(s) for s in shapes]))
    lines = sorted(shapely.get_parts(merged), key=lambda line: (-line.length, line.wkb))
    return [shapely.get_coordinates(line) for line in lines]


def _one_carriageway(shapes: list[Points], one_way: Bools) -> list[Points]:
    """The edges without those one-way ones that run back beside others of the same street."""
    if one_way.sum() < 2:
        return shapes
    runs = np.array([shape[-1] - shape[0] for shape in shapes])
    # Forth is the half-plane around the longest one-way edge; what runs the other way is back.
    forth = runs[np.hypot(*np.where(one_way[:, None], runs, 0).T).argmax()]
    back = one_way & (runs @ forth < 0)
    lines = np.array([shapely.LineString(shape) for shape in shapes], object)
    beside = shapely.buffer(lines[~back], _CARRIAGEWAYS_APART_M, cap_style="flat", quad_segs=2)
    covered_m = shapely.length(shapely.intersection(lines, shapely.union_all(beside)))
    second = back & (covered_m >= 0.7 * shapely.length(lines))
    return [shape for shape, drop in zip(shapes, second, strict=True) if not drop]


def _localities(graph: StreetGraph, plane: LocalPlane, lines: list[Points]) -> list[str]:
    if not graph.places:
        return [graph.name] * len(lines)
    x, y = plane.xy(
        np.array([place.lat for place in graph.places]),
        np.array([place.lon for place in graph.places]),
    )
    middles = np.array([line[len(line) // 2] for line in lines])
    nearest = np.hypot(middles[:, :1] - x, middles[:, 1:] - y).argmin(axis=1)
    return [graph.places[place].name for place in nearest]


def _heart(graph: StreetGraph, plane: LocalPlane) -> Points:
    for kind in ("city", "town"):
        for place in graph.places:
            if place.kind == kind:
                return np.concatenate(plane.xy(np.array([place.lat]), np.array([place.lon])))
    return np.zeros(2)


def _chained(lines: list[Points], heart: Points) -> list[Points]:
    """The lines one after the other, each turned so that it goes on from the one before."""
    waiting = list(lines)
    here, chain = heart, []
    while waiting:
        ends = np.array([[line[0], line[-1]] for line in waiting])
        nearest = int(np.hypot(*(ends - here).transpose(2, 0, 1)).argmin())
        line = waiting.pop(nearest // 2)
        chain.append(line if nearest % 2 == 0 else line[::-1])
        here = chain[-1][-1]
    return chain


def _packed(
    plane: LocalPlane,
    chains: dict[tuple[str, str], list[Points]],
    setbacks: dict[tuple[str, str], float],
) -> StreetLines:
    keys = sorted(chains)
    lines = [line for key in keys for line in chains[key]]
    points = np.concatenate(lines) if lines else np.empty((0, 2))
    line_start = np.cumsum([0, *map(len, lines)])
    step_m = np.zeros(len(points))
    step_m[1:] = np.hypot(*np.diff(points, axis=0).T)
    step_m[line_start[:-1]] = 0
    return StreetLines(
        plane=plane,
        name=tuple(name for name, _ in keys),
        locality=tuple(locality for _, locality in keys),
        start=np.cumsum([0, *(sum(map(len, chains[key])) for key in keys)]),
        x=np.ascontiguousarray(points[:, 0]),
        y=np.ascontiguousarray(points[:, 1]),
        along_m=np.cumsum(step_m),
        setback_m=np.array([setbacks[key] for key in keys]),
    )
