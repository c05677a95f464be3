"""Footprints: where a stay on somebody's premises is seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.geometry import LocalPlane
from geofence.footprint import footprint_of
from tests.geofence.shapes.outlines import HERE, PLANE, Corners, box, drawn, is_inside, stars

RNG = np.random.default_rng(7)
SPREAD = RNG.uniform(-400, 400, (40_000, 2))


def seen_m2(corners: Corners, x: float, y: float, sigma_m: float) -> float:
    """The density by the definition: the mean normal density over points of the ground."""
    inside = np.array([is_inside(corners, *p) for p in SPREAD])
    off2 = ((SPREAD[inside] - (x, y)) ** 2).sum(1)
    return float((np.exp(-off2 / (2 * sigma_m**2)) / (2 * np.pi * sigma_m**2)).mean())


@settings(max_examples=25)
@given(corners=stars(), x=st.floats(-300, 300), y=st.floats(-300, 300), sigma_m=st.floats(20, 60))
def test_the_density_is_the_uniform_one_blurred_by_the_error(
    corners: Corners, x: float, y: float, sigma_m: float
) -> None:
    ground = footprint_of(drawn(corners), PLANE)
    found = ground.density(np.array([x]), np.array([y]), np.array([sigma_m**2]))[0]
    # What is left is the chance of the sampling and half a cell at slanting edges.
    assert found == pytest.approx(
        seen_m2(corners, x, y, sigma_m), rel=0.15, abs=0.05 / ground.area_m2
    )


def test_a_rectangle_along_the_axes_is_exact() -> None:
    ground = footprint_of(drawn(box(200, 100)), PLANE)
    inside = ground.inside(
        np.array([0.0, 100.0, 0.0]), np.array([0.0, 0.0, 500.0]), np.full(3, 64.0)
    )
    assert inside == pytest.approx([1, 0.5, 0], abs=1e-6)
    assert ground.density(np.zeros(1), np.zeros(1), np.full(1, 64.0)) == pytest.approx(
        1 / 20_000, rel=1e-3
    )


def test_a_slanting_house_far_from_the_planes_origin_keeps_its_place() -> None:
    house = drawn([(20, 0), (0, 20), (-20, 0), (0, -20)])
    for plane in (PLANE, LocalPlane(type(HERE)(-29.8, -71.2))):
        x, y = plane.xy(np.array([HERE.lat]), np.array([HERE.lon]))
        ground = footprint_of(house, plane)
        assert ground.inside(x, y, np.array([1.0]))[0] == pytest.approx(1, abs=1e-6)
        assert ground.covered.sum() / ground.covered.size == pytest.approx(0.5, abs=0.01)
        assert ground.distance_m(float(x[0]) + 30, float(y[0])) == pytest.approx(10, abs=0.1)
