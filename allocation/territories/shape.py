"""Shapes of territories in GeoJSON (RFC 7946): read, mended where that is possible, and written."""

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

MOST_POINTS = 100_000
DECIMALS = 7
"""A hundred-millionth of a degree is a millimetre."""


class NotRight(ValueError):
    """A member is not as it should be. The arguments are its name and what would be right."""


class Shape(NamedTuple):
    """A valid MultiPolygon as WKB, and whether it had to be mended for that."""

    wkb: bytes
    is_mended: bool


def shape_in(geometry: Any, prefix: str = "geometry.") -> Shape:
    """The shape of a GeoJSON Polygon or MultiPolygon; heights are left out.

    Rings that are not closed, or cross, are mended as GEOS's `MakeValid` does. `prefix` is how its
    members are named. Raises `NotRight`.
    """
    if not isinstance(geometry, dict):
        raise NotRight(prefix.rstrip(".") or "body", "a GeoJSON Polygon or MultiPolygon")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise NotRight(f"{prefix}type", '"Polygon" or "MultiPolygon"')
    where = f"{prefix}coordinates"
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts:
        raise NotRight(where, "at least one polygon")
    polygons, closed = zip(*(_polygon(part, where) for part in parts), strict=True)
    if sum(shapely.get_num_coordinates(polygons)) > MOST_POINTS:
        raise NotRight(where, f"at most {MOST_POINTS:,} points; simplify it")
    drawn = shapely.multipolygons(list(polygons))
    is_valid = bool(shapely.is_valid(drawn))
    only_areas = _areas(drawn if is_valid else shapely.make_valid(drawn, method="structure"))
    if only_areas is None:
        raise NotRight(where, "rings that enclose an area")
    # What is written and read again is the same to the last bit.
    rounded = _rounded_shape(only_areas)
    return Shape(shapely.to_wkb(shapely.orient_polygons(rounded)), not (all(closed) and is_valid))


def _polygon(rings: Any, where: str) -> tuple[shapely.Polygon, bool]:
    if not isinstance(rings, list) or not rings:
        raise NotRight(where, "an outer ring, and its holes behind it")
    lines, closed = zip(*(_ring(ring, where) for ring in rings), strict=True)
    return shapely.Polygon(lines[0], lines[1:]), all(closed)


def _ring(ring: Any, where: str) -> tuple[NDArray[np.float64], bool]:
    if not isinstance(ring, list) or not 3 <= len(ring) <= MOST_POINTS:
        raise NotRight(where, f"rings of 4 to {MOST_POINTS:,} points, the last one like the first")
    try:
        table = np.array([[at[0], at[1]] for at in ring], dtype=np.float64)
    except (TypeError, ValueError, IndexError, KeyError):
        raise NotRight(where, "points as [longitude, latitude] in degrees") from None
    if not (np.abs(table[:, 0]) <= 180).all():
        raise NotRight(where, "longitudes from -180 to 180, before the latitudes")
    if not (np.abs(table[:, 1]) <= 85).all():
        raise NotRight(where, "latitudes from -85 to 85, behind the longitudes: are they swapped?")
    is_closed = bool((table[0] == table[-1]).all())
    if not is_closed:
        table = np.vstack([table, table[:1]])
    if len(table) < 4:
        raise NotRight(where, "rings of at least 4 points, the last one like the first")
    return table, is_closed


def _rounded_shape(shape: shapely.MultiPolygon) -> shapely.MultiPolygon:
    rounded = shapely.transform(shape, lambda points: np.round(points, DECIMALS))
    if shapely.is_valid(rounded):
        return rounded
    snapped = _areas(shapely.set_precision(shape, 10**-DECIMALS))
    return shape if snapped is None else snapped


def _areas(geometry: shapely.Geometry) -> shapely.MultiPolygon | None:
    """The polygons in a geometry, or None where nothing has an area."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    polygons = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    return shapely.multipolygons(polygons) if polygons else None


def geojson_of(wkb: bytes) -> dict[str, Any]:
    """A shape as a GeoJSON MultiPolygon: outer rings counterclockwise, to the millimetre."""
    shape = shapely.orient_polygons(shapely.from_wkb(wkb))
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [_rounded(ring) for ring in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(shape)
        ],
    }


def _rounded(ring: shapely.LinearRing) -> list[list[float]]:
    points: list[list[float]] = np.round(shapely.get_coordinates(ring), DECIMALS).tolist()
    return points
