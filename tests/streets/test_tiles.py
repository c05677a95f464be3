import pytest

from streets.road_class import CLASS_NAMES
from streets.tiles import (
    CITY_ZOOM,
    MAX_ZOOM,
    ROADS,
    areas_at,
    least_area_m2,
    place_on_map,
    tolerance_m,
)

ZOOMS = range(MAX_ZOOM + 1)


def test_every_class_has_a_kind_of_the_schema() -> None:
    assert len(ROADS) == len(CLASS_NAMES)
    assert {road.kind for road in ROADS} == {"highway", "major_road", "minor_road", "path"}
    assert [road.kind_detail for road in ROADS] == list(CLASS_NAMES)
    assert {road.kind_detail for road in ROADS if road.is_link} == {
        name for name in CLASS_NAMES if name.endswith("_link")
    }


def test_coming_closer_only_adds() -> None:
    for closer in ZOOMS[1:]:
        assert set(areas_at(closer - 1)) <= set(areas_at(closer))
        assert tolerance_m(closer) == pytest.approx(tolerance_m(closer - 1) / 2)


def test_all_is_drawn_and_named_in_the_end_and_no_road_too_early() -> None:
    assert all(CITY_ZOOM <= road.min_zoom <= MAX_ZOOM for road in ROADS)
    assert all(road.name_zoom <= MAX_ZOOM for road in ROADS)
    assert "buildings" in areas_at(MAX_ZOOM)
    assert "buildings" not in areas_at(CITY_ZOOM)


def test_a_name_is_not_drawn_before_its_street() -> None:
    assert all(road.name_zoom >= road.min_zoom for road in ROADS)


def test_larger_places_are_drawn_sooner_and_larger() -> None:
    order = [place_on_map(kind) for kind in ("city", "town", "village", "hamlet")]
    assert [p.min_zoom for p in order] == sorted(p.min_zoom for p in order)
    assert [p.population_rank for p in order] == sorted(p.population_rank for p in order)[::-1]
    assert place_on_map("isolated_dwelling").kind == "locality"


def test_a_shape_must_be_seen_to_be_drawn() -> None:
    assert least_area_m2("earth", 3) == 0
    assert least_area_m2("landuse", 10) == pytest.approx(2 * (156_543.03 / 1024) ** 2)
