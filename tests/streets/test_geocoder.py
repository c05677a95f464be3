from collections.abc import Mapping
from dataclasses import replace

import geopy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import LatLon, distance_m
from streets.addresses import address_book, address_point
from streets.errors import UnknownGeocoder
from streets.geocoder import StreetGeocoder, geocoder
from streets.graph import Houses, Place, StreetGraph
from tests.streets.small_city import at, small_graph

GEOCODER = geocoder("streets", small_graph())
BOOK = address_book(small_graph())


def surveyed(numbers: Mapping[int, tuple[float, float]]) -> StreetGraph:
    """The town with real house numbers in Lautaro and none of ours."""
    street = small_graph().street_names.index("Lautaro")
    houses = Houses(
        np.array([lat for lat, _ in numbers.values()]),
        np.array([lon for _, lon in numbers.values()]),
        np.full(len(numbers), street, np.int32),
        np.array(list(numbers), np.int32),
    )
    return replace(small_graph(), houses=houses, invented_numbers=False)


def place(location: geopy.Location) -> LatLon:
    return LatLon(location.latitude, location.longitude)


@given(st.data())
def test_every_address_is_taken_back_to_its_door(data: st.DataObject) -> None:
    street = data.draw(st.integers(0, len(BOOK.highest) - 1))
    number = data.draw(st.integers(1, int(BOOK.highest[street])))
    address = BOOK.address(street, number)
    location = GEOCODER.geocode(address.text)
    assert place(location) == address.position
    assert location.raw["quality"] == "rooftop"
    assert location.address == address.text


@pytest.mark.parametrize(
    ("query", "street", "number"),
    [
        ("lautaro 12", "Lautaro", 12),
        ("LAUTARO #12, villa chica", "Lautaro", 12),
        ("Lautaro N° 12-B", "Lautaro", 12),
        ("12 Lautaro", "Lautaro", 12),
        ("Lautaro, 12 - Villa Chica", "Lautaro", 12),
        ("lautaro 12 villa chica", "Lautaro", 12),
        ("Lautaro Nte. 12", "Lautaro Norte", 12),
        ("Lautarro 12", "Lautaro", 12),
        ("av jose balmaceda 7", "Avenida José Balmaceda", 7),
        ("Balmaceda 7, Villa Chca", "Avenida José Balmaceda", 7),
        ("18 de septiembre 21", "18 de Septiembre", 21),
        ("Calle 5 21", "Calle 5", 21),
    ],
)
def test_addresses_are_read_as_people_write_them(query: str, street: str, number: int) -> None:
    location = GEOCODER.geocode(query)
    assert (location.raw["street"], location.raw["number"]) == (street, number)
    assert place(location) == address_point(small_graph(), street, number).position


@pytest.mark.parametrize("query", ["Lautaro", "Lautaro 9999", "Calle 5", "18 de Septiembre"])
def test_a_street_without_a_known_number_is_found_at_its_middle(query: str) -> None:
    location = GEOCODER.geocode(query)
    assert location.raw["quality"] == "street"
    assert location.raw["number"] is None
    assert location.raw["spread_m"] == pytest.approx(200, rel=0.3)


@pytest.mark.parametrize("query", ["Villa Chica", "villa chica", "Zzyzx 7, Villa Chica"])
def test_a_locality_alone_is_an_area(query: str) -> None:
    location = GEOCODER.geocode(query)
    assert (location.raw["quality"], location.address) == ("area", "Villa Chica")


@pytest.mark.parametrize("query", ["", " , ", "Zzyzx 7", "日本 5"])
def test_what_is_not_here_is_not_found(query: str) -> None:
    assert GEOCODER.geocode(query) is None
    assert GEOCODER.geocode(query, exactly_one=False) is None


def test_all_candidates_come_best_first() -> None:
    locations = GEOCODER.geocode("lautaro 12", exactly_one=False)
    assert [found.raw["street"] for found in locations] == ["Lautaro", "Lautaro Norte"]


def test_the_locality_tells_two_streets_of_one_name_apart() -> None:
    west, east = Place("Poniente", "suburb", *at(0, 0)), Place("Oriente", "suburb", *at(400, 0))
    alameda, calle_5 = (small_graph().street_names.index(n) for n in ("Alameda", "Calle 5"))
    streets = small_graph().edge_street
    renamed = np.where(streets == calle_5, alameda, streets).astype(np.int32)
    graph = replace(small_graph(), places=(west, east), edge_street=renamed)
    both = StreetGeocoder(graph)
    for locality in ("Poniente", "Oriente"):
        assert both.geocode(f"Alameda 3, {locality}").raw["locality"] == locality


def test_surveyed_numbers_are_doors_and_their_neighbors_stand_in() -> None:
    real = StreetGeocoder(surveyed({100: at(50, 12), 140: at(90, 12)}))
    exact, near, far = (real.geocode(f"Lautaro {n}") for n in (100, 112, 700))
    assert [found.raw["quality"] for found in (exact, near)] == ["rooftop", "street"]
    assert place(exact) == place(near) == pytest.approx(at(50, 12))
    assert (far.raw["quality"], far.raw["number"]) == ("street", None)


def test_our_own_numbers_are_no_doors_in_a_real_city() -> None:
    real = StreetGeocoder(surveyed({}))
    assert real.geocode("Alameda 7").raw["quality"] == "street"
    assert real.reverse(at(2, 50)).raw["number"] is None


def test_a_point_gets_the_nearest_address() -> None:
    location = GEOCODER.reverse(at(132, 7))
    assert location.address == "Lautaro 13, Villa Chica"
    assert GEOCODER.reverse("{}, {}".format(*at(132, 7))).address == location.address
    assert GEOCODER.reverse(geopy.Point(*at(132, 7)), exactly_one=False) == [location]


def test_a_point_in_a_surveyed_street_gets_the_number_at_its_door() -> None:
    real = StreetGeocoder(surveyed({100: at(50, 12), 140: at(90, 12)}))
    assert real.reverse(at(55, 14)).address == "Lautaro 100, Villa Chica"
    assert real.reverse(at(380, 3)).raw["number"] is None


def test_a_point_far_from_all_streets_gets_the_locality() -> None:
    location = GEOCODER.reverse(at(-5000, 0))
    assert location.raw["quality"] == "area"
    assert distance_m(place(location), LatLon(*at(0, 0))) < 1


def test_a_network_without_places_goes_by_its_own_name() -> None:
    bare = replace(small_graph(), places=())
    location = StreetGeocoder(bare).geocode("Lautaro 1")
    assert location.address == "Lautaro 1, Small town"


def test_a_network_without_names_knows_its_area() -> None:
    unnamed = np.full(small_graph().edge_count, -1, np.int32)
    bare = StreetGeocoder(replace(small_graph(), street_names=(), edge_street=unnamed))
    assert bare.geocode("Lautaro 1") is None
    assert bare.reverse(at(5, 5)).raw["quality"] == "area"


def test_other_geocoders_are_geopys_own() -> None:
    assert isinstance(geocoder("nominatim", small_graph()), geopy.Nominatim)
    with pytest.raises(UnknownGeocoder, match="'streets'"):
        geocoder("no-such-service", small_graph())


def test_a_locality_tells_how_far_its_streets_reach() -> None:
    """The town's center is its corner; four fifths of its streets' points lie within 410 m."""
    raw = GEOCODER.geocode("Villa Chica").raw
    assert 300 < raw["spread_m"] < 450
