"""Which of several cities a place is in."""

import math
from collections.abc import Sequence

from core.geometry import LatLon, distance_m
from streets.store import NetworkInfo

CITY_WITHIN_M = 50_000.0
"""A branch this far outside a network still works in it; farther off it is another city."""


def covering(networks: Sequence[NetworkInfo], position: LatLon | None) -> tuple[NetworkInfo, float]:
    """The network around a position, and how many metres the position is outside its box.

    Of several that cover it the smallest, which is the more exact one; where none does the
    nearest. Without a position the first of them.
    """
    if position is None:
        return networks[0], 0.0
    found = [(_outside_m(info, position), _size(info), number) for number, info in
             enumerate(networks)]  # fmt: skip
    away_m, _, number = min(found)
    return networks[number], away_m


def _outside_m(info: NetworkInfo, position: LatLon) -> float:
    south, west, north, east = info.bounds
    nearest = LatLon(min(max(position.lat, south), north), min(max(position.lon, west), east))
    return distance_m(position, nearest)


def _size(info: NetworkInfo) -> float:
    south, west, north, east = info.bounds
    return (north - south) * (east - west) * math.cos(math.radians((north + south) / 2))
