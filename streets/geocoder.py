"""Addresses to positions and back, offline, over the city's own streets, as a geopy geocoder."""

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import geopy
import numpy as np
from geopy.exc import GeocoderNotFound
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder

from core.geometry import LatLon, distance_m
from streets.addresses import AddressBook, address_book
from streets.errors import UnknownGeocoder
from streets.graph import StreetGraph
from streets.reading import SEPARATORS, readings
from streets.spelling import key, likeness, name_index

OWN_STREETS = "streets"

_AT_A_STREET_M = 500.0  # farther from any named street, reverse geocoding names the locality only
_SAME_DOOR_M = 40.0
_NEIGHBORS = 20  # house numbers this close stand for one that was not surveyed
_AS_WRITTEN = 0.95  # a name found this well needs no other reading of the query
_INSIDE = re.compile(r"(.*\D\s\d{1,5}[a-z]?)\s+(\D+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """A position with how it was found; `match` is 1 for a name written as on the map."""

    address: str
    position: LatLon
    quality: str
    match: float
    street: str = ""
    number: int | None = None
    locality: str = ""
    spread_m: float = 0.0

    def location(self) -> geopy.Location:
        raw = {
            "quality": self.quality,
            "match": round(self.match, 3),
            "street": self.street,
            "number": self.number,
            "locality": self.locality,
            "spread_m": round(self.spread_m, 1),
        }
        return geopy.Location(self.address, tuple(self.position), raw)


class StreetGeocoder(Geocoder):  # type: ignore[misc]
    """geopy's interface over a `StreetGraph`; asks nobody.

    A location's ``raw`` has ``quality``: ``rooftop`` for a known door, ``street`` for a place on
    the right street (``spread_m`` tells how far along it the truth may be), ``area`` for a locality
    only; and ``match`` from 0 to 1: how far the names were as typed.
    """

    def __init__(self, graph: StreetGraph) -> None:
        super().__init__()
        self._graph = graph
        self._book: AddressBook = address_book(graph)
        self._names = name_index(self._book.lines.name)
        places = {place.name: LatLon(place.lat, place.lon) for place in graph.places}
        self._localities = places or {graph.name: graph.center}
        self._locality_keys = {key(name): name for name in self._localities}
        self._doors = _surveyed_doors(graph)

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: object = DEFAULT_SENTINEL,  # noqa: ARG002 - part of geopy's interface
    ) -> Any:  # a Location, a list of them or None: geopy's interface has no types
        """The best location for "Street 123, Locality", or all of them, best first; else None."""
        parts = [part.strip() for part in SEPARATORS.split(query) if part.strip()]
        if not parts:
            return None
        inside = _INSIDE.fullmatch(parts[0])
        if inside and self._locality(inside[2]) is not None:  # "Lautaro 12 Coquimbo"
            parts[:1] = [inside[1], inside[2]]
        on_streets = self._on_streets(parts)
        if len(parts) == 1 and key(parts[0]) in self._locality_keys:
            on_streets = [*self._areas(parts), *on_streets]
        locations = [one.location() for one in on_streets or self._areas(parts)]
        if exactly_one:
            return locations[0] if locations else None
        return locations or None

    def reverse(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        timeout: object = DEFAULT_SENTINEL,  # noqa: ARG002 - part of geopy's interface
    ) -> Any:  # a Location, a list of them or None: geopy's interface has no types
        """The address at a point (anything geopy takes for one); None only on an empty map."""
        point = geopy.Point(query)
        found = self._at(LatLon(point.latitude, point.longitude))
        location = found.location()
        return location if exactly_one else [location]

    def _on_streets(self, parts: list[str]) -> list[_Found]:
        """One find for each street that the parts may mean, the likeliest first."""
        asked, others = self._asked_locality(parts[1:])
        number, matches = self._best_reading(parts[0], others)
        lines, highest = self._book.lines, self._book.highest
        there = {row for _, row in matches if lines.locality[row] == asked}
        ranked = []
        for score, row in matches:
            match = score * 0.8 if there and row not in there else score
            found = self._on_street(row, number, match)
            lacking = number is not None and found.quality != "rooftop"
            # Among equal names the longer street comes first.
            ranked.append((-match * (0.75 if lacking else 1), -int(highest[row]), row, found))
        return [found for *_, found in sorted(ranked, key=lambda r: r[:3])]

    def _best_reading(
        self, head: str, others: list[str]
    ) -> tuple[int | None, list[tuple[float, int]]]:
        """(house number, matching streets) of the reading whose street is found best."""
        best: tuple[int | None, list[tuple[float, int]]] = (None, [])
        for name, number in readings(head, others):
            matches = self._names.find(name)
            if matches and (not best[1] or matches[0][0] > best[1][0][0]):
                best = (number, matches)
            if best[1] and best[1][0][0] >= _AS_WRITTEN:
                break
        return best

    def _on_street(self, row: int, number: int | None, match: float) -> _Found:
        lines = self._book.lines
        street, locality = lines.name[row], lines.locality[row]
        length_m = float(lines.length_m[row])
        facts: dict[str, Any] = {"match": match, "street": street, "locality": locality}
        if number is not None:
            text = f"{street} {number}, {locality}"
            if (door := self._doors.get(street, {}).get(number)) is not None:
                return _Found(text, door, "rooftop", number=number, **facts)
            if self._graph.invented_numbers and 1 <= number <= self._book.highest[row]:
                door = self._book.address(row, number).position
                return _Found(text, door, "rooftop", number=number, **facts)
            if (near := self._neighbor(street, number)) is not None:
                return _Found(text, near, "street", number=number, spread_m=100.0, **facts)
        middle = self._book.middle(row)
        return _Found(f"{street}, {locality}", middle, "street", spread_m=length_m / 2, **facts)

    def _neighbor(self, street: str, number: int) -> LatLon | None:
        """The surveyed door whose number is nearest, among the next ones."""
        doors = self._doors.get(street)
        if not doors:
            return None
        nearest = min(doors, key=lambda other: (abs(other - number), other))
        return doors[nearest] if abs(nearest - number) <= _NEIGHBORS else None

    def _asked_locality(self, parts: list[str]) -> tuple[str | None, list[str]]:
        """The locality that one of the parts names, and the other parts."""
        for part in parts:
            if (name := self._locality(part)) is not None:
                return name, [other for other in parts if other != part]
        return None, parts

    def _locality(self, text: str) -> str | None:
        wanted = key(text)
        if wanted in self._locality_keys:
            return self._locality_keys[wanted]
        best = max(self._locality_keys, key=lambda known: likeness(wanted, known))
        return self._locality_keys[best] if likeness(wanted, best) >= 0.85 else None

    def _areas(self, parts: list[str]) -> list[_Found]:
        names = [name for part in parts if (name := self._locality(part)) is not None]
        return [
            _Found(
                name, self._localities[name], "area", 0.5, locality=name,
                spread_m=self._spread_m(name),
            )
            for name in dict.fromkeys(names)
        ]  # fmt: skip

    def _spread_m(self, locality: str) -> float:
        """From a locality's center, what holds four fifths of its streets; 0 where it has none."""
        lines = self._book.lines
        rows = [row for row, its in enumerate(lines.locality) if its == locality]
        if not rows:
            return 0.0
        points = np.concatenate([np.arange(*lines.start[row : row + 2]) for row in rows])
        center = self._localities[locality]
        x, y = lines.plane.xy(np.array([center.lat]), np.array([center.lon]))
        return float(np.percentile(np.hypot(lines.x[points] - x, lines.y[points] - y), 80))

    def _at(self, position: LatLon) -> _Found:
        lat, lon = np.array([position.lat]), np.array([position.lon])
        away_m = math.inf
        if self._book.highest.any():
            street, number, away = self._book.nearest(lat, lon)
            away_m = float(away[0])
        if away_m > _AT_A_STREET_M:
            name = min(self._localities, key=lambda n: distance_m(position, self._localities[n]))
            return _Found(name, self._localities[name], "area", match=0.5, locality=name)
        row = int(street[0])
        if self._graph.invented_numbers:
            return self._on_street(row, int(number[0]), match=1.0)
        return self._on_street(row, self._surveyed_number(row, position), match=1.0)

    def _surveyed_number(self, row: int, position: LatLon) -> int | None:
        doors = self._doors.get(self._book.lines.name[row], {})
        away_m, number = min(
            ((distance_m(position, door), number) for number, door in doors.items()),
            default=(math.inf, 0),
        )
        return number if away_m <= _SAME_DOOR_M else None


def geocoder(name: str, graph: StreetGraph, **credentials: Any) -> Geocoder:
    """The geocoder of that name: ``streets`` is ours, any other a geopy service, asked online.

    `credentials` are what that service's geopy class takes (``api_key=…``). Raises
    `UnknownGeocoder`.
    """
    if name == OWN_STREETS:
        return StreetGeocoder(graph)
    try:
        service = geopy.get_geocoder_for_service(name)
    except GeocoderNotFound as reason:
        raise UnknownGeocoder(name) from reason
    return service(**{"user_agent": "roundsman", **credentials})


def _surveyed_doors(graph: StreetGraph) -> dict[str, dict[int, LatLon]]:
    """Per street name the doors that mappers have seen, by number."""
    doors: dict[str, dict[int, LatLon]] = defaultdict(dict)
    houses = graph.houses
    columns = (houses.street, houses.number, houses.lat, houses.lon)
    for street, number, lat, lon in zip(*(c.tolist() for c in columns), strict=True):
        doors[graph.street_names[street]][number] = LatLon(lat, lon)
    return dict(doors)
