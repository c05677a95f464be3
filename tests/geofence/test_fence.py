"""Fences: distances and radii."""

import math
from uuid import UUID

import pytest

from core.geometry import EARTH_RADIUS_M, LatLon
from geofence.fence import (
    Fence,
    GeocodeQuality,
    distance_outside_m,
    radius_for,
)
from tests.geofence.shapes.outlines import at, box, drawn

DOOR = LatLon(-29.9, -71.25)


def fence(center: LatLon = DOOR, radius_m: float = 50) -> Fence:
    return Fence(UUID(int=1), center, radius_m)


def moved(start: LatLon, distance_m: float, bearing_deg: float) -> LatLon:
    """Along a great circle; the direct problem on the sphere."""
    angle, course = distance_m / EARTH_RADIUS_M, math.radians(bearing_deg)
    lat = math.radians(start.lat)
    lat2 = math.asin(
        math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(course)
    )
    dlon = math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(lat),
        math.cos(angle) - math.sin(lat) * math.sin(lat2),
    )
    return LatLon(math.degrees(lat2), start.lon + math.degrees(dlon))


@pytest.mark.parametrize(
    ("quality", "radius_m"),
    [("rooftop", 50), ("street", 100), ("area", 150)],
)
def test_a_coarser_geocode_gets_a_wider_fence(quality: str, radius_m: float) -> None:
    assert radius_for(GeocodeQuality(quality)) == radius_m


@pytest.mark.parametrize(
    ("away_m", "outside_m"),
    [(0, 0), (49, 0), (51, 1), (412, 362)],
)
def test_distance_is_counted_from_the_edge_of_the_fence(away_m: float, outside_m: float) -> None:
    there = moved(DOOR, away_m, 30)
    assert distance_outside_m(fence(), there) == pytest.approx(outside_m, abs=0.01)


def test_a_polygon_is_the_fence_instead_of_the_circle() -> None:
    market = Fence(UUID(int=1), at(0, 0), 50, drawn(box(400, 100)))
    assert distance_outside_m(market, at(190, 0)) == 0
    assert distance_outside_m(market, at(0, 80)) == pytest.approx(30, abs=0.1)
