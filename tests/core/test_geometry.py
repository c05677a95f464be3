"""Distances and planes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidField
from core.geometry import LatLon, LocalPlane, bearing_deg, distance_m, position

PARIS, LONDON = LatLon(48.8566, 2.3522), LatLon(51.5074, -0.1278)


def test_distance_and_bearing_of_two_cities() -> None:
    assert distance_m(PARIS, LONDON) == pytest.approx(343_556, rel=1e-3)
    assert bearing_deg(PARIS, LONDON) == pytest.approx(330, abs=1)


@given(st.floats(-60, 60), st.floats(-179, 179), st.floats(-20_000, 20_000), st.floats(0, 20_000))
def test_a_plane_is_true_to_half_a_percent(lat: float, lon: float, x: float, y: float) -> None:
    plane = LocalPlane(LatLon(lat, lon))
    there_lat, there_lon = plane.latlon(np.array([x]), np.array([y]))
    there = LatLon(float(there_lat[0]), float(there_lon[0]))
    assert distance_m(plane.origin, there) == pytest.approx(np.hypot(x, y), rel=0.005, abs=0.01)
    back_x, back_y = plane.xy(there_lat, there_lon)
    assert (back_x[0], back_y[0]) == pytest.approx((x, y), abs=1e-3)


@pytest.mark.parametrize(
    ("lat", "lon", "field"),
    [(91, 0, "lat"), (-90.1, 0, "lat"), (0, 181, "lon"), (float("nan"), 0, "lat")],
)
def test_a_position_off_the_globe_is_refused_by_name(lat: float, lon: float, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        position(lat, lon)
    assert refused.value.field == field
