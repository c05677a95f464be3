"""Where positions meet the streets, and how long it takes from door to door.

A door stands at a point of a street, not at a crossing: it is left towards, and reached from, each
end of the street that may be ridden that way, in the part of the street's time that lies between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from routing.planner.problem import UNREACHABLE_S
from routing.travel.arcs import Ints
from routing.travel.travel_times import NO_WAY, Costs, TravelTimes
from streets.graph import Bools
from streets.profile import WALK_MPS, Profile

DETOUR = 4 / np.pi
"""Walked for each meter of the straight line from the street to a door.

Among walls square to each other a way in direction t is |cos t| + |sin t| times as long as the
line, which on average over all directions is 4/π, some 1.27.
"""

_NEVER = np.int64(1) << 40


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """A row per position, in the order given.

    `edge` is the street (one of its two directions) and `fraction` the place along it (0 at its
    start, 1 at its end); `lat` and `lon` are the position, `street_lat` and `street_lon` the point
    on the street. `walk_s` is the way on foot from there to the door, one way. Where there is no
    way to the door `edge` and `node` are -1 and `walk_s` 0. `distance_m` always tells how far the
    nearest street is; `wet` whether nothing but water lies between. `node` is the nearer end.
    """

    edge: Ints
    fraction: Floats
    node: Ints
    walk_s: Ints
    distance_m: Floats
    wet: Bools
    lat: Floats
    lon: Floats
    street_lat: Floats
    street_lon: Floats

    @property
    def reachable(self) -> Bools:
        """Per row."""
        return self.edge >= 0

    def at(self, rows: Sequence[int] | NDArray[np.intp]) -> "Doors":
        """Some of the rows, in that order."""
        chosen = np.asarray(rows, dtype=np.intp)
        return replace(self, **{c.name: getattr(self, c.name)[chosen] for c in fields(self)})


def joined(first: Doors, second: Doors) -> Doors:
    """The rows of both."""
    return Doors(
        *(np.concatenate([getattr(first, c.name), getattr(second, c.name)]) for c in fields(first))
    )


def walk_s(distance_m: Floats) -> Ints:
    """Whole seconds on foot over a straight line of so many metres."""
    return np.ceil(distance_m * DETOUR / WALK_MPS).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """What it takes from a door to the ends of its street, a row per door, a column per end.

    The columns are `edge_from` and `edge_to`. `out_ms` is `_NEVER` where the end cannot be reached
    along the street, `in_ms` where the door cannot be reached from it. `along_ms` and `back_ms` are
    how far into the street the door is in either direction, -1 where that direction is closed.
    """

    node: Ints
    out_ms: Costs
    in_ms: Costs
    along_ms: Costs
    back_ms: Costs
    dm: Costs


def ends(times: TravelTimes, doors: Doors) -> Ends:
    """The ends of each door's street for a profile. Rows without a street are never left."""
    graph, profile = times.graph, times.profile
    on_street = doors.reachable
    edge = np.where(on_street, doors.edge, 0)
    fraction = np.where(on_street, doors.fraction, 0.0)
    twin = graph.edge_twin[edge]
    if profile is None:
        goes, returns = np.ones(len(edge), np.bool_), twin >= 0
    else:
        open_to = graph.open_to(profile)
        goes, returns = open_to[edge], (twin >= 0) & open_to[twin]
        if profile is Profile.WALKING:
            goes = returns = goes | returns
    edge_ms = times.arcs.edge_ms
    there_ms = np.where(goes & on_street, edge_ms[edge], NO_WAY)
    back_all_ms = np.where(twin >= 0, edge_ms[twin], edge_ms[edge])
    back_all_ms = np.where(returns & on_street, back_all_ms, NO_WAY)
    along_ms = np.where(there_ms >= 0, np.rint(fraction * there_ms), NO_WAY).astype(np.int64)
    back_ms = np.where(back_all_ms >= 0, np.rint((1 - fraction) * back_all_ms), NO_WAY)
    back_ms = back_ms.astype(np.int64)
    length_dm = np.rint(graph.edge_length_m[edge] * 10).astype(np.int64)
    from_start_dm = np.rint(fraction * length_dm).astype(np.int64)
    return Ends(
        node=np.stack([graph.edge_from[edge], graph.edge_to[edge]], axis=1),
        out_ms=np.stack([_left(back_all_ms, back_ms), _left(there_ms, along_ms)], axis=1),
        in_ms=np.stack([_or_never(along_ms), _or_never(back_ms)], axis=1),
        along_ms=along_ms,
        back_ms=back_ms,
        dm=np.stack([from_start_dm, length_dm - from_start_dm], axis=1),
    )


