from pathlib import Path

import pytest

from streets.errors import NoStreets, StreetFileMissing, WrongStreetFile
from streets.land import area_kind
from streets.osm_file import read_areas, read_coast, read_osm_file
from streets.profile import EVERYBODY
from tests.streets.small_city import at, write_osm

STREET = {"highway": "residential", "name": "Lautaro"}


def row(count: int) -> dict[int, tuple[float, float]]:
    return {ref: at(100.0 * ref, 0) for ref in range(1, count + 1)}


@pytest.mark.parametrize("suffix", [".osm.pbf", ".osm", ".osm.gz", ".osm.bz2"])
def test_every_kind_of_file_is_read(tmp_path: Path, suffix: str) -> None:
    path = write_osm(tmp_path / f"porto_alegre{suffix}", row(3), [([1, 2, 3], STREET)])
    raw = read_osm_file(path)
    assert raw.name == "Porto alegre"
    assert [(way.nodes, way.name, way.forward, way.backward) for way in raw.ways] == [
        ((1, 2, 3), "Lautaro", EVERYBODY, EVERYBODY)
    ]
    assert raw.nodes[2] == pytest.approx(at(200, 0), abs=1e-6)


def test_a_clipped_way_goes_on_in_pieces(tmp_path: Path) -> None:
    nodes = {ref: where for ref, where in row(7).items() if ref not in {3, 6}}
    path = write_osm(tmp_path / "a.osm", nodes, [([1, 2, 3, 4, 5, 6, 7], STREET)])
    assert [way.nodes for way in read_osm_file(path).ways] == [(1, 2), (4, 5)]


def test_places_and_house_numbers_are_found(tmp_path: Path) -> None:
    tags = {
        1: {"place": "suburb", "name": "Las Compañías"},
        2: {"addr:housenumber": "14 B", "addr:street": "Lautaro"},
        3: {"place": "suburb"},
    }
    building = ([4, 5, 6, 4], {"building": "yes", "addr:housenumber": "7", "addr:street": "X"})
    raw = read_osm_file(
        write_osm(tmp_path / "a.osm.pbf", row(6), [([1, 2], STREET), building], tags)
    )
    assert [(place.name, place.kind) for place in raw.places] == [("Las Compañías", "suburb")]
    assert {(house.street, house.number) for house in raw.houses} == {("Lautaro", 14), ("X", 7)}


def test_a_file_without_streets_says_what_would_be_right(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm.pbf", row(2), [([1, 2], {"waterway": "river"})])
    with pytest.raises(NoStreets, match="full extract"):
        read_osm_file(path)


@pytest.mark.parametrize("content", [b"", b"not a map at all, but long enough to be looked at"])
@pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm", "a.osm.bz2"])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongStreetFile, match=name):
        read_osm_file(tmp_path / name)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StreetFileMissing):
        read_osm_file(tmp_path / "none.osm.pbf")


def test_areas_are_read_with_the_kinds_of_the_basemap(tmp_path: Path) -> None:
    nodes = {1: at(0, 0), 2: at(100, 0), 3: at(100, 100), 4: at(0, 100)}
    ring = [1, 2, 3, 4, 1]
    ways = [
        (ring, {"leisure": "park", "name": "Japonés"}),
        (ring, {"natural": "water", "water": "lake"}),
        (ring, {"building": "house"}),
        (ring, {"landuse": "landfill"}),
        ([1, 2, 9, 1], {"landuse": "forest"}),
    ]
    areas = read_areas(write_osm(tmp_path / "a.osm.pbf", nodes, ways))
    found = {(area.layer, area.kind, area.name) for area in areas}
    assert found == {
        ("landuse", "park", "Japonés"),
        ("water", "lake", ""),
        ("buildings", "building", ""),
    }
    assert all(area.outline.is_valid and area.outline.area > 0 for area in areas)


def test_what_the_basemap_does_not_draw_has_no_kind() -> None:
    assert area_kind({"landuse": "landfill"}) is None
    assert area_kind({"building": "no"}) is None


def test_the_box_of_the_coast_is_the_extracts_own(tmp_path: Path) -> None:
    ways = [([1, 2], {"natural": "coastline"})]
    box = (-72.0, -30.0, -71.0, -29.0)
    lines, found = read_coast(write_osm(tmp_path / "a.osm.pbf", row(2), ways, box=box))
    assert found == pytest.approx(box)
    assert len(lines) == 1
    assert lines[0][0] == pytest.approx(at(100, 0)[::-1], abs=1e-6)
    _, without = read_coast(write_osm(tmp_path / "b.osm.pbf", row(2), ways))
    assert without == pytest.approx(
        (at(100, 0)[1], at(0, 0)[0], at(200, 0)[1], at(0, 0)[0]), abs=1e-6
    )
