"""The streets that one agent works in: a part of the city in meters, and the ways through it."""

import functools
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from core.geometry import Floats, LocalPlane
from core.settings import settings
from streets.graph import StreetGraph
from streets.network import build

REACH_M = 2_200.0
"""Half the width of an agent's quarter."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a street: `along_m` from the beginning of edge `edge`, on its middle line."""

    edge: int
    along_m: float


class City:
    """A street graph on one plane. Streets are open both ways here: agents push their bikes."""

    def __init__(self, graph: StreetGraph) -> None:
        self.plane = LocalPlane(graph.center)
        self.node_xy = np.column_stack(self.plane.xy(graph.node_lat, graph.node_lon))
        self.edges = np.flatnonzero(graph.once & (graph.edge_from != graph.edge_to))
        self.ends = np.column_stack((graph.edge_from, graph.edge_to))[self.edges].astype(np.int64)
        self.speed_mps = graph.edge_speed_kmh[self.edges] / 3.6
        x_m, y_m = self.plane.xy(graph.shape_lat, graph.shape_lon)
        points = np.column_stack((x_m, y_m))
        self.shapes = [points[graph.shape_start[e] : graph.shape_start[e + 1]] for e in self.edges]
        self.tree = cKDTree(self.node_xy)

    def quarter(self, rng: np.random.Generator) -> "Quarter":
        """Somewhere with at least 250 crossings."""
        while True:
            center = self.node_xy[rng.integers(len(self.node_xy))]
            near = np.asarray(self.tree.query_ball_point(center, REACH_M * 2**0.5), np.int64)
            near = near[(np.abs(self.node_xy[near] - center) <= REACH_M).all(axis=1)]
            if len(near) >= 250:
                return Quarter(self, center, near)


