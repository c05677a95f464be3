"""The way an agent took, from their pings."""

from dataclasses import dataclass

import numpy as np
import shapely

from core.geometry import METRES_PER_DEGREE, Floats, LatLon, LocalPlane

GAP_S = 300.0
"""Longer silences are shown as a gap: what happened in one is not known."""

COARSE_M = 100.0
"""Such a position comes from cell towers or Wi-Fi and would draw a spike across the map."""

THINNED_M = 2.0
"""Points nearer than this to the line between their neighbors are left out: not to be seen."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Lines of (lon, lat) points, one for each stretch without a gap, and their length.

    `from_s` and `to_s` are the times of the first and last point, None when there is no line.
    """

    lines: tuple[tuple[tuple[float, float], ...], ...]
    distance_m: float
    from_s: float | None
    to_s: float | None


def trail(t_s: Floats, lat: Floats, lon: Floats, accuracy_m: Floats) -> Trail:
    """The trail of pings in order of time; an accuracy that is not a number is unknown."""
    good = ~(accuracy_m > COARSE_M)
    t_s, lat, lon = t_s[good], lat[good], lon[good]
    if len(t_s) < 2:
        return Trail((), 0.0, None, None)
    x, y = LocalPlane(LatLon(float(lat[0]), float(lon[0]))).xy(lat, lon)
    step_m, joined = np.hypot(np.diff(x), np.diff(y)), np.diff(t_s) <= GAP_S
    if not joined.any():
        return Trail((), 0.0, None, None)
    in_line = np.append(joined, False) | np.insert(joined, 0, False)
    stretches = np.split(np.column_stack((lon, lat)), np.flatnonzero(~joined) + 1)
    lines = [_thinned(points) for points in stretches if len(points) > 1]
    times = t_s[in_line]
    return Trail(tuple(lines), float(step_m[joined].sum()), float(times[0]), float(times[-1]))


def _thinned(points: Floats) -> tuple[tuple[float, float], ...]:
    line = shapely.simplify(shapely.LineString(points), THINNED_M / METRES_PER_DEGREE)
    return tuple((round(x, 6), round(y, 6)) for x, y in shapely.get_coordinates(line).tolist())
