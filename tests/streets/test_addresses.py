from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import LatLon, distance_m
from streets.addresses import address_at, address_book, address_point, sample_addresses
from streets.errors import NoStreetNames, NoSuchHouseNumber, UnknownStreet
from streets.graph import Place
from streets.network import from_raw
from streets.profile import NOBODY
from streets.snap import snap, snap_index
from tests.streets.small_city import AVENUES, STREETS, at, node, small_graph, town, way

BOOK = address_book(small_graph())
doors = st.integers(0, int(BOOK.highest.sum()) - 1).map(
    lambda door: next(
        (street, door - int(before) + 1)
        for street, before in enumerate(np.cumsum(BOOK.highest) - BOOK.highest)
        if door < before + BOOK.highest[street]
    )
)


def test_numbers_grow_away_from_the_heart_odd_on_the_left() -> None:
    # Lautaro begins at the square in the southwest and runs east: left is north.
    first, second, last = (address_point(small_graph(), "Lautaro", n) for n in (1, 2, 39))
    assert first.position == pytest.approx(at(5, 9), abs=1e-6)
    assert second.position == pytest.approx(at(15, -9), abs=1e-6)
    assert last.position == pytest.approx(at(385, 9), abs=1e-6)
    assert first.text == "Lautaro 1, Villa Chica"


def test_every_street_has_a_number_every_ten_metres() -> None:
    assert dict(zip(BOOK.lines.name, BOOK.highest.tolist(), strict=True)) == (
        dict.fromkeys(STREETS, 40) | dict.fromkeys(AVENUES, 30)
    )


def test_an_unknown_street_or_number_says_what_there_is() -> None:
    with pytest.raises(UnknownStreet, match="Nowhere"):
        address_point(small_graph(), "Nowhere", 1)
    for number in (0, 41, -3):
        with pytest.raises(NoSuchHouseNumber, match="1 to 40"):
            address_point(small_graph(), "Lautaro", number)


@given(doors)
def test_a_door_stands_back_from_its_street(door: tuple[int, int]) -> None:
    position = BOOK.address(*door).position
    near = snap(snap_index(small_graph()), np.array([position.lat]), np.array([position.lon]))
    assert near.distance_m[0] <= 9.05


@given(doors)
def test_the_address_at_a_door_is_its_own(door: tuple[int, int]) -> None:
    address = BOOK.address(*door)
    assert address_at(small_graph(), address.position) == address


@given(doors, doors)
def test_no_two_doors_are_one_address(a: tuple[int, int], b: tuple[int, int]) -> None:
    assert (BOOK.address(*a).text == BOOK.address(*b).text) is (a == b)


def test_the_other_way_round_the_side_of_the_street_counts() -> None:
    north, south = (LatLon(*at(132, side)) for side in (7, -7))
    assert address_at(small_graph(), north).number == 13
    assert address_at(small_graph(), south).number == 14


def test_numbers_do_not_stand_in_the_gap_of_a_street() -> None:
    more = {100: at(0, -50), 101: at(-300, 0), 102: at(-300, 100), 103: at(-200, 0)}
    island = way([101, 103], "Lautaro")
    road = way([node(0, 0), 100, 102, 101], "Camino")
    graph = from_raw(town(island, road, nodes=more))
    book = address_book(graph)
    row = book.lines.name.index("Lautaro")
    assert book.highest[row] == 50
    streets = np.full(50, row, np.int32)
    numbers = np.arange(1, 51, dtype=np.int32)
    _, lon = book.doors(streets, numbers)
    gap = (lon > at(-200, 0)[1]) & (lon < at(0, 0)[1])
    assert not gap.any()


def test_of_two_carriageways_one_has_the_numbers() -> None:
    more = {100 + n: at(-200.0 * n, -60) for n in (1, 2)} | {
        200 + n: at(-200.0 * n, -80) for n in (1, 2)
    }
    lanes = [
        way([node(0, 0), 101, 102], "Ruta 5", backward=NOBODY),
        way([102, 202], "Retorno", backward=NOBODY),
        way([202, 201, node(0, 0)], "Ruta 5", backward=NOBODY),
    ]
    book = address_book(from_raw(town(*lanes, nodes=more)))
    assert 35 <= book.highest[book.lines.name.index("Ruta 5")] <= 45


def test_one_name_in_two_localities_is_two_streets() -> None:
    east = Place("Oriente", "suburb", *at(400, 0))
    graph = replace(small_graph(), places=(*small_graph().places, east))
    book = address_book(graph)
    # Each of the avenues lies wholly in one of them.
    localities = dict(zip(book.lines.name, book.lines.locality, strict=True))
    assert localities["Alameda"] == "Villa Chica"
    assert localities["Calle 5"] == "Oriente"
    assert address_point(graph, "Calle 5", 3, "Oriente").locality == "Oriente"
    with pytest.raises(UnknownStreet):
        address_point(graph, "Calle 5", 3, "Villa Chica")


def test_drawn_homes_are_real_doors_and_none_comes_twice() -> None:
    street, number = sample_addresses(small_graph(), 250, np.random.default_rng(1))
    assert len(set(zip(street.tolist(), number.tolist(), strict=True))) == 250
    assert ((number >= 1) & (number <= BOOK.highest[street])).all()
    off_m = snap(snap_index(small_graph()), *BOOK.doors(street, number)).distance_m
    assert off_m.min() >= 0.7 * 9 - 0.01


def test_drawing_depends_on_the_seed_alone_and_may_exceed_the_doors() -> None:
    draws = [sample_addresses(small_graph(), 900, np.random.default_rng(s)) for s in (1, 1, 2)]
    assert draws[0][1].tolist() == draws[1][1].tolist() != draws[2][1].tolist()
    assert len(draws[0][0]) == 900


def test_a_network_without_names_has_no_addresses() -> None:
    bare = replace(
        small_graph(),
        street_names=(),
        edge_street=np.full(small_graph().edge_count, -1, np.int32),
    )
    assert len(address_book(bare).highest) == 0
    with pytest.raises(NoStreetNames):
        address_at(bare, LatLon(*at(0, 0)))
    with pytest.raises(NoStreetNames):
        sample_addresses(bare, 3, np.random.default_rng(1))


def test_the_middle_of_a_street_lies_halfway() -> None:
    row = BOOK.lines.name.index("Lautaro")
    assert distance_m(BOOK.middle(row), LatLon(*at(200, 0))) < 1
