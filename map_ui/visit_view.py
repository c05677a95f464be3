"""Visits as GeoJSON."""

from collections.abc import Sequence
from typing import Any


def visit_collection(visits: Sequence[dict[str, Any]], next_cursor: str | None) -> dict[str, Any]:
    """Visits, as the API's JSON has them, as a FeatureCollection of points; `next_cursor` is a
    foreign member (RFC 7946, section 6.1)."""
    return {
        "type": "FeatureCollection",
        "next_cursor": next_cursor,
        "features": [_feature(visit) for visit in visits],
    }


def _feature(visit: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in visit.items() if key not in ("id", "lat", "lon")}
    return {
        "type": "Feature",
        "id": visit["id"],
        "geometry": {"type": "Point", "coordinates": [visit["lon"], visit["lat"]]},
        "properties": properties,
    }
