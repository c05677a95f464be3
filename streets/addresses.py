"""House numbers along named streets, made up but always the same for the same network.

The numbers run from 1 at a street's beginning, one every 10 m: odd on the left, even on the right,
so doors on one side stand 20 m apart. A door stands back from the center line by as much as its
class of road is wide. They are no surveyed numbers (`StreetGraph.houses` are).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.geometry import Floats, LatLon
from streets.errors import NoStreetNames, NoSuchHouseNumber, UnknownStreet
from streets.graph import Ints, StreetGraph
from streets.per_graph import per_graph
from streets.snap import snap, snap_index
from streets.street_lines import StreetLines, street_lines

M_PER_NUMBER = 10.0
_HOME_SETBACK_M = 12.0  # homes stand on tertiary and narrower streets
_CLEAR_OF_STREETS = 0.7  # of its setback: nearer than that to any street is no place for a door


@dataclass(frozen=True, slots=True)
class Address:
    """A door: ``Los Perales 12, Coquimbo``."""

    street: str
    number: int
    locality: str
    position: LatLon

    @property
    def text(self) -> str:
        """As one line, which the geocoder of the same network takes back to this door."""
        return f"{self.street} {self.number}, {self.locality}"


@dataclass(frozen=True, slots=True, eq=False)
class AddressBook:
    """All addresses of a network by rows of `lines`, with the `highest` number of each."""

    lines: StreetLines
    highest: Ints
    tree: cKDTree
    """All doors on the plane of `lines`, by street and number."""

    def address(self, street: int, number: int) -> Address:
        """One address. Raises `NoSuchHouseNumber`."""
        highest = int(self.highest[street])
        if not 1 <= number <= highest:
            raise NoSuchHouseNumber(self.lines.name[street], number, highest)
        lat, lon = self.doors(np.array([street], np.int32), np.array([number], np.int32))
        return Address(
            self.lines.name[street],
            number,
            self.lines.locality[street],
            LatLon(float(lat[0]), float(lon[0])),
        )

    def middle(self, street: int) -> LatLon:
        """The point on the center line halfway along a street."""
        lines = self.lines
        points = slice(lines.start[street], lines.start[street + 1])
        along_m = lines.along_m[points]
        half_m = (along_m[0] + along_m[-1]) / 2
        x = np.interp([half_m], along_m, lines.x[points])
        y = np.interp([half_m], along_m, lines.y[points])
        lat, lon = lines.plane.latlon(x, y)
        return LatLon(float(lat[0]), float(lon[0]))

    def doors(self, street: Ints, number: Ints) -> tuple[Floats, Floats]:
        """(lat, lon) of many addresses; each number must be 1 to the `highest` of its street."""
        return _doors(self.lines, street, number)

    def nearest(self, lat: Floats, lon: Floats) -> tuple[Ints, Ints, Floats]:
        """(street, number, distance in metres) of the door nearest to each of many positions.

        A network without named streets has no door: do not ask one.
        """
        x, y = self.lines.plane.xy(lat, lon)
        distance_m, door = self.tree.query(np.stack([x, y], axis=1))
        street, number = _row_and_number(self.highest, np.asarray(door, np.int64))
        return street, number, np.asarray(distance_m)


@per_graph
def address_book(graph: StreetGraph) -> AddressBook:
    """The addresses of a network; streets too short for the first door have none."""
    lines = street_lines(graph)
    highest = np.floor((lines.length_m - 0.1) / M_PER_NUMBER + 0.5).astype(np.int32)
    street, number = _row_and_number(highest, np.arange(highest.sum()))
    doors = lines.plane.xy(*_doors(lines, street, number))
    return AddressBook(lines, highest, cKDTree(np.stack(doors, axis=1)))


def address_point(
    graph: StreetGraph, street: str, number: int, locality: str | None = None
) -> Address:
    """The address of that exact name and number; without `locality`, on the longest such street.

    Raises `UnknownStreet` and `NoSuchHouseNumber`.
    """
    book = address_book(graph)
    rows = [
        row
        for row, name in enumerate(book.lines.name)
        if name == street and locality in (None, book.lines.locality[row])
    ]
    if not rows:
        raise UnknownStreet(street)
    return book.address(max(rows, key=lambda row: book.highest[row]), number)


def address_at(graph: StreetGraph, position: LatLon) -> Address:
    """The address whose door is nearest to a position.

    Raises `NoStreetNames` where there are none.
    """
    book = address_book(graph)
    if not book.highest.any():
        raise NoStreetNames(graph.name)
    street, number, _ = book.nearest(np.array([position.lat]), np.array([position.lon]))
    return book.address(int(street[0]), int(number[0]))


def sample_addresses(graph: StreetGraph, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """(street, number), rows of the `address_book`, of homes drawn at random, doors alike.

    Homes stand on the narrower streets, and never in the carriageway of a crossing one. No door
    is drawn twice before all are. Raises `NoStreetNames` where there are none.
    """
    book = address_book(graph)
    homes = np.where(book.lines.setback_m <= _HOME_SETBACK_M, book.highest, 0)
    homes = homes if homes.any() else book.highest
    if not homes.any():
        raise NoStreetNames(graph.name)
    index, waiting = snap_index(graph), np.empty(0, np.int64)
    street, number = np.empty(0, np.int32), np.empty(0, np.int32)
    while len(street) < count:
        if not len(waiting):
            waiting = rng.permutation(homes.sum())
        door, waiting = np.split(waiting, [(count - len(street)) * 5 // 4 + 8])
        row, drawn = _row_and_number(homes, door)
        off_m = snap(index, *book.doors(row, drawn)).distance_m
        stands = off_m >= _CLEAR_OF_STREETS * book.lines.setback_m[row]
        if not (len(waiting) or len(street) or stands.any()):
            stands[:] = True  # a network so dense that no door is clear of it
        street = np.concatenate([street, row[stands]])[:count]
        number = np.concatenate([number, drawn[stands]])[:count]
    return street, number


def _doors(lines: StreetLines, street: Ints, number: Ints) -> tuple[Floats, Floats]:
    along_m = lines.along_m[lines.start[street]] + (number - 0.5) * M_PER_NUMBER
    here = np.searchsorted(lines.along_m, along_m, side="right") - 1
    dx, dy = lines.x[here + 1] - lines.x[here], lines.y[here + 1] - lines.y[here]
    step_m = lines.along_m[here + 1] - lines.along_m[here]
    share = (along_m - lines.along_m[here]) / step_m
    left_m = np.where(number % 2 == 1, 1.0, -1.0) * lines.setback_m[street] / step_m
    x = lines.x[here] + share * dx - left_m * dy
    y = lines.y[here] + share * dy + left_m * dx
    return lines.plane.latlon(x, y)


def _row_and_number(highest: Ints, door: NDArray[np.int64]) -> tuple[Ints, Ints]:
    """(street, number) of doors counted from 0 through all streets."""
    last = np.cumsum(highest)
    street = np.searchsorted(last, door, side="right")
    number = door - (last - highest)[street] + 1
    return street.astype(np.int32), number.astype(np.int32)
