"""The fastest way between two places of a city, for rides that no plan has foreseen."""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from core.geometry import LatLon, LocalPlane
from streets.graph import StreetGraph


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Points from door to door, and how long the ride takes."""

    points: tuple[LatLon, ...]
    travel_s: float


class Ways:
    """Ways over one street graph."""

    def __init__(self, graph: StreetGraph) -> None:
        self._graph = graph
        self._plane = LocalPlane(graph.center)
        self._nodes = cKDTree(np.column_stack(self._plane.xy(graph.node_lat, graph.node_lon)))
        # Of parallel streets the fastest: it comes last, and stays.
        slowest_first = np.argsort(-graph.travel_s)
        ends = zip(
            graph.edge_from[slowest_first].tolist(),
            graph.edge_to[slowest_first].tolist(),
            strict=True,
        )
        self._edge = dict(zip(ends, slowest_first.tolist(), strict=True))
        edges = np.fromiter(self._edge.values(), np.int64)
        shape = (graph.node_count, graph.node_count)
        self._graph_s = csr_array(
            (graph.travel_s[edges], (graph.edge_from[edges], graph.edge_to[edges])), shape=shape
        )

    def between(self, origin: LatLon, destination: LatLon) -> Way:
        """The fastest way from door to door; straight where both are at one crossing."""
        first, last = self._crossing(origin), self._crossing(destination)
        all_s, all_before = dijkstra(self._graph_s, indices=[first], return_predecessors=True)
        travel_s, before = all_s[0], all_before[0]
        nodes = [last]
        while nodes[-1] != first:
            nodes.append(int(before[nodes[-1]]))
        points = [origin, *self._along(nodes[::-1]), destination]
        return Way(tuple(points), float(travel_s[last]) + 60.0)

    def _crossing(self, position: LatLon) -> int:
        x, y = self._plane.xy(np.array([position.lat]), np.array([position.lon]))
        _, nearest = self._nodes.query([x[0], y[0]])
        return int(nearest)

    def _along(self, nodes: list[int]) -> list[LatLon]:
        graph = self._graph
        points = [LatLon(float(graph.node_lat[nodes[0]]), float(graph.node_lon[nodes[0]]))]
        for step in itertools.pairwise(nodes):
            lat, lon = graph.edge_shape(self._edge[step])
            points += [LatLon(*point) for point in zip(lat.tolist(), lon.tolist(), strict=True)][1:]
        return points
