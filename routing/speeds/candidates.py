"""Where on the streets each ping of a ride may have been."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from core.geometry import Floats
from routing.speeds.ride import Rides, Rows
from streets.snap import SnapIndex

Ints = NDArray[np.int32]

NEAR_SIGMAS = 3.0
LEAST_M, MOST_M = 25.0, 120.0
"""A street is a candidate within three σ, and within these limits: lanes have a width, and beyond
the second nearly every street of a town would be one."""

MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Directed edges near pings; those of ping *n* are `start[n]` to `start[n + 1]`.

    `fraction` is the place along the edge (0 at its start), `log_likely` the logarithm of how
    likely the ping is there, up to a constant of the ping.
    """

    start: Rows
    edge: Ints
    fraction: Floats
    log_likely: Floats


def candidates(rides: Rides, index: SnapIndex, open_to: NDArray[np.bool_]) -> Candidates:
    """The nearest edges of each ping in both directions, at most `MOST_CANDIDATES`.

    `open_to` tells per edge whether one may ride along it.
    Emission is a normal error across the street (Newson and Krumm 2009, section 4.1).
    """
    pieces, graph = index.pieces, index.graph
    near_m = np.clip(NEAR_SIGMAS * rides.sigma_m, LEAST_M, MOST_M)
    points = shapely.points(rides.x, rides.y)
    ping, piece = index.tree.query(points, predicate="dwithin", distance=near_m)
    x, y = rides.x[ping], rides.y[ping]
    x1, y1 = pieces.x1[piece], pieces.y1[piece]
    dx, dy = pieces.x2[piece] - x1, pieces.y2[piece] - y1
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    share = np.clip(((x - x1) * dx + (y - y1) * dy) / square, 0.0, 1.0)
    off_m = np.hypot(x - x1 - share * dx, y - y1 - share * dy)
    edge = pieces.edge[piece]
    whole_m = np.maximum(pieces.edge_m[edge], 1e-9)
    fraction = np.clip((pieces.along_m[piece] + share * np.sqrt(square)) / whole_m, 0.0, 1.0)

    # Of the pieces of one street the nearest; then the way back along it, where there is one.
    nearest = np.lexsort((off_m, edge, ping))
    _, first = np.unique(ping[nearest].astype(np.int64) * graph.edge_count + edge[nearest],
                         return_index=True)  # fmt: skip
    kept = nearest[first]
    back = kept[graph.edge_twin[edge[kept]] >= 0]
    ping = np.concatenate([ping[kept], ping[back]])
    fraction = np.concatenate([fraction[kept], 1 - fraction[back]])
    off_m = np.concatenate([off_m[kept], off_m[back]])
    edge = np.concatenate([edge[kept], graph.edge_twin[edge[back]]])
    rideable = np.flatnonzero(open_to[edge])
    ping, edge = ping[rideable], edge[rideable]
    fraction, off_m = fraction[rideable], off_m[rideable]

    order = np.lexsort((edge, off_m, ping))
    begin = np.searchsorted(ping[order], np.arange(len(rides.t_s) + 1))
    rank = np.arange(len(order)) - begin[ping[order]]
    order = order[rank < MOST_CANDIDATES]
    start = np.searchsorted(ping[order], np.arange(len(rides.t_s) + 1))
    z = off_m[order] / rides.sigma_m[ping[order]]
    return Candidates(
        start.astype(np.intp), edge[order].astype(np.int32), fraction[order], -0.5 * z * z
    )
