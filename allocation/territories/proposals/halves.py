"""A territory cut in two: each half whole on the streets, both of about the same work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from allocation.territories.proposals.cells import REACH_M
from allocation.territories.proposals.cut import nearest_site
from allocation.territories.proposals.figures import pieces
from allocation.territories.proposals.partition import partition
from allocation.territories.proposals.streets import Ground, Ints, Sites, Streets
from core.geometry import Floats, LatLon

TOLERANCE = 0.1
SEED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """The half (0 or 1) of each case, the middle of each half, and whether its streets hang
    together. Half 0 is the one farther north or, side by side, west."""

    half: Ints
    middles: tuple[LatLon, LatLon]
    is_whole: tuple[bool, bool]


def within(ground: Ground, shape: bytes | None, positions: Sequence[LatLon]) -> Ground | None:
    """The streets of a territory that hang together: those in `shape` (WKB, in degrees), or around
    `positions` where there is none. None where no street is there."""
    x_m, y_m = _xy(ground, positions)
    area: Any
    if shape is None:
        around = shapely.convex_hull(shapely.multipoints(np.column_stack([x_m, y_m])))
        area = shapely.buffer(around, REACH_M)
    else:
        area = shapely.transform(shapely.from_wkb(shape), lambda at: _on_plane(ground, at))
    streets = ground.streets
    inside = np.flatnonzero(shapely.contains_xy(area, streets.x_m, streets.y_m))
    if not len(inside):
        return None
    ways = csr_array(streets.ways[inside][:, inside])
    _, piece = connected_components(ways, directed=False)
    largest = np.flatnonzero(piece == np.bincount(piece).argmax())
    kept = inside[largest]
    row = np.full(len(streets.x_m), -1, dtype=np.int64)
    row[kept] = np.arange(len(kept))
    ways = csr_array(ways[largest][:, largest])
    ways.sort_indices()
    sites = ground.sites
    here = row[sites.node] >= 0
    return replace(
        ground,
        streets=Streets(streets.x_m[kept], streets.y_m[kept], ways),
        sites=Sites(sites.x_m[here], sites.y_m[here], row[sites.node[here]]),
    )


def halves(ground: Ground, positions: Sequence[LatLon], work_min: Floats) -> Halves | None:
    """Cut the cases at `positions` in two by the streets of `ground`, each case with its minutes of
    work. None where all of them are at one crossing."""
    site, _ = nearest_site(ground, positions)
    node = ground.sites.node[site]
    streets = ground.streets
    at_node = np.bincount(node, work_min, minlength=len(streets.x_m)).astype(np.float64)
    if int((at_node > 0).sum()) < 2:
        return None
    parts = partition(streets, at_node, 2, TOLERANCE, SEED)
    x_m, y_m = streets.x_m[parts.center], streets.y_m[parts.center]
    apart_x_m, apart_y_m = x_m[1] - x_m[0], y_m[1] - y_m[0]
    is_turned = apart_y_m > 0 if abs(apart_y_m) >= abs(apart_x_m) else apart_x_m < 0
    label = 1 - parts.label if is_turned else parts.label
    order = [1, 0] if is_turned else [0, 1]
    lat, lon = ground.plane.latlon(x_m[order], y_m[order])
    first, second = (LatLon(float(a), float(b)) for a, b in zip(lat, lon, strict=True))
    whole = pieces(streets, label, 2) == 1
    return Halves(label[node], (first, second), (bool(whole[0]), bool(whole[1])))


def _xy(ground: Ground, positions: Sequence[LatLon]) -> tuple[Floats, Floats]:
    table = np.array(positions, dtype=np.float64).reshape(-1, 2)
    x_m, y_m = ground.plane.xy(table[:, 0], table[:, 1])
    return np.asarray(x_m), np.asarray(y_m)


def _on_plane(ground: Ground, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(ground.plane.xy(at[:, 1], at[:, 0]))
