"""The rules that others use for visits, each with its best parameters.

The parameters are those with the highest F1 over all cells in a grid search on days of other seeds
(`benchmarks/_visit_tuning.py`). The radius of all fences is one of them, for that does better than
radii by geocode quality. All but Traccar's rule are given the pings in order, once everything has
arrived, which is more than they get in the field. Tried and left out, as it gained nothing: fences
of planned customers only, and positions smoothed by a median of three to nine pings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._visit_day import VisitDay
from benchmarks._visit_score import Found
from core.geometry import Floats

Runs = list[tuple[int, int, int]]
"""(door, first ping, last ping)"""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Pings (in order of time) and fences as the rules see them; `away_m` is ping by door.

    `heard` are the pings that were the latest of all when they arrived.
    """

    t_s: Floats
    xy: Floats
    doors_xy: Floats
    away_m: Floats
    heard: NDArray[np.intp]


def sight(day: VisitDay) -> Sight:
    """The day as the rules see it."""
    xy, doors_xy = day.ping_xy, day.doors.geocode
    away_m = np.hypot(*(xy[:, None] - doors_xy).transpose(2, 0, 1))
    latest = np.maximum.accumulate(day.record.arrival)
    heard = np.unique(latest)
    return Sight(day.pings.t_s, xy, doors_xy, away_m, heard)


def any_ping_in_fence(seen: Sight, radius_m: float) -> list[Found]:
    """Each run of pings inside a fence is a visit to it."""
    return _told(seen.t_s, _runs(seen.away_m <= radius_m), 0.0)


def traccar(seen: Sight, radius_m: float) -> list[Found]:
    """Entering and leaving a geofence are events of the latest position; positions that arrive
    late raise none. A visit lasts from the event of entering to the event of leaving."""
    return traccar_dwell(seen, radius_m, 0.0)


def traccar_dwell(seen: Sight, radius_m: float, dwell_s: float) -> list[Found]:
    """The same, if it lasts."""
    t_s = seen.t_s[seen.heard]
    runs = _runs(seen.away_m[seen.heard] <= radius_m)
    until = [(door, a, min(b + 1, len(t_s) - 1)) for door, a, b in runs]
    return _told(t_s, until, dwell_s)


def hysteresis_dwell(seen: Sight, radius_m: float, margin_m: float, dwell_s: float) -> list[Found]:
    """In with a second ping inside a fence, out with a second beyond a wider one, if it lasts."""
    return _told(seen.t_s, _runs(_held(seen, radius_m, margin_m)), dwell_s)


def hysteresis_nearest(seen: Sight, radius_m: float, margin_m: float) -> list[Found]:
    """The same for the nearest fence only, one at a time, 120 s or more; in the end the customer
    nearest to the mean position is meant."""
    inside = seen.away_m <= radius_m
    twice = inside[1:] & inside[:-1]
    candidate = np.where(twice, seen.away_m[1:], np.inf).argmin(axis=1)
    enters = np.concatenate(([False], twice.any(axis=1))).tolist()
    runs: Runs = []
    row, count = 1, len(seen.t_s)
    while row < count:
        if not enters[row]:
            row += 1
            continue
        door = int(candidate[row - 1])
        out = seen.away_m[row + 1 :, door] > radius_m + margin_m
        second = np.flatnonzero(out[1:] & out[:-1])
        last = row + int(second[0]) if len(second) else count - 1
        runs.append((door, row - 1, last))
        row = last + 2
    return _told(seen.t_s, _at_nearest(seen, runs, np.inf), 120.0)


def staypoints(seen: Sight, roam_m: float, stay_s: float, reach_m: float) -> list[Found]:
    """Stay points of Li et al. (2008), as trackintel's `generate_staypoints` documents them.

    Pings that stay within `roam_m` of the first of them for `stay_s`; the nearest customer within
    `reach_m` of their mean.
    """
    x, y = seen.xy.T
    runs: Runs = []
    row, count = 0, len(x)
    while row < count - 1:
        last = _roams_until(x, y, row, roam_m)
        if seen.t_s[min(last + 1, count - 1)] - seen.t_s[row] >= stay_s:
            runs.append((-1, row, last))
            row = last + 1
        else:
            row += 1
    return _told(seen.t_s, _at_nearest(seen, runs, reach_m), 0.0)


def _roams_until(x: Floats, y: Floats, row: int, roam_m: float) -> int:
    """The last ping before the first that is further than `roam_m` from ping `row`."""
    step = 64
    begin = row + 1
    while begin < len(x):
        part = slice(begin, begin + step)
        off = np.flatnonzero(np.hypot(x[part] - x[row], y[part] - y[row]) > roam_m)
        if len(off):
            return begin + int(off[0]) - 1
        begin, step = begin + step, 4 * step
    return len(x) - 1


