"""The rules that others use, to stand beside ours: what a detector must clearly beat."""

from itertools import pairwise

import numpy as np

from core.geometry import Floats
from tests.geofence.simulated_day import PLANE, Day, Found


def _distances(day: Day) -> tuple[Floats, Floats]:
    """Metres from each ping to each fence's center, and each fence's radius."""
    x, y = PLANE.xy(day.pings.lat, day.pings.lon)
    lat, lon = np.array([fence.center for fence in day.fences]).T
    fence_x, fence_y = PLANE.xy(lat, lon)
    radius_m = np.array([fence.radius_m for fence in day.fences])
    return np.hypot(x[:, None] - fence_x, y[:, None] - fence_y), radius_m


def any_ping_in_fence(day: Day) -> list[Found]:
    """Each run of pings inside a fence is a visit."""
    away_m, radius_m = _distances(day)
    found = []
    for column, fence in enumerate(day.fences):
        inside = (away_m[:, column] <= radius_m[column]).astype(int)
        change = np.flatnonzero(np.diff(np.concatenate(([0], inside, [0]))))
        for a, b in zip(change[::2], change[1::2], strict=True):
            found.append((frozenset([fence.id]), day.pings.t_s[a], day.pings.t_s[b - 1]))
    return found


def dwell_at_nearest(day: Day) -> list[Found]:
    """Two minutes with the same fence nearest and around every ping."""
    away_m, radius_m = _distances(day)
    nearest = away_m.argmin(axis=1)
    inside = away_m[np.arange(len(nearest)), nearest] <= radius_m[nearest]
    label = np.where(inside, nearest, -1)
    edges = np.flatnonzero(np.diff(label, prepend=-2, append=-2))
    return _long_enough(day, [(int(label[a]), int(a), int(b) - 1) for a, b in pairwise(edges)])


def hysteresis_and_nearest(day: Day) -> list[Found]:
    """In with two pings inside a fence, out with two pings 25 m beyond it; two minutes; the
    customer is the one nearest to the mean position."""
    away_m, radius_m = _distances(day)
    runs, at, begin, strikes = [], -1, 0, 0
    for row in range(1, len(away_m)):
        if at >= 0:
            strikes = strikes + 1 if away_m[row, at] > radius_m[at] + 25 else 0
            if strikes == 2:
                runs.append((at, begin, row - 2))
                at, strikes = -1, 0
        else:
            inside = (away_m[row - 1 : row + 1] <= radius_m).all(axis=0)
            if inside.any():
                at = int(np.where(inside, away_m[row], np.inf).argmin())
                begin = row - 1
    runs.append((at, begin, len(away_m) - 1))
    x, y = PLANE.xy(day.pings.lat, day.pings.lon)
    centers = np.array(
        [PLANE.xy(np.array(f.center.lat), np.array(f.center.lon)) for f in day.fences]
    )
    meant = []
    for place, a, b in runs:
        if place >= 0:
            mean = np.array([x[a : b + 1].mean(), y[a : b + 1].mean()])
            meant.append((int(np.hypot(*(centers - mean).T).argmin()), a, b))
    return _long_enough(day, meant)


def _long_enough(day: Day, runs: list[tuple[int, int, int]]) -> list[Found]:
    t = day.pings.t_s
    return [
        (frozenset([day.fences[place].id]), t[a], t[b])
        for place, a, b in runs
        if place >= 0 and t[b] - t[a] >= 120
    ]
