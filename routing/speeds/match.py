"""Which streets rides went along: a hidden Markov model over candidate edges.

After Newson and Krumm 2009 (Hidden Markov map matching through noise and sparseness): a ping is
off its street by a normal error, and the way along the streets between two pings is about as long
as the straight line between them, with an exponential error. The way between two candidates is the
one that is cheapest by a compromise of metres and seconds, for drivers take neither the shortest
nor the fastest one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from routing.speeds.candidates import Candidates, Ints, candidates
from routing.speeds.ride import Rides
from streets.graph import StreetGraph
from streets.profile import Profile
from streets.snap import SnapIndex

BETA_M, BETA_SHARE = 15.0, 0.15
"""The scale of the exponential: what errors of two pings make, and what a bend makes of a long
step. Sparse pings leave room for whole corners."""

DETOUR, DETOUR_M = 2.0, 300.0
"""The way is no longer than twice the straight line and this: beyond it the ride is broken there
rather than led round. So a one-way street ridden the wrong way teaches nothing."""

FASTEST_MPS = 40.0
"""144 km/h: what no field agent rides."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """A graph as the compiled searches take it."""

    index: SnapIndex
    open_to: NDArray[np.bool_]
    node_start: NDArray[np.int64]
    out_edge: NDArray[np.int64]
    edge_from: NDArray[np.int64]
    edge_to: NDArray[np.int64]
    edge_m: Floats
    edge_cost: Floats

    @property
    def graph(self) -> StreetGraph:
        return self.index.graph

    @property
    def outgoing(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64],
                                Floats, Floats]:  # fmt: skip
        return self.node_start, self.out_edge, self.edge_to, self.edge_cost, self.edge_m


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Where rides went. A row of `ping`, `edge`, `begin` and `end` is a piece of a street.

    Piece *i* belongs to the step that arrives at ping `ping[i]` of the rides, and runs from share
    `begin` to share `end` of the edge; a negative one takes back what an error of the ping before
    had put too far ahead. `linked[n]` tells whether the way from ping *n* - 1 to *n* is known.
    `at_edge` (-1: unknown) and `at_fraction` are where each ping is.
    """

    linked: NDArray[np.bool_]
    at_edge: Ints
    at_fraction: Floats
    ping: NDArray[np.int64]
    edge: NDArray[np.int64]
    begin: Floats
    end: Floats

    @property
    def share(self) -> Floats:
        """How much of its edge each piece is."""
        return self.end - self.begin


def match_streets(index: SnapIndex, profile: Profile) -> Streets:
    """The streets of a profile made ready for matching; `index` has those open to it."""
    graph = index.graph
    open_to = graph.open_to(profile)
    usable = np.flatnonzero(open_to)
    order = usable[np.argsort(graph.edge_from[usable], kind="stable")].astype(np.int64)
    start = np.searchsorted(graph.edge_from[order], np.arange(graph.node_count + 1))
    cost = np.sqrt(graph.edge_length_m * graph.travel_s_of(profile))
    return Streets(
        index,
        open_to,
        start.astype(np.int64),
        order,
        graph.edge_from.astype(np.int64),
        graph.edge_to.astype(np.int64),
        graph.edge_length_m,
        cost,
    )


def match(rides: Rides, streets: Streets) -> Matched:
    """The most likely way of each ride. Numba is imported only where ways are asked for."""
    from routing.speeds import compiled

    found: Candidates = candidates(rides, streets.index, streets.open_to)
    straight_m = np.zeros(len(rides.t_s))
    straight_m[1:] = np.hypot(np.diff(rides.x), np.diff(rides.y))
    back_m = rides.sigma_m.copy()
    back_m[1:] += rides.sigma_m[:-1]
    rules = (BETA_M, BETA_SHARE, DETOUR, DETOUR_M, FASTEST_MPS)
    places = (found.start, found.edge.astype(np.int64), found.fraction, found.log_likely)
    steps = (rides.start, rides.t_s, straight_m, back_m)
    given = (streets.outgoing, streets.edge_from, steps, places)
    chosen, linked = compiled.most_likely(*given, rules)  # type: ignore[no-untyped-call]
    ping, edge, begin, end = compiled.ways(*given, (chosen, linked), rules)  # type: ignore[no-untyped-call]
    known = chosen >= 0
    at_edge = np.full(len(chosen), -1, np.int32)
    at_fraction = np.full(len(chosen), np.nan)
    at_edge[known], at_fraction[known] = found.edge[chosen[known]], found.fraction[chosen[known]]
    return Matched(linked, at_edge, at_fraction, ping, edge, begin, end)
