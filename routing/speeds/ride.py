"""The rides of a day: where an agent drove, without stays, walks to doors and silences.

Only what lies between two pings of one ride is ever learned from. So the interval in which a rider
arrives and stands, and the one in which they set off, belong to no ride: how much of it was driven
is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats, LocalPlane
from tracking.accuracy import sigmas_m
from tracking.trails.trail import Trail

LONGEST_STEP_S = 150.0
"""A longer silence ends a ride: which way was taken in it is a guess."""

LEAST_STEP_S = 10.0
"""Pings that come faster are thinned: between them errors outweigh the way."""

RIDE_MPS = 2.5
"""Faster than any walk. A ride begins and ends with a step at this pace, for before it and after
it agents walk between the street and the door; slow steps in between are traffic."""

PACE_S = 30.0
"""The pace is also taken over so long: between two pings a walker's error looks like a ride."""

LEAST_PINGS = 3

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """The pings of rides in order, on a plane; ride *n* has those from `start[n]` to `start[n+1]`.

    `t_s` are epoch seconds, `sigma_m` the error to reckon with.
    """

    t_s: Floats
    x: Floats
    y: Floats
    sigma_m: Floats
    start: Rows

    def __len__(self) -> int:
        return len(self.start) - 1


def no_rides() -> Rides:
    """The rides of a day without any."""
    nothing = np.zeros(0)
    return Rides(nothing, nothing, nothing, nothing, np.zeros(1, np.intp))


def rides(trail: Trail, stays: Sequence[tuple[float, float]], plane: LocalPlane) -> Rides:
    """The rides of a trail. `stays` are from when to when (epoch seconds) the agent was proven to
    be at a customer, beside the stops that the trail shows by itself."""
    t_s = trail.t_s
    standing = [(stop.began_s, stop.ended_s) for stop in trail.stops] + list(stays)
    free = np.flatnonzero(~_covered(t_s, standing))
    kept = free[_thinned(t_s[free])]
    x, y = plane.xy(trail.lat[kept], trail.lon[kept])
    t = t_s[kept]
    apart = np.diff(t) > LONGEST_STEP_S
    apart |= _crosses(t, [began_s for began_s, _ in standing])
    apart |= _crosses(t, [gap.began_s for gap in trail.gaps], side="right")
    ends = np.append(np.flatnonzero(apart), len(t) - 1) + 1
    found = [
        rows
        for first, after in zip(np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True)
        if (rows := _ridden(t, x, y, first, after)) is not None
    ]
    if not found:
        return no_rides()
    rows = np.concatenate(found)
    start = np.append(0, np.cumsum([len(one) for one in found])).astype(np.intp)
    return Rides(t[rows], x[rows], y[rows], sigmas_m(trail.accuracy_m[kept][rows]), start)


def joined(days: Sequence[Rides]) -> Rides:
    """The rides of several agents as one."""
    if not days:
        return no_rides()
    before = np.cumsum([0, *(len(day.t_s) for day in days)])
    starts = [day.start[:-1] + offset for day, offset in zip(days, before[:-1], strict=True)]
    return Rides(
        np.concatenate([day.t_s for day in days]),
        np.concatenate([day.x for day in days]),
        np.concatenate([day.y for day in days]),
        np.concatenate([day.sigma_m for day in days]),
        np.append(np.concatenate(starts), before[-1]).astype(np.intp),
    )


def _covered(t_s: Floats, spans: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    if not spans:
        return np.zeros(len(t_s), bool)
    began_s, ended_s = np.array(spans).T
    inside = np.zeros(len(t_s) + 1, np.intp)
    np.add.at(inside, np.searchsorted(t_s, began_s), 1)
    np.add.at(inside, np.searchsorted(t_s, ended_s, "right"), -1)
    covered: NDArray[np.bool_] = np.cumsum(inside)[:-1] > 0
    return covered


def _crosses(t: Floats, moments: Sequence[float], side: str = "left") -> NDArray[np.bool_]:
    """Between which neighbors one of the moments lies."""
    crossed = np.zeros(max(len(t) - 1, 0), bool)
    places = np.searchsorted(t, np.array(moments, dtype=np.float64), side)  # type: ignore[call-overload]
    crossed[places[(places > 0) & (places < len(t))] - 1] = True
    return crossed


def _thinned(t: Floats) -> Rows:
    """The first ping of each `LEAST_STEP_S` of the clock, and no two closer than half of that."""
    slots = np.floor(t / LEAST_STEP_S)
    first = np.flatnonzero(np.diff(slots, prepend=-np.inf) > 0)
    close = np.diff(t[first], prepend=-np.inf) < LEAST_STEP_S / 2
    return first[~close]


def _ridden(t: Floats, x: Floats, y: Floats, first: int, after: int) -> Rows | None:
    """The rows of a ride between its first and its last step at a rider's pace."""
    if after - first < LEAST_PINGS:
        return None
    rows = slice(first, after)
    t, x, y = t[rows], x[rows], y[rows]
    fast = np.hypot(np.diff(x), np.diff(y)) > RIDE_MPS * np.diff(t)
    later = np.minimum(np.searchsorted(t, t[:-1] + PACE_S), len(t) - 1)
    rode = np.hypot(x[later] - x[:-1], y[later] - y[:-1]) > RIDE_MPS * np.maximum(
        t[later] - t[:-1], PACE_S
    )
    begun = np.bincount(np.flatnonzero(rode), minlength=len(t))
    ended = np.bincount(later[rode], minlength=len(t))
    steps = np.flatnonzero(fast & (np.cumsum(begun - ended)[:-1] > 0))
    if not len(steps) or steps[-1] + 2 - steps[0] < LEAST_PINGS:
        return None
    return np.arange(first + steps[0], first + steps[-1] + 2)
