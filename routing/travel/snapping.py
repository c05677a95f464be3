"""Positions put to the streets that they face."""

from collections.abc import Sequence

import numpy as np
import shapely

from core.geometry import Floats
from routing.travel.doors import Doors, walk_s
from streets.graph import Bools, Ints
from streets.snap import WITHIN_M, SnapIndex, Snapped, snap, snapped_to
from streets.street_names import asked_streets
from streets.water import Water


def doors_of(
    index: SnapIndex,
    water: Water,
    lat: Floats,
    lon: Floats,
    lines: Sequence[str] | None = None,
    within_m: float = WITHIN_M,
) -> Doors:
    """The door of each position: on the nearest street that one can walk to it from.

    That is a street within `within_m` with no open water in between; the street that the address
    line names comes first when it is hardly farther.
    """
    names = asked_streets(index.graph, lines) if lines is not None else None
    found = snap(index, lat, lon, within_m, names)
    wet = found.reachable & water.lies_between(lat, lon, *_or_zero(found))
    if wet.any():
        found, wet = _on_this_side(index, water, lat, lon, found, wet)
    dry = found.reachable & ~wet
    return Doors(
        edge=np.where(dry, found.edge, -1).astype(np.int32),
        fraction=found.fraction,
        node=np.where(dry, found.node, -1).astype(np.int32),
        walk_s=np.where(dry, walk_s(np.where(dry, found.distance_m, 0.0)), 0).astype(np.int32),
        distance_m=found.distance_m,
        wet=wet,
        lat=lat,
        lon=lon,
        street_lat=found.lat,
        street_lon=found.lon,
    )


def _on_this_side(
    index: SnapIndex, water: Water, lat: Floats, lon: Floats, found: Snapped, wet: Bools
) -> tuple[Snapped, Bools]:
    """For positions with water before the nearest street: the nearest street without, if any."""
    asked = np.flatnonzero(wet)
    x, y = index.pieces.plane.xy(lat[asked], lon[asked])
    row, piece = index.tree.query(shapely.points(x, y), predicate="dwithin", distance=WITHIN_M)
    row = asked[row]
    other = snapped_to(index, piece, lat[row], lon[row], WITHIN_M)
    across = water.lies_between(lat[row], lon[row], *_or_zero(other))
    order = np.lexsort((other.distance_m, row))
    order = order[(other.reachable & ~across)[order]]
    rows, first = np.unique(row[order], return_index=True)
    best = order[first]
    columns: dict[str, Floats | Ints] = {}
    for name in ("edge", "fraction", "lat", "lon", "node", "distance_m", "reachable"):
        column = getattr(found, name).copy()
        column[rows] = getattr(other, name)[best]
        columns[name] = column
    still = wet.copy()
    still[rows] = False
    return Snapped(**columns), still  # type: ignore[arg-type]


def _or_zero(found: Snapped) -> tuple[Floats, Floats]:
    return np.where(found.reachable, found.lat, 0.0), np.where(found.reachable, found.lon, 0.0)
