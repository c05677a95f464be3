"""The straight pieces that streets are made of, on a plane in metres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats, LocalPlane
from streets.graph import Ints, StreetGraph


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Row *i* runs from (x1, y1) to (x2, y2) along `edge`, `along_m` from that edge's start.

    Only one direction of each street is here. Lengths are the plane's, so `along_m` is a share of
    `edge_m` (per edge of the graph) rather than of the graph's own `edge_length_m`.
    """

    plane: LocalPlane
    edge: Ints
    x1: Floats
    y1: Floats
    x2: Floats
    y2: Floats
    along_m: Floats
    edge_m: Floats

    @property
    def ends(self) -> NDArray[np.float64]:
        """An array (n, 2, 2) of coordinates, as `shapely.linestrings` takes them."""
        start = np.stack([self.x1, self.y1], axis=1)
        return np.stack([start, np.stack([self.x2, self.y2], axis=1)], axis=1)


def segments(graph: StreetGraph) -> Segments:
    """Every straight piece of every street, once, around the graph's center."""
    plane = LocalPlane(graph.center)
    x, y = plane.xy(graph.shape_lat, graph.shape_lon)
    edge = np.repeat(np.arange(graph.edge_count, dtype=np.int32), np.diff(graph.shape_start))
    step_m = np.zeros(len(x))
    step_m[1:] = np.hypot(np.diff(x), np.diff(y))
    step_m[graph.shape_start[:-1]] = 0
    total_m = np.cumsum(step_m)
    start_m = total_m[graph.shape_start[:-1]]
    along_m = total_m - start_m[edge]
    edge_m = along_m[graph.shape_start[1:] - 1]
    here = np.flatnonzero((edge[:-1] == edge[1:]) & graph.once[edge[:-1]])
    return Segments(
        plane, edge[here], x[here], y[here], x[here + 1], y[here + 1], along_m[here], edge_m
    )
