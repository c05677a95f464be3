"""A trail as GPX 1.1: tracks for navigation devices, map editors and spreadsheets of others."""

from collections.abc import Iterator
from html import escape

import numpy as np

from tracking.trails.trail import Stop, Trail, instants

NAMESPACE = "http://www.topografix.com/GPX/1/1"
SCHEMA = "http://www.topografix.com/GPX/1/1/gpx.xsd"
OURS = "urn:roundsman:gpx:1"
"""Ours are the accuracy of a ping and the dwell of a stop, which GPX has no elements for."""

AT_ONCE = 1000


def gpx(trail: Trail, name: str) -> Iterator[str]:
    """The document in parts: the stops as waypoints, then one track with a segment per stretch."""
    title = escape(_legal(name))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="Roundsman" xmlns="{NAMESPACE}" xmlns:rm="{OURS}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{NAMESPACE} {SCHEMA}">\n'
        f"<metadata><name>{title}</name></metadata>\n"
    )
    for number, stop in enumerate(trail.stops, 1):
        yield _waypoint(stop, number)
    yield f"<trk><name>{title}</name>\n"
    for first, last in trail.stretches:
        yield "<trkseg>\n"
        for begin in range(first, last + 1, AT_ONCE):
            yield _points(trail, slice(begin, min(begin + AT_ONCE, last + 1)))
        yield "</trkseg>\n"
    yield "</trk>\n</gpx>\n"


def _legal(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(c for c in text if c.isprintable() or c == " ")


def _waypoint(stop: Stop, number: int) -> str:
    (began_at,) = instants(np.array([stop.began_s]))
    return (
        f'<wpt lat="{stop.lat:.7f}" lon="{stop.lon:.7f}"><time>{began_at}</time>'
        f"<name>Stop {number}</name><desc>{stop.dwell_s / 60:.0f} min</desc><type>stop</type>"
        f"<extensions><rm:dwell_s>{stop.dwell_s:.3f}</rm:dwell_s>"
        f"<rm:pings>{stop.pings}</rm:pings></extensions></wpt>\n"
    )


def _points(trail: Trail, rows: slice) -> str:
    columns = (trail.lat, trail.lon, trail.altitude_m, trail.accuracy_m)
    lat, lon, altitude_m, accuracy_m = (column[rows].tolist() for column in columns)
    return "".join(
        f'<trkpt lat="{y:.7f}" lon="{x:.7f}">'
        + (f"<ele>{up_m:.1f}</ele>" if up_m == up_m else "")  # noqa: PLR0124 not a number is unknown
        + f"<time>{at}</time>"
        + (
            f"<extensions><rm:accuracy_m>{error_m:.1f}</rm:accuracy_m></extensions>"
            if error_m == error_m  # noqa: PLR0124
            else ""
        )
        + "</trkpt>\n"
        for at, y, x, up_m, error_m in zip(
            instants(trail.t_s[rows]), lat, lon, altitude_m, accuracy_m, strict=True
        )
    )
