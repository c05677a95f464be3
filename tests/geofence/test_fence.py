"""Fences: distances, radii and the boxes that are compared before any exact distance."""

import math
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import EARTH_RADIUS_M, LatLon
from geofence.fence import (
    Fence,
    GeocodeQuality,
    bounds_deg,
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


@given(
    lat=st.floats(-89, 89),
    radius_m=st.floats(1, 5_000),
    bearing_deg=st.floats(0, 360),
    share=st.floats(0, 1),
)
def test_the_box_holds_the_whole_fence(
    lat: float, radius_m: float, bearing_deg: float, share: float
) -> None:
    center = LatLon(lat, 10)
    south, west, north, east = bounds_deg(fence(center, radius_m))
    inside = moved(center, share * radius_m, bearing_deg)
    slack = 1e-9
    assert south - slack <= inside.lat <= north + slack
    assert west - slack <= inside.lon <= east + slack


@given(lat=st.floats(-85, 85), radius_m=st.floats(10, 5_000))
def test_the_box_is_no_wider_than_it_must_be(lat: float, radius_m: float) -> None:
    """Each of its sides touches the fence (checked at the middle of the side)."""
    center = LatLon(lat, 10)
    shape = fence(center, radius_m)
    south, west, north, east = bounds_deg(shape)
    touching = math.degrees(
        math.asin(math.sin(math.radians(lat)) / math.cos(radius_m / EARTH_RADIUS_M))
    )
    sides = (LatLon(south, 10), LatLon(north, 10), LatLon(touching, west), LatLon(touching, east))
    assert all(distance_outside_m(shape, side) < 0.01 for side in sides)


def test_a_box_over_the_pole_spans_all_longitudes() -> None:
    assert bounds_deg(fence(LatLon(89.9999, 10), 1_000))[1::2] == (-180, 180)


def test_a_polygon_is_the_fence_instead_of_the_circle() -> None:
    market = Fence(UUID(int=1), at(0, 0), 50, drawn(box(400, 100)))
    assert distance_outside_m(market, at(190, 0)) == 0
    assert distance_outside_m(market, at(0, 80)) == pytest.approx(30, abs=0.1)
    bounds = bounds_deg(market)
    assert bounds.south < at(0, -49).lat < at(0, 49).lat < bounds.north
    assert at(201, 0).lon > bounds.east > at(199, 0).lon
