"""A city's streets ready for planning: where positions meet them, how long it takes, which way."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from threading import Lock

import numpy as np

from core.geometry import Floats, LatLon, distance_m
from routing.errors import NoWay
from routing.planner.problem import UNREACHABLE_S
from routing.speeds.hour_group import shares
from routing.speeds.paces import Paces
from routing.travel.arcs import Ints
from routing.travel.doors import Doors, between, door_distance_m, door_travel_s
from routing.travel.snapping import doors_of
from routing.travel.travel_times import TravelTimes, travel_times
from streets.graph import StreetGraph
from streets.profile import Profile
from streets.snap import SnapIndex, snap_index
from streets.water import DRY, Water


class City:
    """What planning needs of one street network. Threads may share it.

    What a profile needs is made when it is first asked for (a second at most), and kept. Cities
    made of this one with `learned` and `during` share that.
    """

    def __init__(self, graph: StreetGraph, water: Water = DRY) -> None:
        self.graph, self.water = graph, water
        self.paces: Paces | None = None
        self._share: Floats | None = None
        self._times: dict[Profile, TravelTimes] = {}
        self._indexes: dict[Profile, SnapIndex] = {}
        self._making = Lock()

    def learned(self, paces: Paces) -> "City":
        """The same city, knowing what was learned of its speeds."""
        city = copy(self)
        city.paces = paces
        return city

    def during(self, begins_at: datetime, ends_at: datetime, zone: str) -> "City":
        """The same city at the learned speeds of a shift; as it is where nothing was learned.

        A round is planned with one travel time between two places, so each street takes the mean
        of the hours that the shift touches, each counting for as much of it as the shift covers.
        """
        city = copy(self)
        first = begins_at.replace(minute=0, second=0, microsecond=0)
        city._share = shares(first, ends_at, zone)
        return city

    def times_for(self, profile: Profile) -> TravelTimes:
        """Travel times from crossing to crossing."""
        with self._making:
            if profile not in self._times:
                self._times[profile] = travel_times(self.graph, profile)
            times = self._times[profile]
        if self.paces is None or self._share is None:
            return times
        return self.paces.times(times, profile, self._share)

    def index_for(self, profile: Profile) -> SnapIndex:
        """The streets that are open to a profile."""
        with self._making:
            if profile not in self._indexes:
                self._indexes[profile] = snap_index(self.graph, profile)
            return self._indexes[profile]

    @property
    def times(self) -> TravelTimes:
        """Those of a two-wheeler."""
        return self.times_for(Profile.TWO_WHEELER)

    def travel_s(self, profile: Profile, origins: Doors, destinations: Doors | None = None) -> Ints:
        """Seconds from door to door; see `door_travel_s`."""
        return door_travel_s(self.times_for(profile), origins, destinations)

    def distance_m(
        self, profile: Profile, origins: Doors, destinations: Doors | None = None
    ) -> Ints:
        """Metres along the fastest ways from door to door; see `door_distance_m`."""
        return door_distance_m(self.times_for(profile), origins, destinations)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A way from door to door along the streets; points as (lon, lat) pairs."""

    points: tuple[tuple[float, float], ...]
    length_m: float


def open_city(graph: StreetGraph, water: Water = DRY) -> City:
    """A city for planning; what is not asked for costs nothing."""
    return City(graph, water)


def doors(
    city: City,
    positions: Sequence[LatLon],
    profile: Profile = Profile.TWO_WHEELER,
    lines: Sequence[str] | None = None,
) -> Doors:
    """Where each position meets the streets of a profile, and the walk from there.

    `lines` are address lines: the street that one names is preferred when it is near.
    """
    table = np.array(positions, dtype=np.float64).reshape(-1, 2)
    return doors_of(city.index_for(profile), city.water, table[:, 0], table[:, 1], lines)


def nearest_doors(city: City, positions: Sequence[LatLon], profile: Profile) -> Doors:
    """Like `doors`, but however far the nearest street is: for where an agent happens to be."""
    table = np.array(positions, dtype=np.float64).reshape(-1, 2)
    lat, lon = table[:, 0], table[:, 1]
    return doors_of(city.index_for(profile), DRY, lat, lon, within_m=np.inf)


def way(city: City, at: Doors, origin: int, destination: int, profile: Profile) -> Way:
    """The fastest way between two rows of doors. Raises `NoWay` where there is none."""
    times, graph = city.times_for(profile), city.graph
    one, other = at.at([origin]), at.at([destination])
    found, start, goal, _ = between(times, one, other)
    if door_travel_s(times, one, other)[0, 0] == UNREACHABLE_S:
        raise NoWay(int(one.node[0]), int(other.node[0]))
    choice = int(found.choice[0, 0])
    edge, here, there = int(one.edge[0]), float(one.fraction[0]), float(other.fraction[0])
    if choice == 4:
        lat, lon = _part(graph, edge, here, there)
        on_streets_m = abs(there - here) * float(graph.edge_length_m[edge])
    else:
        out, in_ = divmod(choice, 2)
        path = times.path(int(start.node[0, out]), int(goal.node[0, in_]))
        before = _part(graph, edge, here, float(out))
        after = _part(graph, int(other.edge[0]), float(in_), there)
        lat, lon = (
            np.concatenate(parts) for parts in zip(before, (path.lat, path.lon), after, strict=True)
        )
        on_streets_m = path.length_m + float(start.dm[0, out] + goal.dm[0, in_]) / 10
    line = _without_repeats([
        (float(one.lon[0]), float(one.lat[0])),
        *zip(lon.tolist(), lat.tolist(), strict=True),
        (float(other.lon[0]), float(other.lat[0])),
    ])  # fmt: skip
    return Way(line, on_streets_m + _walked_m(one) + _walked_m(other))


def _part(graph: StreetGraph, edge: int, start: float, end: float) -> tuple[Floats, Floats]:
    """(lat, lon) along an edge from one fraction of it to another, which may lie before it."""
    lat, lon = graph.edge_shape(edge)
    scale = np.cos(np.radians(lat[0]))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lat), np.diff(lon) * scale))])
    along /= max(float(along[-1]), 1e-12)
    low, high = sorted((start, end))
    inside = along[(along > low) & (along < high)]
    at = np.concatenate([[low], inside, [high]])
    at = at if start <= end else at[::-1]
    return np.interp(at, along, lat), np.interp(at, along, lon)


def _walked_m(door: Doors) -> float:
    here = LatLon(float(door.lat[0]), float(door.lon[0]))
    return distance_m(here, LatLon(float(door.street_lat[0]), float(door.street_lon[0])))


def _without_repeats(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """At least two points, none of them twice in a row."""
    kept = [points[0]]
    kept += [b for a, b in pairwise(points) if a != b]
    return tuple(kept if len(kept) > 1 else [points[0], points[0]])
