"""Streets as what territories are cut from: an undirected network, and points along its streets."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from core.geometry import Floats, LocalPlane
from streets.graph import StreetGraph
from streets.profile import Profile

Ints = NDArray[np.int64]

SPACING_M = 60.0
"""Territories follow streets that bend: a point this often along each of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Nodes on a plane in meters, joined by `ways`: seconds between neighbors, the same both ways.

    One-way streets count as the faster of their two directions, or the only one.
    """

    x_m: Floats
    y_m: Floats
    ways: csr_array

    @classmethod
    def of(cls, x_m: Floats, y_m: Floats, tail: Ints, head: Ints, travel_s: Floats) -> Self:
        """The network of directed edges."""
        low, high = np.minimum(tail, head), np.maximum(tail, head)
        order = np.lexsort((travel_s, high, low))
        low, high, travel_s = low[order], high[order], travel_s[order]
        first = (np.diff(low, prepend=-1) != 0) | (np.diff(high, prepend=-1) != 0)
        first &= low != high
        a, b, s = low[first], high[first], np.maximum(travel_s[first], 1e-3)
        both = (np.concatenate([s, s]), (np.concatenate([a, b]), np.concatenate([b, a])))
        ways = csr_array(coo_array(both, shape=(len(x_m), len(x_m))))
        ways.sort_indices()
        return cls(x_m, y_m, ways)


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Points along the streets, in meters, each with the node that it belongs to."""

    x_m: Floats
    y_m: Floats
    node: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What of a city a profile can get to: its streets, points along them, and the plane."""

    plane: LocalPlane
    streets: Streets
    sites: Sites


def ground_of(graph: StreetGraph, profile: Profile) -> Ground:
    """The ground that a profile works on. Half of each street belongs to each of its ends."""
    open_to = graph.open_to(profile)
    plane = LocalPlane(graph.center)
    used = np.unique(np.concatenate([graph.edge_from[open_to], graph.edge_to[open_to]]))
    row = np.full(graph.node_count, -1, dtype=np.int64)
    row[used] = np.arange(len(used))
    x_m, y_m = plane.xy(graph.node_lat[used], graph.node_lon[used])
    tail, head = row[graph.edge_from], row[graph.edge_to]
    streets = Streets.of(
        x_m, y_m, tail[open_to], head[open_to], graph.travel_s_of(profile)[open_to]
    )
    once = open_to & (graph.once | ~_twin_is_open(graph, open_to))
    return Ground(plane, streets, _sites(graph, plane, np.flatnonzero(once), tail, head, streets))


def _twin_is_open(graph: StreetGraph, open_to: NDArray[np.bool_]) -> NDArray[np.bool_]:
    twin: NDArray[np.bool_] = (graph.edge_twin >= 0) & open_to[graph.edge_twin]
    return twin


def _sites(
    graph: StreetGraph, plane: LocalPlane, edges: Ints, tail: Ints, head: Ints, streets: Streets
) -> Sites:
    many = np.diff(graph.shape_start)[edges]
    behind = np.cumsum(many) - many
    rows = np.arange(int(many.sum())) - np.repeat(behind, many)
    rows += np.repeat(graph.shape_start[edges], many)
    x_m, y_m = plane.xy(graph.shape_lat[rows], graph.shape_lon[rows])
    lines = shapely.linestrings(x_m, y_m, indices=np.repeat(np.arange(len(edges)), many))
    points, line = shapely.get_coordinates(shapely.segmentize(lines, SPACING_M), return_index=True)
    step_m = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step_m[np.flatnonzero(np.diff(line, prepend=-1))] = 0
    along_m = np.cumsum(step_m)
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    ends = np.append(starts[1:], len(line)) - 1
    half_m = (along_m[starts] + along_m[ends]) / 2
    node = np.where(along_m <= half_m[line], tail[edges][line], head[edges][line])
    # The ends of streets are nodes, and each node is a point once.
    inside = np.ones(len(points), dtype=bool)
    inside[starts], inside[ends] = False, False
    x_m = np.concatenate([streets.x_m, points[inside, 0]])
    y_m = np.concatenate([streets.y_m, points[inside, 1]])
    node = np.concatenate([np.arange(len(streets.x_m)), node[inside]])
    _, first = np.unique(np.round(np.column_stack([x_m, y_m]), 1), axis=0, return_index=True)
    first.sort()
    return Sites(x_m[first], y_m[first], node[first])
