"""How long it takes from place to place along the streets, and along which streets.

Two engines give the same answers: a contraction hierarchy (pyroutingkit), and scipy's Dijkstra
where that cannot be imported, some twenty times slower. Both count in whole milliseconds per
street; a travel time is rounded up to whole seconds, so that no detour over a third place ever
looks shorter.
Metres are those of the fastest way and come with `path`, which is asked for the few legs of a plan
rather than for the hundred thousand pairs of a matrix.
"""

from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from routing.errors import NoWay
from routing.planner.problem import UNREACHABLE_S
from streets.graph import StreetGraph

try:
    import pyroutingkit
except ImportError:  # pragma: no cover - the fallback is tested by name
    pyroutingkit = None

Ints = NDArray[np.int32]
Milliseconds = NDArray[np.int64]

_NO_WAY_MS = -1


@dataclass(frozen=True, slots=True, eq=False)
class StreetPath:
    """The fastest way between two nodes.

    `edges` are numbers of the graph's edges in riding order; `lat` and `lon` the points along them
    (a single one where both ends are the same node).
    """

    edges: Ints
    travel_s: float
    length_m: float
    lat: Floats
    lon: Floats


class Engine(Protocol):
    """Shortest paths over the fastest edge of each pair of nodes, in milliseconds."""

    def matrix_ms(self, origins: Ints, destinations: Ints) -> Milliseconds:
        """(origins, destinations), `_NO_WAY_MS` where there is no way. Nodes come but once."""

    def nodes_between(self, origin: int, destination: int) -> Ints:
        """The nodes along the fastest way, both ends included; empty where there is none."""

    def customized(self, its: "Arcs") -> "Engine":
        """The same streets at other speeds; this engine stays as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """The fastest edge of each pair of joined nodes, sorted by `key` (from × nodes + to)."""

    nodes: int
    edge: Ints
    tail: Ints
    head: Ints
    key: NDArray[np.int64]
    ms: NDArray[np.uint32]

    def edges_along(self, nodes: Ints) -> Ints:
        """The graph's edges that join `nodes` one after the other."""
        steps = nodes.astype(np.int64)
        return self.edge[np.searchsorted(self.key, steps[:-1] * self.nodes + steps[1:])]


def arcs(graph: StreetGraph, travel_s: Floats | None = None) -> Arcs:
    """Of parallel edges the fastest; loops, which lead nowhere, not at all. At least 1 ms each.

    `travel_s` has the seconds of each edge, where they are not the graph's own. Whatever they are,
    the same pairs of nodes come in the same order.
    """
    edge_s = graph.travel_s if travel_s is None else travel_s
    ms = np.maximum(np.rint(edge_s * 1000), 1).astype(np.uint32)
    key = graph.edge_from.astype(np.int64) * graph.node_count + graph.edge_to
    fastest_first = np.lexsort((ms, key))
    _, first = np.unique(key[fastest_first], return_index=True)
    edge = fastest_first[first]
    edge = edge[graph.edge_from[edge] != graph.edge_to[edge]]
    return Arcs(
        nodes=graph.node_count,
        edge=edge.astype(np.int32),
        tail=graph.edge_from[edge],
        head=graph.edge_to[edge],
        key=key[edge],
        ms=ms[edge],
    )


class Hierarchy:
    """A customizable contraction hierarchy: built once per graph, then matrices in no time.

    `topology` is what does not depend on speeds (Dibbelt, Strasser and Wagner 2016: customization
    computes the weights of shortcuts that are chosen once); hierarchies may share it.
    """

    def __init__(self, topology: Any, its: Arcs) -> None:
        # It searches without the GIL and with state of its own: two threads at once crash Python.
        self._one_at_a_time = Lock()
        self.topology = topology
        self._metric: Any = pyroutingkit.CCHMetric(topology)
        self._metric.customize(its.ms)

    @classmethod
    def build(cls, graph: StreetGraph, its: Arcs) -> Self:
        """From nothing: chooses the order of the nodes and the shortcuts, which takes long."""
        topology = pyroutingkit.CCHTopology()
        topology.build(
            its.tail.astype(np.uint32),
            its.head.astype(np.uint32),
            graph.node_lat.astype(np.float32),
            graph.node_lon.astype(np.float32),
            its.nodes,
        )
        return cls(topology, its)

    def customized(self, its: Arcs) -> "Hierarchy":
        return Hierarchy(self.topology, its)

    def matrix_ms(self, origins: Ints, destinations: Ints) -> Milliseconds:
        with self._one_at_a_time:
            found = self._metric.distances_many_to_many(
                origins.astype(np.uint32), destinations.astype(np.uint32)
            )
        return np.where(found == pyroutingkit.INF_WEIGHT, _NO_WAY_MS, found.astype(np.int64))

    def nodes_between(self, origin: int, destination: int) -> Ints:
        with self._one_at_a_time:
            _, nodes, _ = self._metric.query(origin, destination)
        return np.asarray(nodes, dtype=np.int32)


