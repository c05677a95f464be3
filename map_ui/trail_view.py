"""A trail as the screens show it."""

from datetime import UTC, datetime
from typing import Any

from tracking.trail import Trail


def trail_feature(agent_id: str, trail: Trail) -> dict[str, Any]:
    """A GeoJSON Feature: a LineString, a MultiLineString with gaps, or no geometry at all."""
    geometry: dict[str, Any] | None = None
    if len(trail.lines) == 1:
        geometry = {"type": "LineString", "coordinates": trail.lines[0]}
    elif trail.lines:
        geometry = {"type": "MultiLineString", "coordinates": trail.lines}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "agent_id": agent_id,
            "from": _instant(trail.from_s),
            "to": _instant(trail.to_s),
            "distance_m": round(trail.distance_m, 1),
        },
    }


def _instant(epoch_s: float | None) -> datetime | None:
    return None if epoch_s is None else datetime.fromtimestamp(epoch_s, UTC)