def _left(all_ms: Costs, done_ms: Costs) -> Costs:
    return np.where(all_ms >= 0, all_ms - done_ms, _NEVER)


def _or_never(ms: Costs) -> Costs:
    return np.where(ms >= 0, ms, _NEVER)


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """How each door is reached from each other one, (origins, destinations).

    `ms` is `_NEVER` where it is not. `choice` is 4 for straight along the street that both stand
    at, else twice the end that is left by plus the end that is come in by.
    """

    ms: Costs
    choice: NDArray[np.int8]


def between(
    times: TravelTimes, origins: Doors, destinations: Doors
) -> tuple[Between, Ends, Ends, Costs]:
    """The fastest way of each pair, exact to the millisecond; the ends, and their own matrix."""
    start, goal = ends(times, origins), ends(times, destinations)
    nodes_ms = times.matrix_ms(start.node.ravel(), goal.node.ravel())
    nodes_ms = nodes_ms.reshape(len(origins.edge), 2, len(destinations.edge), 2)
    best = np.full((len(origins.edge), len(destinations.edge)), _NEVER)
    choice = np.zeros(best.shape, np.int8)

    def take(ms: Costs, number: int) -> None:
        nonlocal best
        faster = ms < best
        choice[faster] = number
        best = np.where(faster, ms, best)

    same = origins.reachable[:, None] & (origins.edge[:, None] == destinations.edge)
    if same.any():
        for done in ("along_ms", "back_ms"):
            first, last = getattr(start, done)[:, None], getattr(goal, done)[None, :]
            ahead = same & (first >= 0) & (last >= first)
            take(np.where(ahead, last - first, _NEVER), 4)
    for out in (0, 1):
        for in_ in (0, 1):
            through = nodes_ms[:, out, :, in_]
            ms = start.out_ms[:, out, None] + through + goal.in_ms[None, :, in_]
            take(np.where(through == NO_WAY, _NEVER, ms), 2 * out + in_)
    best = np.minimum(best, _NEVER)
    return Between(best, choice), start, goal, nodes_ms


def door_travel_s(times: TravelTimes, origins: Doors, destinations: Doors | None = None) -> Ints:
    """Seconds from door to door along the streets, without the walks; `UNREACHABLE_S` for no way.

    Rounded up to whole seconds, so that no detour over a third door ever looks shorter.
    """
    found, *_ = between(times, origins, origins if destinations is None else destinations)
    return np.where(found.ms >= _NEVER, UNREACHABLE_S, -(-found.ms // 1000)).astype(np.int32)


def door_distance_m(times: TravelTimes, origins: Doors, destinations: Doors | None = None) -> Ints:
    """Metres along the fastest ways, without the walks; `UNREACHABLE_S` for no way."""
    destinations = origins if destinations is None else destinations
    found, start, goal, nodes_ms = between(times, origins, destinations)
    shape = nodes_ms.shape
    flat_ms = nodes_ms.reshape(shape[0] * 2, shape[2] * 2)
    nodes_dm = times.matrix_dm(start.node.ravel(), goal.node.ravel(), flat_ms).reshape(shape)
    dm = np.abs(start.dm[:, None, 0] - goal.dm[None, :, 0])
    for out in (0, 1):
        for in_ in (0, 1):
            through = start.dm[:, out, None] + nodes_dm[:, out, :, in_] + goal.dm[None, :, in_]
            dm = np.where(found.choice == 2 * out + in_, through, dm)
    return np.where(found.ms >= _NEVER, UNREACHABLE_S, np.rint(dm / 10)).astype(np.int32)
