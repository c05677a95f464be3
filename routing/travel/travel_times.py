"""How long it takes from place to place along the streets, and along which streets.

Two engines give the same answers: a contraction hierarchy (pyroutingkit), and scipy's Dijkstra
where that cannot be imported, some twenty times slower. Both count in whole milliseconds per
street; a travel time is rounded up to whole seconds, so that no detour over a third place ever
looks shorter.
"""

from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from routing.errors import NoWay
from routing.planner.problem import UNREACHABLE_S
from routing.travel.arcs import DM_IN_A_MS, Arcs, Ints, arcs
from streets.graph import Bools, StreetGraph
from streets.profile import Profile

try:
    import pyroutingkit
except ImportError:  # pragma: no cover - the fallback is tested by name
    pyroutingkit = None

Costs = NDArray[np.int64]

NO_WAY = -1


@dataclass(frozen=True, slots=True, eq=False)
class StreetPath:
    """The fastest way between two nodes.

    `edges` are numbers of the graph's edges in the order they are taken, `against` which of them
    are walked against their direction; `lat` and `lon` the points along them (a single one where
    both ends are the same node).
    """

    edges: Ints
    against: Bools
    travel_s: float
    length_m: float
    lat: Floats
    lon: Floats


class Engine(Protocol):
    """Cheapest paths between nodes, over arcs that each have a cost."""

    def costs(self, origins: Ints, destinations: Ints) -> Costs:
        """(origins, destinations), `NO_WAY` where there is no way. Nodes come but once."""

    def nodes_between(self, origin: int, destination: int) -> Ints:
        """The nodes along the cheapest way, both ends included; empty where there is none."""

    def customized(self, its: Arcs) -> "Engine":
        """The same arcs at other costs (their `ms`); this engine stays as it is."""


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

    def costs(self, origins: Ints, destinations: Ints) -> Costs:
        with self._one_at_a_time:
            found = self._metric.distances_many_to_many(
                origins.astype(np.uint32), destinations.astype(np.uint32)
            )
        return np.where(found == pyroutingkit.INF_WEIGHT, NO_WAY, found.astype(np.int64))

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

    def costs(self, origins: Ints, destinations: Ints) -> Costs:
        from scipy.sparse.csgraph import dijkstra

        found = dijkstra(self._graph, indices=origins)[:, destinations]
        return np.where(np.isinf(found), NO_WAY, found).astype(np.int64)

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
    """Travel times of one profile on one street graph; threads may share it.

    Nodes are numbers of the graph's nodes.
    """

    def __init__(
        self, graph: StreetGraph, engine: Engine, its: Arcs, profile: Profile | None = None
    ) -> None:
        self.graph, self.profile, self.arcs = graph, profile, its
        self.engine = engine
        self._both: Engine | None = None
        self._making = Lock()

    def reweighted(self, travel_s: Floats) -> "TravelTimes":
        """The same streets, each edge of the graph taking `travel_s`; these stay as they are.

        A customization, not a rebuild: about 20 ms for 9,000 nodes.
        """
        its = arcs(self.graph, self.profile, travel_s)
        return TravelTimes(self.graph, self.engine.customized(its), its, self.profile)

    def matrix(self, origins: Ints, destinations: Ints | None = None) -> Ints:
        """Seconds, (origins, destinations), `UNREACHABLE_S` where there is no way.

        Without `destinations`, among the origins. The same node may come more than once.
        """
        ms = self.matrix_ms(origins, origins if destinations is None else destinations)
        return np.where(ms == NO_WAY, UNREACHABLE_S, -(-ms // 1000)).astype(np.int32)

    def matrix_ms(self, origins: Ints, destinations: Ints) -> Costs:
        """Milliseconds, `NO_WAY` where there is no way."""
        return _for_each(self.engine, origins, destinations)

    def matrix_dm(self, origins: Ints, destinations: Ints, ms: Costs) -> Costs:
        """Decimetres along the fastest ways, which take the `ms` of `matrix_ms`.

        A search that counts 50 for each millisecond and 1 for each decimetre finds the shortest of
        the ways that are fastest but for 0.2 s a kilometer. What its cost has beside the
        milliseconds lies between that way's length and the fastest's. It holds for ways of up to
        eleven hours; what is longer has no way here.
        """
        with self._making:
            if self._both is None:
                costs = DM_IN_A_MS * self.arcs.ms + self.arcs.dm
                its = replace(self.arcs, ms=costs.astype(np.uint32))
                self._both = self.engine.customized(its)
        both = _for_each(self._both, origins, destinations)
        length_dm: Costs = np.where(
            (ms == NO_WAY) | (both == NO_WAY), NO_WAY, both - DM_IN_A_MS * ms
        )
        return length_dm

    def path(self, origin: int, destination: int) -> StreetPath:
        """The fastest way. Raises `NoWay` where there is none."""
        graph = self.graph
        if origin == destination:
            here, nowhere = slice(origin, origin + 1), np.empty(0, dtype=np.int32)
            lat, lon = graph.node_lat[here], graph.node_lon[here]
            return StreetPath(nowhere, nowhere.astype(np.bool_), 0.0, 0.0, lat, lon)
        nodes = self.engine.nodes_between(origin, destination)
        if not len(nodes):
            raise NoWay(origin, destination)
        taken = self.arcs.along(nodes)
        points = _points(graph, taken.edge, taken.against)
        return StreetPath(
            edges=taken.edge,
            against=taken.against,
            travel_s=float(taken.ms.sum()) / 1000,
            length_m=float(graph.edge_length_m[taken.edge].sum()),
            lat=graph.shape_lat[points],
            lon=graph.shape_lon[points],
        )


def _for_each(engine: Engine, origins: Ints, destinations: Ints) -> Costs:
    """Costs between nodes that may come more than once."""
    starts, rows = np.unique(origins, return_inverse=True)
    ends, columns = np.unique(destinations, return_inverse=True)
    if not len(starts) or not len(ends):
        return np.empty((len(rows), len(columns)), dtype=np.int64)
    costs: Costs = engine.costs(starts, ends)[rows[:, None], columns]
    return costs


def _points(graph: StreetGraph, edges: Ints, against: Bools) -> NDArray[np.int64]:
    """Numbers of the points along `edges`; each edge begins where the one before it ended."""
    start = graph.shape_start[edges].astype(np.int64)
    end = graph.shape_start[edges + 1].astype(np.int64) - 1
    step = np.where(against, -1, 1)
    first = np.where(against, end, start)
    count = end - start + 1
    first[1:] += step[1:]
    count[1:] -= 1
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    points: NDArray[np.int64] = np.repeat(first, count) + np.repeat(step, count) * nth
    return points


def travel_times(graph: StreetGraph, profile: Profile | None = None) -> TravelTimes:
    """Travel times by the fastest engine at hand, made ready in 0.2 s for 9,000 nodes.

    Without a profile every edge is taken, in its direction, at ``graph.travel_s``.
    """
    its = arcs(graph, profile)
    engine = Dijkstra(its) if pyroutingkit is None else Hierarchy.build(graph, its)
    return TravelTimes(graph, engine, its, profile)