def stops(seen: Sight, diameter_m: float, stay_s: float, reach_m: float) -> list[Found]:
    """Stops as movingpandas' `TrajectoryStopDetector` documents them: `stay_s` or longer within
    an area of at most this diameter; the nearest customer within `reach_m` of their mean.

    The library itself (0.23) would bring ten packages along; it was tried aside, on 30 days, with
    the same parameters: F1 0.44, where this has 0.45.
    """
    x, y = seen.xy.T
    t_s = seen.t_s
    until = np.searchsorted(t_s, t_s + stay_s)
    runs: Runs = []
    row, count = 0, len(x)
    while row < count:
        end = int(until[row])
        if end >= count:
            break
        box = [
            x[row : end + 1].min(),
            x[row : end + 1].max(),
            y[row : end + 1].min(),
            y[row : end + 1].max(),
        ]
        if np.hypot(box[1] - box[0], box[3] - box[2]) > diameter_m:
            row += 1
            continue
        while end + 1 < count:
            wider = [
                min(box[0], x[end + 1]),
                max(box[1], x[end + 1]),
                min(box[2], y[end + 1]),
                max(box[3], y[end + 1]),
            ]
            if np.hypot(wider[1] - wider[0], wider[3] - wider[2]) > diameter_m:
                break
            box, end = wider, end + 1
        runs.append((-1, row, end))
        row = end + 1
    return _told(t_s, _at_nearest(seen, runs, reach_m), 0.0)


def _held(seen: Sight, radius_m: float, margin_m: float) -> NDArray[np.bool_]:
    """Ping by door: inside, by the state that the last two agreeing pings set."""
    inside, outside = seen.away_m <= radius_m, seen.away_m > radius_m + margin_m
    enters, leaves = np.zeros_like(inside), np.zeros_like(inside)
    enters[1:], leaves[1:] = inside[1:] & inside[:-1], outside[1:] & outside[:-1]
    rows = np.arange(len(inside))[:, None]
    last_in = np.maximum.accumulate(np.where(enters, rows, -1))
    last_out = np.maximum.accumulate(np.where(leaves, rows, -1))
    return np.asarray(last_in > last_out)


def _runs(inside: NDArray[np.bool_]) -> Runs:
    """Runs of pings inside, fence by fence."""
    padded = np.pad(inside.astype(np.int8), ((1, 1), (0, 0)))
    change = np.diff(padded, axis=0).T
    door, begin = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    return list(zip(door.tolist(), begin.tolist(), (end - 1).tolist(), strict=True))


def _at_nearest(seen: Sight, runs: Runs, reach_m: float) -> Runs:
    meant: Runs = []
    for _, a, b in runs:
        away_m = np.hypot(*(seen.doors_xy - seen.xy[a : b + 1].mean(axis=0)).T)
        nearest = int(away_m.argmin())
        if away_m[nearest] <= reach_m:
            meant.append((nearest, a, b))
    return meant


def _told(t_s: Floats, runs: Runs, dwell_s: float) -> list[Found]:
    return [
        Found(door, float(t_s[a]), float(t_s[b]))
        for door, a, b in runs
        if t_s[b] - t_s[a] >= dwell_s
    ]


RULES: Mapping[str, tuple[Callable[..., list[Found]], Mapping[str, Any]]] = {
    "any ping in fence": (any_ping_in_fence, {"radius_m": 100.0}),
    "Traccar": (traccar, {"radius_m": 75.0}),
    "Traccar + dwell": (traccar_dwell, {"radius_m": 40.0, "dwell_s": 240.0}),
    "hysteresis + dwell": (
        hysteresis_dwell,
        {"radius_m": 30.0, "margin_m": 25.0, "dwell_s": 180.0},
    ),
    "hysteresis + 120 s + nearest": (hysteresis_nearest, {"radius_m": 40.0, "margin_m": 10.0}),
    "stay points + nearest": (staypoints, {"roam_m": 80.0, "stay_s": 240.0, "reach_m": 45.0}),
    "movingpandas stops + nearest": (
        stops,
        {"diameter_m": 100.0, "stay_s": 240.0, "reach_m": 60.0},
    ),
}
"""By name: the rule and its parameters."""


def rivals(day: VisitDay) -> dict[str, list[Found]]:
    """What each rule says of a day."""
    seen = sight(day)
    return {name: rule(seen, **options) for name, (rule, options) in RULES.items()}
