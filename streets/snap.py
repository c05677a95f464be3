"""Many positions at once onto the street network."""

from dataclasses import dataclass

import numpy as np
import shapely

from core.geometry import Floats
from streets.graph import Bools, Ints, StreetGraph
from streets.segments import Segments, segments

WITHIN_M = 300.0
"""How far from a street a home may lie and still be walked to from there."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """A row per position, in the order given.

    Where `reachable`: `edge` is the nearest street (one of its two directions), `fraction` the
    place along it (0 at its start, 1 at its end), `lat` and `lon` the point there and `node` the
    end of that edge that is nearer along it. Where not: `edge` and `node` are -1, and the other
    columns NaN, except `distance_m`, which always tells how far the nearest street is (infinite for
    a position that is no number).
    """

    edge: Ints
    fraction: Floats
    lat: Floats
    lon: Floats
    node: Ints
    distance_m: Floats
    reachable: Bools


@dataclass(frozen=True, slots=True, eq=False)
class SnapIndex:
    """A graph's streets in a spatial index. Build it once with `snap_index`; threads may share."""

    graph: StreetGraph
    pieces: Segments
    tree: shapely.STRtree


def snap_index(graph: StreetGraph) -> SnapIndex:
    """The index of a graph: some 50 ms for 35,000 pieces of street."""
    pieces = segments(graph)
    return SnapIndex(graph, pieces, shapely.STRtree(np.asarray(shapely.linestrings(pieces.ends))))


def snap(index: SnapIndex, lat: Floats, lon: Floats, within_m: float = WITHIN_M) -> Snapped:
    """The nearest street of each position, exactly; farther than `within_m` is not reachable.

    `lat` and `lon` are arrays of one length, in degrees. Distances are on a plane around the
    city's center (`core.geometry.LocalPlane` says how true they are).
    """
    graph, pieces = index.graph, index.pieces
    finite = np.isfinite(lat) & np.isfinite(lon)
    x, y = pieces.plane.xy(np.where(finite, lat, 0.0), np.where(finite, lon, 0.0))
    near = np.zeros(len(x), np.intp)
    near[finite] = index.tree.nearest(shapely.points(x[finite], y[finite]))

    # The foot of the perpendicular, held inside the piece.
    x1, y1 = pieces.x1[near], pieces.y1[near]
    dx, dy = pieces.x2[near] - x1, pieces.y2[near] - y1
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    share = np.clip(((x - x1) * dx + (y - y1) * dy) / square, 0.0, 1.0)
    foot_x, foot_y = x1 + share * dx, y1 + share * dy
    distance_m = np.where(finite, np.hypot(x - foot_x, y - foot_y), np.inf)
    reachable = distance_m <= within_m

    edge = pieces.edge[near]
    edge_m = np.maximum(pieces.edge_m[edge], 1e-9)
    fraction = np.clip((pieces.along_m[near] + share * np.sqrt(square)) / edge_m, 0.0, 1.0)
    node = np.where(fraction <= 0.5, graph.edge_from[edge], graph.edge_to[edge])
    foot_lat, foot_lon = pieces.plane.latlon(foot_x, foot_y)
    return Snapped(
        edge=np.where(reachable, edge, -1).astype(np.int32),
        fraction=np.where(reachable, fraction, np.nan),
        lat=np.where(reachable, foot_lat, np.nan),
        lon=np.where(reachable, foot_lon, np.nan),
        node=np.where(reachable, node, -1).astype(np.int32),
        distance_m=distance_m,
        reachable=reachable,
    )
