"""A trail as the screens show it, and as GeoJSON for others."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely

from core.geometry import Floats, LatLon, LocalPlane
from tracking.trails.day_report import WorkingAgent
from tracking.trails.trail import Gap, Stop, Summary, Trail, instants

THINNED_M = 2.0
"""Points nearer than this to the line between their neighbors are left out: not to be seen."""


def trail_feature(agent_id: str, trail: Trail, tolerance_m: float = THINNED_M) -> dict[str, Any]:
    """A GeoJSON Feature: a LineString, a MultiLineString with gaps, or no geometry at all.

    The lines are the way, simplified by up to `tolerance_m` without a new crossing; stops, gaps
    and figures are properties.
    """
    lines = _simplified(trail, tolerance_m)
    geometry: dict[str, Any] | None = None
    if len(lines) == 1:
        geometry = {"type": "LineString", "coordinates": lines[0]}
    elif lines:
        geometry = {"type": "MultiLineString", "coordinates": lines}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "agent_id": agent_id,
            **figures(trail.summary),
            "stops": [
                {**stop_view(stop), "lat": stop.lat, "lon": stop.lon} for stop in trail.stops
            ],
            "gaps": [
                {**gap_view(gap), "start": gap.start._asdict(), "end": gap.end._asdict()}
                for gap in trail.gaps
            ],
        },
    }


def trail_collection(agent: WorkingAgent, day: date, trail: Trail) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of all that a trail holds, told apart by `kind`.

    A `stretch` is a line through every believed ping (a point if there is just one), with
    their times and accuracies beside the coordinates; a `stop` is a point; a `gap` is the
    straight line across. Figures are a member of the collection.
    """
    features = [_stretch(trail, first, last) for first, last in trail.stretches]
    features += [
        _feature("stop", _point(stop.lat, stop.lon), stop_view(stop)) for stop in trail.stops
    ]
    features += [_feature("gap", _across(gap), gap_view(gap)) for gap in trail.gaps]
    return {
        "type": "FeatureCollection",
        "agent_id": str(agent.id),
        "agent": agent.name,
        "branch": agent.branch,
        "day": day.isoformat(),
        "zone": agent.zone,
        "summary": figures(trail.summary),
        "features": features,
    }


def _simplified(trail: Trail, tolerance_m: float) -> list[list[tuple[float, float]]]:
    if all(first == last for first, last in trail.stretches):
        return []
    plane = LocalPlane(LatLon(float(trail.way_lat[0]), float(trail.way_lon[0])))
    points = np.column_stack(plane.xy(trail.way_lat, trail.way_lon))
    stretches = [points[first : last + 1] for first, last in trail.stretches]
    lines = [line for each in stretches if len(line := _without_repeats(each)) > 1]
    thinned = shapely.simplify(shapely.MultiLineString(lines), tolerance_m)
    return [_coordinates(plane, line) for line in shapely.get_parts(thinned)]


def _without_repeats(points: Floats) -> Floats:
    """A stop is one point of the way, not one for each of its pings."""
    moves = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    kept: Floats = points[moves]
    return kept


def _coordinates(plane: LocalPlane, line: Any) -> list[tuple[float, float]]:
    lat, lon = plane.latlon(*shapely.get_coordinates(line).T)
    return list(zip(np.round(lon, 6).tolist(), np.round(lat, 6).tolist(), strict=True))


def _stretch(trail: Trail, first: int, last: int) -> dict[str, Any]:
    rows = slice(first, last + 1)
    lon, lat = np.round(trail.lon[rows], 7).tolist(), np.round(trail.lat[rows], 7).tolist()
    points = list(zip(lon, lat, strict=True))
    accuracy_m = [None if a != a else round(a, 1) for a in trail.accuracy_m[rows].tolist()]  # noqa: PLR0124 not a number is unknown
    geometry: dict[str, Any] = {"type": "LineString", "coordinates": points}
    if first == last:
        geometry = {"type": "Point", "coordinates": points[0]}
    return _feature(
        "stretch", geometry, {"times": instants(trail.t_s[rows]), "accuracies_m": accuracy_m}
    )


def _feature(kind: str, geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}


def _point(lat: float, lon: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": (round(lon, 7), round(lat, 7))}


def _across(gap: Gap) -> dict[str, Any]:
    ends = [_point(*each)["coordinates"] for each in (gap.start, gap.end)]
    return {"type": "LineString", "coordinates": ends}


def figures(summary: Summary) -> dict[str, Any]:
    """A trail's figures, as all views of it tell them."""
    return {
        "from": _instant(summary.first_ping_s),
        "to": _instant(summary.last_ping_s),
        "pings": summary.pings,
        "coarse": summary.coarse,
        "outliers": summary.outliers,
        "devices": summary.devices,
        "distance_m": round(summary.distance_m, 1),
        "moving_s": round(summary.moving_s, 1),
        "standing_s": round(summary.standing_s, 1),
        "gap_s": round(summary.gap_s, 1),
    }


def stop_view(stop: Stop) -> dict[str, Any]:
    """When and for how long somebody stopped, without the place."""
    return {
        "began_at": _instant(stop.began_s),
        "ended_at": _instant(stop.ended_s),
        "dwell_s": round(stop.dwell_s, 1),
        "radius_m": round(stop.radius_m, 1),
        "pings": stop.pings,
    }


def gap_view(gap: Gap) -> dict[str, Any]:
    """When and over how far the way is not known, without its ends."""
    return {
        "began_at": _instant(gap.began_s),
        "ended_at": _instant(gap.ended_s),
        "lasted_s": round(gap.lasted_s, 1),
        "distance_m": round(gap.distance_m, 1),
        "why": "jump" if gap.is_jump else "silence",
    }


def _instant(epoch_s: float | None) -> datetime | None:
    return None if epoch_s is None else datetime.fromtimestamp(epoch_s, UTC)
