"""Shapes in GeoJSON: what is read, mended and refused."""

import math
from typing import Any

import pytest
import shapely

from allocation.territories.shape import NotRight, geojson_of, shape_in

SQUARE = [[-71.0, -30.0], [-71.0, -29.9], [-70.9, -29.9], [-70.9, -30.0], [-71.0, -30.0]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_square_comes_back_as_it_was_with_its_ring_counterclockwise() -> None:
    shape = shape_in(polygon(SQUARE))
    assert not shape.is_mended
    (rings,) = geojson_of(shape.wkb)["coordinates"]
    assert shapely.LinearRing(rings[0]).is_ccw
    assert shapely.from_wkb(shape.wkb).equals(shapely.Polygon(SQUARE))


def test_heights_are_left_out() -> None:
    shape = shape_in(polygon([[*at, 120.0] for at in SQUARE]))
    assert not shapely.from_wkb(shape.wkb).has_z


@pytest.mark.parametrize(
    "ring",
    [SQUARE[:-1], [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]],
    ids=["open", "crossing itself"],
)
def test_what_can_be_mended_is_mended_and_told(ring: list[list[float]]) -> None:
    shape = shape_in(polygon(ring))
    assert shape.is_mended
    assert shapely.from_wkb(shape.wkb).is_valid
    assert shapely.from_wkb(shape.wkb).geom_type == "MultiPolygon"


BOW = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
TOUCHING = [[0, 0], [0, 1], [1, 0], [2, 1], [2, 0], [1, 0], [0, 0]]
SHIFTED = [[at[0] + 0.05, at[1]] for at in SQUARE]


@pytest.mark.parametrize(
    "geometry",
    [
        polygon(BOW),
        polygon([*SQUARE[:-1], *SQUARE]),
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [SHIFTED]]},
    ],
    ids=["crossing itself", "twice around", "parts over each other"],
)
def test_where_it_may_not_cross_what_does_is_refused_with_the_place(geometry: Any) -> None:
    with pytest.raises(NotRight, match="does not cross itself") as refused:
        shape_in(geometry, "shape.", may_cross=False)
    assert refused.value.args[0] == "shape.coordinates"


def test_the_place_of_a_crossing_is_told_latitude_first() -> None:
    with pytest.raises(NotRight, match=r"near -29\.95, -70\.95 \(latitude, longitude\)"):
        shape_in(polygon(BOW), may_cross=False)


@pytest.mark.parametrize(
    "ring", [SQUARE, SQUARE[:-1], TOUCHING], ids=["closed", "open", "touching"]
)
def test_what_only_touches_itself_encloses_what_was_meant(ring: list[list[float]]) -> None:
    assert shapely.from_wkb(shape_in(polygon(ring), may_cross=False).wkb).is_valid


@pytest.mark.parametrize(
    ("geometry", "named"),
    [
        (None, "geometry"),
        ({"type": "Point", "coordinates": [0, 0]}, "geometry.type"),
        ({"type": "Polygon"}, "geometry.coordinates"),
        (polygon(), "geometry.coordinates"),
        (polygon(7), "geometry.coordinates"),
        (polygon([["a", "b"]] * 4), "geometry.coordinates"),
        (polygon([[0, 0], [1], [1, 1], [0, 0]]), "geometry.coordinates"),
        (polygon([[0, 0], [math.nan, 0], [1, 1], [0, 0]]), "geometry.coordinates"),
        (polygon([[0, 0], [0, 1], [0, 2], [0, 0]]), "geometry.coordinates"),
        (polygon([[at[0] + 300, at[1]] for at in SQUARE]), "geometry.coordinates"),
        (polygon([[10, 120], [11, 120], [11, 121], [10, 120]]), "geometry.coordinates"),
    ],
)
def test_what_encloses_nothing_is_refused_by_name(geometry: Any, named: str) -> None:
    with pytest.raises(NotRight) as refused:
        shape_in(geometry)
    assert refused.value.args[0] == named
