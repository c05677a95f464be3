"""A trail as the screens show it, and as GeoJSON for others."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely

from core.geometry import Floats, LatLon, LocalPlane
from tracking.trails.day_report import WorkingAgent
from tracking.trails.one_per_instant import Rows
from tracking.trails.trail import Gap, Stop, Summary, Trail, instants

THINNED_M = 2.0
"""Points nearer than this to the line between their neighbors are left out: not to be seen."""


def trail_feature(agent_id: str, trail: Trail, tolerance_m: float = THINNED_M) -> dict[str, Any]:
    """A GeoJSON Feature: a LineString, a MultiLineString with gaps, or no geometry at all.

    The lines are the way, simplified by up to `tolerance_m` without a new crossing; stops, gaps
    and figures are properties, and `speeds_mps` has for each line a mean speed between each two
    of its points, without what was stood there.
    """
    simplified = _simplified(trail, tolerance_m)
    lines = [points for points, _ in simplified]
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
            "speeds_mps": [speeds for _, speeds in simplified],
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


_Line = tuple[list[tuple[float, float]], list[float]]
"""Points as (longitude, latitude), and the speed from each to the next."""


def _simplified(trail: Trail, tolerance_m: float) -> list[_Line]:
    if all(first == last for first, last in trail.stretches):
        return []
    plane = LocalPlane(LatLon(float(trail.way_lat[0]), float(trail.way_lon[0])))
    points = np.column_stack(plane.xy(trail.way_lat, trail.way_lon))
    ways = [_without_repeats(points, first, last) for first, last in trail.stretches]
    ways = [rows for rows in ways if len(rows) > 1]
    # A point's place in its way goes along as its height, for thinning leaves heights alone.
    lines = [np.column_stack((points[rows], np.arange(len(rows)))) for rows in ways]
    thinned = shapely.get_parts(shapely.simplify(shapely.MultiLineString(lines), tolerance_m))
    return [
        _line(plane, line, _links(trail, points, rows))
        for line, rows in zip(thinned, ways, strict=True)
    ]


def _without_repeats(points: Floats, first: int, last: int) -> Rows:
    """The rows of a stretch at which the way goes on: a stop is one, not all of its pings."""
    moves = (np.diff(points[first : last + 1], axis=0) != 0).any(axis=1)
    return first + np.flatnonzero(np.append(True, moves))


def _links(trail: Trail, points: Floats, rows: Rows) -> Floats:
    """Meters and seconds up to each of these points; what was stood at one is in no way to it."""
    went_m = np.hypot(*np.diff(points[rows], axis=0).T)
    took_s = trail.t_s[rows[1:]] - trail.t_s[rows[1:] - 1]
    sums: Floats = np.zeros((2, len(rows)))
    np.cumsum((went_m, took_s), axis=1, out=sums[:, 1:])
    return sums


def _line(plane: LocalPlane, line: Any, sums: Floats) -> _Line:
    x, y, place = shapely.get_coordinates(line, include_z=True).T
    lat, lon = plane.latlon(x, y)
    went_m, took_s = np.diff(sums[:, place.astype(np.intp)], axis=1)
    coordinates = zip(np.round(lon, 6).tolist(), np.round(lat, 6).tolist(), strict=True)
    return list(coordinates), np.round(went_m / took_s, 1).tolist()


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
