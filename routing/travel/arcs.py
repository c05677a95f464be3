"""What of a street graph a profile may use, as one arc from node to node each."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from streets.graph import Bools, StreetGraph
from streets.profile import Profile

Ints = NDArray[np.int32]

DM_IN_A_MS = 50
"""A millisecond costs as much as this many decimetres where a cost is to tell both."""


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """The fastest edge of each pair of joined nodes, sorted by `key` (from × nodes + to).

    `against` marks edges walked against their direction, `dm` is the length in decimetres.
    `edge_ms` has every edge of the graph, whoever may use it.
    """

    nodes: int
    edge: Ints
    against: Bools
    tail: Ints
    head: Ints
    key: NDArray[np.int64]
    ms: NDArray[np.uint32]
    dm: NDArray[np.uint32]
    edge_ms: NDArray[np.int64]

    def along(self, nodes: Ints) -> "Arcs":
        """The arcs that join `nodes` one after the other."""
        steps = nodes.astype(np.int64)
        rows = np.searchsorted(self.key, steps[:-1] * self.nodes + steps[1:])
        columns = ("edge", "against", "tail", "head", "key", "ms", "dm")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})


def arcs(graph: StreetGraph, profile: Profile | None = None, edge_s: Floats | None = None) -> Arcs:
    """Of parallel edges the fastest; loops, which lead nowhere, not at all. At least 1 ms each.

    Without a profile all edges, in their direction, at `graph.travel_s`. `edge_s` are other seconds
    per edge of the graph; whatever they are, the same pairs of nodes are joined.
    """
    if edge_s is None:
        edge_s = graph.travel_s if profile is None else graph.travel_s_of(profile)
    edge_ms = np.maximum(np.rint(edge_s * 1000), 1).astype(np.int64)
    edge = np.arange(graph.edge_count) if profile is None else graph.open_to(profile).nonzero()[0]
    against = np.zeros(len(edge), np.bool_)
    if profile is Profile.WALKING:
        back = edge[~has_way_back(graph)[edge]]
        against = np.concatenate([against, np.ones(len(back), np.bool_)])
        edge = np.concatenate([edge, back])
    tail = np.where(against, graph.edge_to[edge], graph.edge_from[edge])
    head = np.where(against, graph.edge_from[edge], graph.edge_to[edge])
    key = tail.astype(np.int64) * graph.node_count + head
    fastest_first = np.lexsort((edge_ms[edge], key))
    _, first = np.unique(key[fastest_first], return_index=True)
    rows = fastest_first[first]
    rows = rows[tail[rows] != head[rows]]
    return Arcs(
        nodes=graph.node_count,
        edge=edge[rows].astype(np.int32),
        against=against[rows],
        tail=tail[rows].astype(np.int32),
        head=head[rows].astype(np.int32),
        key=key[rows],
        ms=edge_ms[edge[rows]].astype(np.uint32),
        dm=np.rint(graph.edge_length_m[edge[rows]] * 10).astype(np.uint32),
        edge_ms=edge_ms,
    )


def has_way_back(graph: StreetGraph) -> Bools:
    """Per edge whether its twin is open to walkers, so that it need not be walked against."""
    twin = graph.edge_twin
    return (twin >= 0) & graph.open_to(Profile.WALKING)[twin]
