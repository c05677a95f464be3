"""Outlines for tests, and an independent answer to what lies inside them."""

import numpy as np
from hypothesis import strategies as st

from core.geometry import LatLon, LocalPlane
from geofence.polygon import Polygon, fault_in, polygon_of

HERE = LatLon(-29.9027, -71.2520)
PLANE = LocalPlane(HERE)
Corners = list[tuple[float, float]]


def ring(corners: Corners) -> Corners:
    """Corners in metres around `HERE` as a closed ring of (lon, lat)."""
    x, y = np.array(corners).T
    lat, lon = PLANE.latlon(x, y)
    found = [(float(o), float(a)) for o, a in zip(lon, lat, strict=True)]
    return [*found, found[0]]


def drawn(corners: Corners, *holes: Corners) -> Polygon:
    rings = [ring(corners), *(ring(hole) for hole in holes)]
    assert fault_in(rings) is None
    return polygon_of(rings)


def box(width_m: float, height_m: float, x: float = 0, y: float = 0) -> Corners:
    """A rectangle around (x, y)."""
    w, h = width_m / 2, height_m / 2
    return [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)]


@st.composite
def stars(draw: st.DrawFn) -> Corners:
    """Outlines that do not cross themselves: corners around a center, by their bearing."""
    count = draw(st.integers(3, 12))
    turns = np.cumsum(draw(st.lists(st.floats(0.2, 1), min_size=count, max_size=count)))
    bearings = 2 * np.pi * turns / turns[-1]
    away = draw(st.lists(st.floats(40, 400), min_size=count, max_size=count))
    return [
        (float(r * np.cos(b)), float(r * np.sin(b))) for r, b in zip(away, bearings, strict=True)
    ]


def is_inside(corners: Corners, x: float, y: float) -> bool:
    """By the even-odd rule."""
    inside = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def edge_distance_m(corners: Corners, x: float, y: float) -> float:
    """Metres to the nearest edge."""
    ends = np.array([*corners, corners[0]])
    a, d = ends[:-1], np.diff(ends, axis=0)
    share = np.clip(((x - a[:, 0]) * d[:, 0] + (y - a[:, 1]) * d[:, 1]) / (d**2).sum(1), 0, 1)
    foot = a + share[:, None] * d
    return float(np.hypot(foot[:, 0] - x, foot[:, 1] - y).min())


def at(x: float, y: float) -> LatLon:
    lat, lon = PLANE.latlon(np.array([x]), np.array([y]))
    return LatLon(float(lat[0]), float(lon[0]))
