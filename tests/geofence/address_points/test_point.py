"""Points that were found in the field."""

import pytest

from geofence.address_points.point import quality_of, radius_of


@pytest.mark.parametrize(
    ("sigma_m", "radius_m", "quality"),
    [(4, 25, "rooftop"), (9, 45, "rooftop"), (15, 75, "street"), (90, 150, "area")],
)
def test_a_learned_point_has_the_radius_and_the_quality_of_its_error(
    sigma_m: float, radius_m: float, quality: str
) -> None:
    assert radius_of(sigma_m) == radius_m
    assert quality_of(sigma_m) == quality
