"""A town for riders: a grid of classes with known speeds, and phones that follow rides on it.

The simulator shares nothing with what it tests: it walks from crossing to crossing by hand, takes
each street's true seconds, and puts errors on positions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from core.geometry import Floats, LocalPlane
from routing.speeds.match import Streets, match_streets
from routing.speeds.ride import Rides, rides
from streets.graph import StreetGraph
from streets.network import from_raw
from streets.profile import EVERYBODY, NOBODY, Profile
from streets.raw import RawStreets, Way
from streets.snap import snap_index
from tests.streets.small_city import at as place
from tracking.trails.day_pings import day_pings
from tracking.trails.trail import Trail, trail_of

SIDE, BLOCK_M = 12, 180.0
PROFILE = Profile.TWO_WHEELER
MONDAY_S = 1_770_595_200.0
"""Monday, 2026-02-09 00:00 UTC."""

PRIMARY, SECONDARY = (0, 6, 11), (3, 9)
"""Rows and columns of larger streets; the others are residential."""


def _class_of(line: int) -> str:
    return "primary" if line in PRIMARY else "secondary" if line in SECONDARY else "residential"


def _node(row: int, column: int) -> int:
    return 1 + row * SIDE + column


@cache
def the_graph() -> StreetGraph:
    """The town; row 2 is one way to the east."""
    nodes = {
        _node(row, column): place(column * BLOCK_M, row * BLOCK_M)
        for row in range(SIDE)
        for column in range(SIDE)
    }
    ways = [
        Way(tuple(_node(row, c) for c in range(SIDE)), _class_of(row), f"Row {row}", math.nan,
            EVERYBODY, NOBODY if row == 2 else EVERYBODY)
        for row in range(SIDE)
    ] + [
        Way(tuple(_node(r, column) for r in range(SIDE)), _class_of(column), f"Column {column}",
            math.nan, EVERYBODY, EVERYBODY)
        for column in range(SIDE)
    ]  # fmt: skip
    return from_raw(RawStreets("Grid", nodes, ways, ()))


@cache
def the_streets() -> Streets:
    return match_streets(snap_index(the_graph(), PROFILE), PROFILE)


@cache
def _edges() -> dict[tuple[tuple[int, int], tuple[int, int]], int]:
    """The edge from crossing to crossing, by (column, row)."""
    graph = the_graph()
    x, y = _plane_xy(graph.node_lat, graph.node_lon)
    column = np.rint((x - x.min()) / BLOCK_M).astype(int)
    row = np.rint((y - y.min()) / BLOCK_M).astype(int)
    crossing = list(zip(column.tolist(), row.tolist(), strict=True))
    return {
        (crossing[a], crossing[b]): n
        for n, (a, b) in enumerate(zip(graph.edge_from, graph.edge_to, strict=True))
    }


def _plane_xy(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    return LocalPlane(the_graph().center).xy(lat, lon)


@dataclass(frozen=True)
class Ridden:
    """A ride: edges one after the other, and when each begins; the last instant is its end."""

    edges: list[int]
    at_s: Floats


def ride(
    corners: Sequence[tuple[int, int]], start_s: float, pace: dict[str, float] | float = 1.0
) -> Ridden:
    """Straight from corner to corner (column, row), each class at `pace` times its default time."""
    graph = the_graph()
    edges = []
    for here, there in pairwise(corners):
        at = here
        while at != there:
            step = at[0] + _toward(at[0], there[0]), at[1] + _toward(at[1], there[1])
            edges.append(_edges()[at, step])
            at = step
    seconds = [
        float(graph.travel_s[e])
        * (pace if isinstance(pace, float) else pace[graph.class_names[graph.edge_class[e]]])
        for e in edges
    ]
    return Ridden(edges, start_s + np.append(0, np.cumsum(seconds)))


def _toward(here: int, there: int) -> int:
    return (there > here) - (there < here)


@dataclass(frozen=True)
class Phone:
    """What a phone sent of a day."""

    t_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats

    def trail(self) -> Trail:
        nan = np.full(len(self.t_s), np.nan)
        columns = (self.t_s, self.lat, self.lon, self.accuracy_m, nan, np.zeros(len(self.t_s)))
        return trail_of(day_pings(*columns, now_s=1e12))

    def rides(self, stays: Sequence[tuple[float, float]] = ()) -> Rides:
        return rides(self.trail(), stays, LocalPlane(the_graph().center))

    def without(self, since_s: float, until_s: float) -> "Phone":
        """Silent in between."""
        kept = (self.t_s < since_s) | (self.t_s > until_s)
        return Phone(self.t_s[kept], self.lat[kept], self.lon[kept], self.accuracy_m[kept])


def phone(
    ridden: Sequence[Ridden], every_s: float, chance: np.random.Generator, error_m: float = 6.0
) -> Phone:
    """Pings of rides; from the end of one to the start of the next it lies at the end's door."""
    graph = the_graph()
    t_s = np.arange(ridden[0].at_s[0] - 300, ridden[-1].at_s[-1] + 300, every_s)
    knots_s: list[float] = [float(t_s[0])]
    lat: list[float] = [graph.node_lat[graph.edge_from[ridden[0].edges[0]]]]
    lon: list[float] = [graph.node_lon[graph.edge_from[ridden[0].edges[0]]]]
    for one in ridden:
        ends = [graph.edge_from[one.edges[0]], *(graph.edge_to[e] for e in one.edges)]
        knots_s += one.at_s.tolist()
        lat += graph.node_lat[ends].tolist()
        lon += graph.node_lon[ends].tolist()
    x, y = _plane_xy(np.interp(t_s, knots_s, lat), np.interp(t_s, knots_s, lon))
    x, y = x + chance.normal(0, error_m, len(x)), y + chance.normal(0, error_m, len(y))
    lat_, lon_ = LocalPlane(graph.center).latlon(x, y)
    return Phone(t_s, lat_, lon_, np.full(len(t_s), error_m))


def a_tour(chance: np.random.Generator, corners: int) -> list[tuple[int, int]]:
    """Corners anywhere, each reached along one row or column; never west along the one-way row."""
    c, r = (int(v) for v in chance.integers(0, SIDE, 2))
    tour = [(c, r)]
    while len(tour) < corners:
        if len(tour) % 2:
            r = int(chance.choice([v for v in range(SIDE) if v not in (r, 2)]))
        else:
            c = int(chance.choice([v for v in range(SIDE) if v != c]))
        tour.append((c, r))
    return tour if all(r != 2 for _, r in tour) else a_tour(chance, corners)


def end_of(one: Ridden) -> tuple[int, int]:
    """The crossing at which a ride ends, (column, row)."""
    return next(to for (_, to), edge in _edges().items() if edge == one.edges[-1])


def joining(start: tuple[int, int], tour: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Along a column and then a row to where the tour begins, and the tour."""
    column, row = tour[0]
    return [corner for corner in ((start[0], row), (column, row)) if corner != start] + tour[1:]