class Quarter:
    """A square of the city; what is not connected inside it is left out. `center` is a crossing.

    Edges have numbers of their own: `shapes`, `lengths_m`, `speed_mps` and `ends` are by edge.
    """

    def __init__(self, city: City, center: Floats, nodes: NDArray[np.int64]) -> None:
        number = np.full(len(city.node_xy), -1, np.int64)
        number[nodes] = np.arange(len(nodes))
        ends = number[city.ends]
        inside = np.flatnonzero((ends >= 0).all(axis=1))
        lengths_m = np.array([_length_m(city.shapes[e]) for e in inside])
        shape = (len(nodes), len(nodes))
        joined = csr_array((lengths_m, ends[inside].T), shape=shape)
        _, part = connected_components(joined, directed=False)
        kept = part[ends[inside, 0]] == np.bincount(part).argmax()
        inside, self.lengths_m = inside[kept], lengths_m[kept]
        self.plane = city.plane
        self.ends = ends[inside]
        self.speed_mps = city.speed_mps[inside]
        self.shapes = [city.shapes[e] for e in inside]
        self.middles = np.array([shape.mean(axis=0) for shape in self.shapes])
        corners = city.node_xy[nodes[self.ends[:, 0]]]
        self.center = corners[np.hypot(*(corners - center).T).argmin()]
        self.degree = np.bincount(self.ends.ravel(), minlength=len(nodes))
        longest_first = np.argsort(-self.lengths_m, kind="stable")
        self._edge_between: dict[tuple[int, int], int] = {}
        for edge in longest_first.tolist():
            u, v = self.ends[edge].tolist()
            self._edge_between[u, v] = self._edge_between[v, u] = edge
        pairs = np.array(list(self._edge_between))
        weights = self.lengths_m[list(self._edge_between.values())]
        self._graph = csr_array((weights, pairs.T), shape=shape)
        self._trees: dict[int, tuple[Floats, NDArray[np.int32]]] = {}

    def near(self, reach_m: float) -> NDArray[np.intp]:
        """The edges around the center, at least forty."""
        away_m = np.hypot(*(self.middles - self.center).T)
        return np.flatnonzero(away_m <= max(reach_m, float(np.partition(away_m, 40)[40])))

    def point(self, spot: Spot) -> Floats:
        """Where a spot is."""
        point: Floats = _part(self.shapes[spot.edge], spot.along_m, spot.along_m)[0]
        return point

    def direction(self, spot: Spot) -> Floats:
        """The unit vector along the street there."""
        shape = self.shapes[spot.edge]
        ahead = _part(shape, max(0.0, spot.along_m - 1), spot.along_m + 1)
        step = ahead[-1] - ahead[0]
        return np.asarray(step / np.hypot(*step))

    def way(self, origin: Spot, goal: Spot) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """(points, the edge of each step, the crossing at each point or -1), the shortest way."""
        best: tuple[float, list[tuple[int, float, float]], list[int]] | None = None
        if origin.edge == goal.edge:
            straight = [(origin.edge, origin.along_m, goal.along_m)]
            best = abs(origin.along_m - goal.along_m), straight, []
        for first in self._leave(origin):
            reach_m, before = self._tree(first[0])
            for last in self._leave(goal):
                length_m = first[2] + float(reach_m[last[0]]) + last[2]
                if best is None or length_m < best[0] - 1e-6:
                    nodes = [last[0]]
                    while nodes[-1] != first[0]:
                        nodes.append(int(before[nodes[-1]]))
                    best = length_m, self._legs(origin, goal, nodes[::-1], first, last), nodes[::-1]
        assert best is not None
        return self._line(best[1], best[2])

    def _leave(self, spot: Spot) -> list[tuple[int, float, float]]:
        """(crossing, where on the edge it lies, how far it is) for both ends of the spot's edge."""
        start, end = self.ends[spot.edge].tolist()
        length_m = float(self.lengths_m[spot.edge])
        return [(start, 0.0, spot.along_m), (end, length_m, length_m - spot.along_m)]

    def _legs(
        self,
        origin: Spot,
        goal: Spot,
        nodes: list[int],
        first: tuple[int, float, float],
        last: tuple[int, float, float],
    ) -> list[tuple[int, float, float]]:
        legs = [(origin.edge, origin.along_m, first[1])]
        for u, v in itertools.pairwise(nodes):
            edge = self._edge_between[u, v]
            length_m = float(self.lengths_m[edge])
            forward = self.ends[edge, 0] == u
            legs.append((edge, 0.0, length_m) if forward else (edge, length_m, 0.0))
        return [*legs, (goal.edge, last[1], goal.along_m)]

    def _line(
        self, legs: list[tuple[int, float, float]], nodes: list[int]
    ) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        parts, edges, crossings = [], [], []
        for number, (edge, begin_m, end_m) in enumerate(legs):
            part = _part(self.shapes[edge], min(begin_m, end_m), max(begin_m, end_m))
            parts.append(part if begin_m <= end_m else part[::-1])
            edges += [edge] * len(part)
            crossings += [-1] * (len(part) - 1) + [nodes[number] if number < len(nodes) else -1]
        return np.concatenate(parts), np.array(edges)[1:], np.array(crossings)

    def _tree(self, node: int) -> tuple[Floats, NDArray[np.int32]]:
        if node not in self._trees:
            reach_m, before = dijkstra(self._graph, indices=[node], return_predecessors=True)
            self._trees[node] = reach_m[0], before[0]
        return self._trees[node]


def _length_m(shape: Floats) -> float:
    return float(np.hypot(*np.diff(shape, axis=0).T).sum())


def _part(shape: Floats, begin_m: float, end_m: float) -> Floats:
    """The points of a line between two distances along it, both ends included."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(shape, axis=0).T))))
    inner = along[(along > begin_m) & (along < end_m)]
    at = np.concatenate(([begin_m], inner, [end_m]))
    return np.column_stack((np.interp(at, along, shape[:, 0]), np.interp(at, along, shape[:, 1])))


@functools.cache
def demo_city() -> City:
    """La Serena–Coquimbo, fetched once."""
    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    return City(build("demo", cache))
