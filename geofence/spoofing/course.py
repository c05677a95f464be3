"""A day as motion: positions in metres, links between neighbors, and where the phone stood."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats, LatLon, LocalPlane
from geofence.spoofing.phone_day import Bools, PhoneDay

Rows = NDArray[np.intp]

STILL_MPS = 0.5
"""Slower than anybody walks; over two minutes it is 60 m, more than errors usually move a fix."""

LOOK_S = 60.0
"""How far before and after a ping its pace is looked at: as long as a phone's error remembers."""

FURTHEST_S = 1_200.0
"""Pings further apart than that, as of a phone that reports every ten minutes, tell no pace."""

FAR_M = 150.0

SHORTEST_STAY_S = 120.0
FEWEST_PINGS = 5


@dataclass(frozen=True, eq=False)
class Course:
    """A day in order, with `x` and `y` in metres on `plane`."""

    day: PhoneDay
    plane: LocalPlane
    x: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.day)

    @cached_property
    def same_phone(self) -> Bools:
        """For each link between neighbors: whether one phone made both pings."""
        same: Bools = np.diff(self.day.device) == 0
        return same

    @cached_property
    def dt_s(self) -> Floats:
        """The length of each link in time; infinite between two phones."""
        return np.where(self.same_phone, np.diff(self.day.t_s), np.inf)

    @cached_property
    def step_m(self) -> Floats:
        """The length of each link on the ground."""
        return np.hypot(np.diff(self.x), np.diff(self.y))

    @cached_property
    def pace_mps(self) -> Floats:
        """For each ping the straight speed over about a minute before and after it; not a number
        where the neighbors are too far away in time to tell."""
        t, n = self.day.t_s, len(self)
        pace = np.full(n, np.nan)
        for begin, end in self.phones:
            part = slice(begin, end)
            here = np.arange(begin, end)
            before = np.searchsorted(t[part], t[part] - LOOK_S) + begin
            after = np.searchsorted(t[part], t[part] + LOOK_S, side="right") - 1 + begin
            before = np.maximum(np.minimum(before, here - 1), begin)
            after = np.minimum(np.maximum(after, here + 1), end - 1)
            span_s = t[after] - t[before]
            known = (span_s > 1e-3) & (span_s <= FURTHEST_S)
            moved_m = np.hypot(self.x[after] - self.x[before], self.y[after] - self.y[before])
            pace[part][known] = moved_m[known] / span_s[known]
        return pace

    @cached_property
    def phones(self) -> list[tuple[int, int]]:
        """The rows of each phone, as (first, end)."""
        cuts = np.flatnonzero(~self.same_phone) + 1
        edges = [0, *cuts.tolist(), len(self)]
        return list(pairwise(edges)) if len(self) else []

    @cached_property
    def stays(self) -> list[tuple[int, int]]:
        """Where the phone stood for two minutes or more and said so five times: (first, end)."""
        still = np.nan_to_num(self.pace_mps, nan=np.inf) < STILL_MPS
        joined = still[1:] & still[:-1] & (self.dt_s <= FURTHEST_S / 2)
        edges = np.diff(np.concatenate([[0], joined.astype(np.int8), [0]]))
        firsts, lasts = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        trimmed = [
            self._trimmed(int(a), int(b) + 1)
            for a, b in zip(firsts, lasts, strict=True)
            if b - a + 1 >= FEWEST_PINGS
        ]
        t_s = self.day.t_s
        return [
            (a, b)
            for a, b in trimmed
            if b - a >= FEWEST_PINGS and t_s[b - 1] - t_s[a] >= SHORTEST_STAY_S
        ]

    def _trimmed(self, a: int, b: int) -> tuple[int, int]:
        """A stay without the steps to the door and from it, which its pace hides."""
        off_m = np.hypot(self.x[a:b] - np.median(self.x[a:b]), self.y[a:b] - np.median(self.y[a:b]))
        inside = np.flatnonzero(off_m <= max(1.0, 3 * float(np.median(off_m))))
        return a + int(inside[0]), a + int(inside[-1]) + 1

    @cached_property
    def moving(self) -> Rows:
        """The pings at which the phone is on its way: at a walk or faster, or, where it reports
        seldom, about to be 150 m further."""
        leaves = np.append((self.step_m >= FAR_M) & self.same_phone, False)
        rows: Rows = np.flatnonzero((np.nan_to_num(self.pace_mps) > 2 * STILL_MPS) | leaves)
        return rows


def course(day: PhoneDay) -> Course:
    """The course of a day that is in order."""
    middle = LatLon(float(np.median(day.lat)), float(np.median(day.lon))) if len(day) else None
    plane = LocalPlane(middle or LatLon(0.0, 0.0))
    return Course(day, plane, *plane.xy(day.lat, day.lon))
