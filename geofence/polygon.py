"""Polygons: a customer's premises as somebody drew them, in degrees of WGS84."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

from core.geometry import METRES_PER_DEGREE, Floats, LatLon, LocalPlane

MOST_VERTICES = 1000
"""Finer detail than a wall every few metres is lost in the error of any phone."""

MOST_SIDE_M = 5_000.0
"""Larger than the largest plants and markets: who stays in it has been at no customer's."""

LEAST_AREA_M2 = 25.0
"""A stall of five by five metres; less cannot be told from a point."""

MOST_LAT_DEG = 85.0
"""Nearer to the poles a plane of metres around a place is too far from the globe."""

Ring = Sequence[tuple[float, float]]
"""Positions (lon, lat) as GeoJSON has them, the last equal to the first."""


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outer ring without its holes, as well-known binary with longitude before latitude."""

    wkb: bytes


def fault_in(rings: Sequence[Ring]) -> str | None:
    """What would have to be right for these rings (the outer one first) to be a polygon, if
    anything. Coordinates must be finite; whichever way a ring turns is right."""
    if not rings or any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        return "rings of at least four positions, the last equal to the first"
    if sum(map(len, rings)) > MOST_VERTICES:
        return f"at most {MOST_VERTICES} positions; simplify the outline"
    lon, lat = np.array(rings[0]).T
    if np.ptp(lon) > 180:
        return "a polygon that does not cross the antimeridian; cut it there"
    if np.abs(lat).max() > MOST_LAT_DEG:
        return f"latitudes from -{MOST_LAT_DEG:.0f} to {MOST_LAT_DEG:.0f}"
    shape = shapely.Polygon(rings[0], rings[1:])
    if not shape.is_valid:
        return f"rings that do not cross or touch themselves or each other; {_where(shape)}"
    return _size_fault(shape)


def _where(shape: shapely.Polygon) -> str:
    """What GEOS says is wrong, and where."""
    what, _, at = shapely.is_valid_reason(shape).partition("[")
    return f"{what.strip().lower()} at [{at.rstrip(']').replace(' ', ', ')}]" if at else what


def _size_fault(shape: shapely.Polygon) -> str | None:
    metric = _in_metres(shape, LatLon(shape.centroid.y, shape.centroid.x))
    west, south, east, north = metric.bounds
    if max(east - west, north - south) > MOST_SIDE_M:
        return f"at most {MOST_SIDE_M:.0f} m from side to side"
    if metric.area < LEAST_AREA_M2:
        return f"at least {LEAST_AREA_M2:.0f} m² of ground"
    return None


def polygon_of(rings: Sequence[Ring]) -> Polygon:
    """The polygon of rings without a `fault_in` them; the outer ring is turned counterclockwise,
    holes clockwise (RFC 7946), so that however it was drawn it is the same polygon."""
    shape = shapely.orient_polygons(shapely.Polygon(rings[0], rings[1:]))
    return Polygon(shapely.to_wkb(shape, byte_order=1, output_dimension=2))


@lru_cache(maxsize=4096)
def shape_of(polygon: Polygon) -> shapely.Polygon:
    """The polygon for Shapely: x is the longitude and y the latitude, in degrees."""
    shape = shapely.from_wkb(polygon.wkb)
    assert isinstance(shape, shapely.Polygon)
    return shape


def rings_of(polygon: Polygon) -> list[list[list[float]]]:
    """The `coordinates` of a GeoJSON Polygon."""
    shape = shape_of(polygon)
    return [np.array(ring.coords).tolist() for ring in (shape.exterior, *shape.interiors)]


def centroid(polygon: Polygon) -> LatLon:
    """The middle of the ground, which may lie outside of it."""
    middle = shape_of(polygon).centroid
    return LatLon(middle.y, middle.x)


def outside_m(polygon: Polygon, position: LatLon) -> float:
    """Metres from a position to the polygon; 0 inside and on the edge."""
    metric = _in_metres(shape_of(polygon), position)
    return float(metric.distance(shapely.Point(0, 0)))


def extent_m(polygon: Polygon) -> float:
    """Metres from the centroid to the farthest corner."""
    corners = _in_metres(shape_of(polygon), centroid(polygon)).exterior.coords
    return float(np.hypot(*np.array(corners).T).max())


@lru_cache(maxsize=4096)
def area_m2(polygon: Polygon) -> float:
    """The ground in square metres."""
    return float(_in_metres(shape_of(polygon), centroid(polygon)).area)


def _in_metres(shape: shapely.Polygon, origin: LatLon) -> shapely.Polygon:
    plane = LocalPlane(origin)

    def xy(degrees: Floats) -> Floats:
        # The shorter way around the globe: a position may lie beyond the antimeridian.
        lon = origin.lon + (degrees[:, 0] - origin.lon + 180) % 360 - 180
        return np.column_stack(plane.xy(degrees[:, 1], lon))

    metric = shapely.transform(shape, xy)
    assert isinstance(metric, shapely.Polygon)
    return metric


def apart_m(polygon: Polygon, position: LatLon) -> float:
    """Roughly how far a position is, however far: straight through degrees of the same size."""
    middle = centroid(polygon)
    dlat = middle.lat - position.lat
    dlon = (middle.lon - position.lon + 180) % 360 - 180
    return float(np.hypot(dlat, dlon * np.cos(np.radians(position.lat))) * METRES_PER_DEGREE)
