"""Positions and distances on the WGS84 globe, in degrees and metres."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidField
from core.said import say

EARTH_RADIUS_M = 6_371_008.8  # mean radius R1, IUGG
METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M

Floats = NDArray[np.float64]


class LatLon(NamedTuple):
    """A position in degrees, WGS84. Build untrusted ones with `position`."""

    lat: float
    lon: float


def position(lat: float, lon: float) -> LatLon:
    """A checked position. Raises `InvalidField` when out of range or not a number."""
    if not -90 <= lat <= 90:
        raise InvalidField("lat", say("degrees from -90 to 90"))
    if not -180 <= lon <= 180:
        raise InvalidField("lon", say("degrees from -180 to 180"))
    return LatLon(lat, lon)


def distance_m(a: LatLon, b: LatLon) -> float:
    """Great-circle distance (haversine)."""
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def bearing_deg(a: LatLon, b: LatLon) -> float:
    """Initial course from `a` to `b`, degrees clockwise from north, 0 to 360."""
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    dlon = math.radians(b.lon - a.lon)
    y = math.sin(dlon) * math.cos(lat2)
    x = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(dlon)
    return math.degrees(math.atan2(y, x)) % 360


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """An equirectangular plane around `origin`: metres east and north.

    Within 50 km of the origin and below 65° of latitude its distances are within 0.5 % of
    the haversine ones.
    """

    origin: LatLon

    def xy(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """Arrays of degrees to arrays of metres (east, north)."""
        scale = METRES_PER_DEGREE * math.cos(math.radians(self.origin.lat))
        return (lon - self.origin.lon) * scale, (lat - self.origin.lat) * METRES_PER_DEGREE

    def latlon(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """The inverse of `xy`: arrays of metres to (lat, lon) in degrees."""
        scale = METRES_PER_DEGREE * math.cos(math.radians(self.origin.lat))
        return self.origin.lat + y / METRES_PER_DEGREE, self.origin.lon + x / scale
