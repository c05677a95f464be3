"""A city's streets ready for planning: graph, snapping index and travel times in one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from core.geometry import Floats, LatLon, distance_m
from routing.speeds.hour_group import shares
from routing.speeds.paces import Paces
from routing.travel.travel_times import Ints, TravelTimes, travel_times
from streets.graph import StreetGraph
from streets.snap import SnapIndex, snap, snap_index

WALK_MPS = 1.2
"""Walking speed of adults as traffic engineering takes it (HCM 2010: 4 ft/s)."""


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """What planning needs of one street network. Threads may share it."""

    graph: StreetGraph
    index: SnapIndex
    times: TravelTimes
    paces: Paces | None = None
    """Learned speeds, where there are any."""


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """Where positions meet the streets, a row each: the node, -1 where no street is near.

    `walk_s` is the way on foot from the street to the door.
    """

    node: Ints
    walk_s: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A way from door to door along the streets; points as (lon, lat) pairs."""

    points: tuple[tuple[float, float], ...]
    length_m: float


def open_city(graph: StreetGraph) -> City:
    """Make a graph ready; takes about a second for a city of 10,000 crossings."""
    return City(graph, snap_index(graph), travel_times(graph))


def during(
    city: City, begins_at: datetime, ends_at: datetime, zone: str, profile: str = "two_wheeler"
) -> City:
    """The city at the learned speeds of a shift; as it is where nothing was learned.

    A round is planned with one travel time between two places, so each street takes the mean of
    the hours that the shift touches, each counting for as much of it as the shift covers.
    """
    if city.paces is None:
        return city
    first = begins_at.replace(minute=0, second=0, microsecond=0)
    return replace(city, times=city.paces.times(profile, shares(first, ends_at, zone)))


def doors(city: City, positions: Sequence[LatLon]) -> Doors:
    """The nearest street crossing of each position, and the walk from the street."""
    lat, lon = _columns(positions)
    snapped = snap(city.index, lat, lon)
    walk_s = np.where(snapped.reachable, snapped.distance_m / WALK_MPS, 0)
    return Doors(snapped.node, np.ceil(walk_s).astype(np.int32))


def way(city: City, origin: LatLon, destination: LatLon, nodes: tuple[int, int]) -> Way:
    """The fastest way between two doors; straight where they meet the streets at one crossing."""
    path = city.times.path(*nodes)
    on_streets = list(zip(path.lon.tolist(), path.lat.tolist(), strict=True))
    points = ((origin.lon, origin.lat), *on_streets, (destination.lon, destination.lat))
    first, last = LatLon(path.lat[0], path.lon[0]), LatLon(path.lat[-1], path.lon[-1])
    walked_m = distance_m(origin, first) + distance_m(last, destination)
    return Way(points, path.length_m + walked_m)


def _columns(positions: Sequence[LatLon]) -> tuple[Floats, Floats]:
    table = np.array(positions, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
