"""Polygons: what is one, and how far outside a position is."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geofence.polygon import (
    MOST_VERTICES,
    Ring,
    area_m2,
    extent_m,
    fault_in,
    outside_m,
    polygon_of,
    rings_of,
)
from tests.geofence.shapes.outlines import (
    Corners,
    at,
    box,
    drawn,
    edge_distance_m,
    is_inside,
    ring,
    stars,
)


@given(corners=stars(), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_inside_is_zero_and_outside_the_distance_to_the_nearest_edge(
    corners: Corners, x: float, y: float
) -> None:
    edge_m = edge_distance_m(corners, x, y)
    assume(edge_m > 0.1)
    expected = 0.0 if is_inside(corners, x, y) else edge_m
    assert outside_m(drawn(corners), at(x, y)) == pytest.approx(expected, rel=0.005, abs=0.05)


def test_a_courtyard_is_outside() -> None:
    market = drawn(box(200, 200), box(40, 40))
    assert outside_m(market, at(0, 0)) == pytest.approx(20, abs=0.1)
    assert outside_m(market, at(50, 0)) == 0
    assert area_m2(market) == pytest.approx(200**2 - 40**2, rel=1e-3)
    assert extent_m(market) == pytest.approx(100 * 2**0.5, rel=1e-3)


@given(corners=stars(), start=st.integers(0, 20), backwards=st.booleans())
def test_whichever_way_a_ring_turns_it_is_the_same_ground(
    corners: Corners, start: int, backwards: bool
) -> None:
    turned = ring(corners)
    if backwards:
        turned.reverse()
    assert area_m2(polygon_of([turned])) == pytest.approx(area_m2(drawn(corners)))
    (outer,) = rings_of(polygon_of([turned]))
    twice_area = sum(
        (x2 - x1) * (y2 + y1)
        for (x1, y1), (x2, y2) in zip(outer, [*outer[1:], outer[0]], strict=True)
    )
    assert twice_area < 0, "the outer ring turns counterclockwise"


TRIANGLE = ring([(0, 0), (100, 0), (0, 100)])


@pytest.mark.parametrize(
    ("rings", "expected"),
    [
        ([], "four positions"),
        ([TRIANGLE[:3]], "four positions"),
        ([TRIANGLE[:-1]], "last equal to the first"),
        ([ring([(0, 0), (100, 100), (100, 0), (0, 100)])], "cross"),
        ([ring(box(200, 200)), ring(box(40, 40, 300))], "hole"),
        ([ring(box(200, 200)), ring(box(40, 40)), ring(box(40, 40, 20))], "cross or touch"),
        ([ring(box(3, 3))], "25 m²"),
        ([ring(box(5_100, 100))], "5000 m"),
        ([ring([(n, n % 7) for n in range(MOST_VERTICES)])], "simplify"),
        ([[(179.999, 0.0), (-179.999, 0.0), (-179.999, 0.01), (179.999, 0.0)]], "antimeridian"),
        ([[(0.0, 86.0), (0.001, 86.0), (0.001, 86.001), (0.0, 86.0)]], "85"),
    ],
)
def test_what_is_no_polygon_says_what_would_be_right(rings: list[Ring], expected: str) -> None:
    fault = fault_in(rings)
    assert fault is not None
    assert expected in fault
