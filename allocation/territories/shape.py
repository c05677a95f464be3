"""Shapes of territories in GeoJSON (RFC 7946): read, mended where that is possible, and written."""

import re
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from core.said import say

MOST_POINTS = 100_000
DECIMALS = 7
"""A hundred-millionth of a degree is a millimetre."""
_SHARE_THAT_MATTERS = 1e-6
"""Where sides cross, what lies between them counts twice or not at all: mended, the area differs.
Rings that only touch, or cross by a hair, enclose the same either way."""

_PLACE = re.compile(r"\[(\S+) (\S+)\]")


class NotRight(ValueError):
    """A member is not as it should be. The arguments are its name and what would be right."""


class Shape(NamedTuple):
    """A valid MultiPolygon as WKB, and whether it had to be mended for that."""

    wkb: bytes
    is_mended: bool


def shape_in(geometry: Any, prefix: str = "geometry.", *, may_cross: bool = True) -> Shape:
    """The shape of a GeoJSON Polygon or MultiPolygon; heights are left out.

    Rings that are not closed are closed. Those that cross are mended as GEOS's `MakeValid` does, or
    refused where they may not: nobody but who drew them knows which ground is meant. `prefix` is
    how its members are named. Raises `NotRight`.
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
    if not may_cross and not is_valid and _encloses_other(drawn, only_areas):
        raise NotRight(where, _crossing(drawn))
    # What is written and read again is the same to the last bit.
    rounded = _rounded_shape(only_areas)
    return Shape(shapely.to_wkb(shapely.orient_polygons(rounded)), not (all(closed) and is_valid))


def _encloses_other(drawn: shapely.MultiPolygon, mended: shapely.MultiPolygon) -> bool:
    return abs(mended.area - drawn.area) > _SHARE_THAT_MATTERS * mended.area


def _crossing(drawn: shapely.MultiPolygon) -> str:
    """What would be right, and where it is not, as far as GEOS tells."""
    place = _PLACE.search(shapely.is_valid_reason(drawn))
    if place is None:
        return say("a boundary that does not cross itself; move a corner, or set two territories")
    lon, lat = (round(float(each), 5) for each in place.groups())
    return say(
        "a boundary that does not cross itself, as it does near {lat}, {lon} "
        "(latitude, longitude); move a corner, or set two territories",
        lat=lat,
        lon=lon,
    )


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
