"""Simulated riders on real streets whose true speeds are known, and the pings of their phones.

Nothing here asks the product for a way, a speed or a match: ways are scipy's, by the true times
with every rider's own opinion of each street; times are summed edge by edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from core.geometry import Floats, LocalPlane
from streets.graph import StreetGraph
from streets.profile import Profile

HOUR_S = 3600.0
Rows = NDArray[np.intp]

SMALL = ("residential", "living_street", "service", "unclassified", "track", "road")
RUSH = {7: 1.0, 8: 1.0, 9: 0.5, 12: 0.3, 13: 0.4, 17: 0.7, 18: 1.0, 19: 0.8}
"""How full the streets are, by the hour of a working day; in other hours they are empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """`pace[edge, hour]` is how many times its default travel time an edge really takes."""

    graph: StreetGraph
    pace: Floats

    def travel_s(self, hour: int) -> Floats:
        """Seconds of each edge in an hour of the day."""
        seconds: Floats = self.graph.travel_s * self.pace[:, hour]
        return seconds


def truth_of(graph: StreetGraph, chance: np.random.Generator, edge_spread: float = 0.12) -> Truth:
    """Each class is as much slower or faster than its default as chance has it, in the rush by
    as much again (large roads more), and each edge has its own spread."""
    classes = len(graph.class_names)
    small = np.array([name in SMALL for name in graph.class_names])
    of_class = np.exp(chance.normal(0.1, 0.2, classes))
    rush = np.where(small, chance.uniform(0.05, 0.25, classes), chance.uniform(0.4, 0.9, classes))
    level = np.array([RUSH.get(hour, 0.0) for hour in range(24)])
    by_hour = of_class[:, None] * (1 + rush[:, None] * level)
    of_edge = np.exp(chance.normal(0, edge_spread, graph.edge_count))
    return Truth(graph, by_hour[graph.edge_class] * of_edge[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """A drive from node to node: edges in order, and the instant at which each begins.

    `at_s` has one more than `edges`: when the drive ends.
    """

    edges: Rows
    at_s: Floats


class Riders:
    """Rides on one city's true speeds."""

    def __init__(self, truth: Truth, chance: np.random.Generator) -> None:
        graph = truth.graph
        self.truth, self.chance = truth, chance
        self.x, self.y = LocalPlane(graph.center).xy(graph.shape_lat, graph.shape_lon)
        rideable = np.flatnonzero(graph.open_to(Profile.TWO_WHEELER))
        fastest_first = rideable[np.argsort(graph.travel_s[rideable], kind="stable")]
        key = graph.edge_from.astype(np.int64) * graph.node_count + graph.edge_to
        _, first = np.unique(key[fastest_first], return_index=True)
        self._edges = fastest_first[first]
        self._key = key[self._edges]

    def drive(self, origin: int, destination: int, start_s: float, day_s: float) -> Drive | None:
        """The fastest way as this rider sees it, with each street's luck; `start_s` after `day_s`
        (local midnight). None where there is no way."""
        graph, hour = self.truth.graph, int(start_s // HOUR_S) % 24
        seconds = self.truth.travel_s(hour)
        opinion = seconds * np.exp(self.chance.normal(0, 0.15, graph.edge_count))
        weighted = csr_array(
            (opinion[self._edges], (graph.edge_from[self._edges], graph.edge_to[self._edges])),
            shape=(graph.node_count, graph.node_count),
        )
        _, before = dijkstra(weighted, indices=[origin], return_predecessors=True)
        nodes = [destination]
        while nodes[-1] != origin:
            if before[0][nodes[-1]] < 0:
                return None
            nodes.append(int(before[0][nodes[-1]]))
        path = np.array(nodes[::-1], np.int64)
        edges = self._edges[np.searchsorted(self._key, path[:-1] * graph.node_count + path[1:])]
        luck = np.exp(self.chance.normal(-0.02, 0.2, len(edges)))
        return Drive(edges, day_s + start_s + np.append(0, np.cumsum(seconds[edges] * luck)))

    def positions(self, drive: Drive, t_s: Floats) -> tuple[Floats, Floats, Rows]:
        """Where the rider is at these instants of a drive (metres), and on which edge."""
        graph = self.truth.graph
        place = np.clip(np.searchsorted(drive.at_s, t_s, "right") - 1, 0, len(drive.edges) - 1)
        share = (t_s - drive.at_s[place]) / np.diff(drive.at_s)[place]
        x, y = np.empty(len(t_s)), np.empty(len(t_s))
        for n, (edge, part) in enumerate(zip(drive.edges[place], share, strict=True)):
            points = slice(graph.shape_start[edge], graph.shape_start[edge + 1])
            px, py = self.x[points], self.y[points]
            along = np.append(0, np.cumsum(np.hypot(np.diff(px), np.diff(py))))
            x[n] = np.interp(part * along[-1], along, px)
            y[n] = np.interp(part * along[-1], along, py)
        return x, y, drive.edges[place]


@dataclass(frozen=True, slots=True, eq=False)
class PhoneDay:
    """A day's pings, the drives behind them, and the stays between the drives."""

    t_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    drives: tuple[Drive, ...]
    stays: tuple[tuple[float, float], ...]


def phone_day(
    riders: Riders,
    doors: Sequence[int],
    day_s: float,
    every_s: float,
    error_m: float = 7.0,
    start_s: float = 8.5 * HOUR_S,
) -> PhoneDay:
    """A rider's day from door to door (nodes), ten minutes at each, a ping every `every_s`.

    Errors are normal per axis and half of them drifts over a minute or so.
    """
    chance, graph = riders.chance, riders.truth.graph
    at_s, drives, stays = start_s, [], []
    for origin, destination in pairwise(doors):
        drive = riders.drive(origin, destination, at_s, day_s)
        if drive is None or not len(drive.edges):
            continue
        drives.append(drive)
        stay_s = float(chance.uniform(420, 900))
        stays.append((float(drive.at_s[-1]), float(drive.at_s[-1]) + stay_s))
        at_s = stays[-1][1] - day_s
    t_s = np.arange(day_s + start_s + chance.uniform(0, every_s), day_s + at_s, every_s)
    x, y = np.full(len(t_s), np.nan), np.full(len(t_s), np.nan)
    for drive, (began_s, ended_s) in zip(drives, stays, strict=True):
        driving = (t_s >= drive.at_s[0]) & (t_s < drive.at_s[-1])
        x[driving], y[driving], _ = riders.positions(drive, t_s[driving])
        standing = (t_s >= began_s) & (t_s <= ended_s)
        door_x, door_y, _ = riders.positions(drive, drive.at_s[-1:] - 1e-6)
        x[standing], y[standing] = door_x[0] + 12, door_y[0] + 12
    drift = np.zeros((2, len(t_s)))
    keep = np.exp(-every_s / 60.0)
    for n in range(1, len(t_s)):
        drift[:, n] = keep * drift[:, n - 1] + chance.normal(0, np.sqrt(1 - keep**2), 2)
    noise = error_m * np.sqrt(0.5) * (drift + chance.normal(0, 1, (2, len(t_s))))
    lat, lon = LocalPlane(graph.center).latlon(x + noise[0], y + noise[1])
    accuracy_m = error_m * chance.lognormal(0, 0.3, len(t_s))
    return PhoneDay(t_s, lat, lon, accuracy_m, tuple(drives), tuple(stays))


def a_round(graph: StreetGraph, chance: np.random.Generator, stops: int) -> list[int]:
    """Doors of a day: three in five near one place, the rest anywhere one can ride to."""
    x, y = LocalPlane(graph.center).xy(graph.node_lat, graph.node_lon)
    reached = np.unique(graph.edge_from[graph.open_to(Profile.TWO_WHEELER)])
    center = int(chance.choice(reached))
    near = reached[np.hypot(x - x[center], y - y[center])[reached] < 1500]
    pools = [near if chance.random() < 0.6 else reached for _ in range(stops)]
    return [int(chance.choice(pool)) for pool in (reached, *pools)]