class Dijkstra:
    """The fallback: scipy, one search per origin."""

    def __init__(self, its: Arcs) -> None:
        from scipy.sparse import csr_array

        self._graph = csr_array(
            (its.ms.astype(np.float64), (its.tail, its.head)), shape=(its.nodes, its.nodes)
        )

    def customized(self, its: Arcs) -> "Dijkstra":
        return Dijkstra(its)

    def matrix_ms(self, origins: Ints, destinations: Ints) -> Milliseconds:
        from scipy.sparse.csgraph import dijkstra

        found = dijkstra(self._graph, indices=origins)[:, destinations]
        return np.where(np.isinf(found), _NO_WAY_MS, found).astype(np.int64)

    def nodes_between(self, origin: int, destination: int) -> Ints:
        from scipy.sparse.csgraph import dijkstra

        _, found = dijkstra(self._graph, indices=[origin], return_predecessors=True)
        before, nodes = found[0], [destination]
        while nodes[-1] != origin:
            if before[nodes[-1]] < 0:
                return np.empty(0, dtype=np.int32)
            nodes.append(int(before[nodes[-1]]))
        return np.array(nodes[::-1], dtype=np.int32)


class TravelTimes:
    """Travel times on one street graph; threads may share it.

    Nodes are numbers of the graph's nodes.
    """

    def __init__(
        self, graph: StreetGraph, engine: Engine, its: Arcs, travel_s: Floats | None = None
    ) -> None:
        self._graph, self.engine, self._arcs = graph, engine, its
        self._edge_travel_s = graph.travel_s if travel_s is None else travel_s

    def reweighted(self, travel_s: Floats) -> "TravelTimes":
        """The same streets, each edge taking `travel_s`. These travel times stay as they are.

        A customization, not a rebuild: about 20 ms for 9,000 nodes.
        """
        its = arcs(self._graph, travel_s)
        return TravelTimes(self._graph, self.engine.customized(its), its, travel_s)

    def matrix(self, origins: Ints, destinations: Ints | None = None) -> Ints:
        """Seconds, (origins, destinations), `UNREACHABLE_S` where there is no way.

        Without `destinations`, among the origins. The same node may come more than once.
        """
        starts, start_rows = np.unique(origins, return_inverse=True)
        if destinations is None:
            ends, end_columns = starts, start_rows
        else:
            ends, end_columns = np.unique(destinations, return_inverse=True)
        if not len(starts) or not len(ends):
            return np.empty((len(start_rows), len(end_columns)), dtype=np.int32)
        ms = self.engine.matrix_ms(starts, ends)
        seconds = np.where(ms == _NO_WAY_MS, UNREACHABLE_S, -(-ms // 1000)).astype(np.int32)
        return seconds[start_rows[:, None], end_columns]

    def path(self, origin: int, destination: int) -> StreetPath:
        """The fastest way. Raises `NoWay` where there is none."""
        graph = self._graph
        if origin == destination:
            here = slice(origin, origin + 1)
            nowhere = np.empty(0, dtype=np.int32)
            return StreetPath(nowhere, 0.0, 0.0, graph.node_lat[here], graph.node_lon[here])
        nodes = self.engine.nodes_between(origin, destination)
        if not len(nodes):
            raise NoWay(origin, destination)
        edges = self._arcs.edges_along(nodes)
        points = _points(graph, edges)
        return StreetPath(
            edges=edges,
            travel_s=float(self._edge_travel_s[edges].sum()),
            length_m=float(graph.edge_length_m[edges].sum()),
            lat=graph.shape_lat[points],
            lon=graph.shape_lon[points],
        )


def _points(graph: StreetGraph, edges: Ints) -> NDArray[np.int64]:
    """Numbers of the points along `edges`; each edge begins where the one before it ended."""
    first = graph.shape_start[edges].astype(np.int64)
    first[1:] += 1
    count = graph.shape_start[edges + 1] - first
    before = np.concatenate([[0], np.cumsum(count)[:-1]])
    return np.repeat(first - before, count) + np.arange(count.sum())


def travel_times(graph: StreetGraph) -> TravelTimes:
    """Travel times by the fastest engine at hand, made ready in 0.2 s for 9,000 nodes."""
    its = arcs(graph)
    engine = Dijkstra(its) if pyroutingkit is None else Hierarchy.build(graph, its)
    return TravelTimes(graph, engine, its)
