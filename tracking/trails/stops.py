"""Stops: where an agent stayed for two minutes or longer, whatever for."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from tracking.trails.one_per_instant import Rows

STOP_S = 120.0
"""Longer than most red lights, shorter than most visits."""

WALK_MPS = 1.1
"""An unhurried walk. Who covers less ground than that in a minute is standing."""

STILL_M = (20.0, 60.0)
"""How far a standing phone may seem to move in a minute: 1.5 σ, within these limits."""

RADIUS_M = (30.0, 75.0)
"""A stop lies within 2.5 σ of its center, within these limits: statements are wrong either way."""

SMOOTHED_S = 30.0

EDGE_M = 15.0
"""A stop begins and ends within 2.5 times the usual distance from its center, or this."""

STRAIGHT = 0.75
"""A slow stretch that a steady drift explains to this part is a crawl or a stroll, and no stop."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Pings `first` to `last`, both included, around a center in metres on the trail's plane."""

    first: int
    last: int
    x: float
    y: float
    radius_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What stops are found in: parallel arrays by ping, and the ends of each ping's stretch.

    Between two stretches nothing is known, so no stop reaches across.
    """

    t_s: Floats
    x: Floats
    y: Floats
    sigma_m: Floats
    stretch_first: Rows
    stretch_last: Rows


def find_stays(ground: Ground) -> list[Stay]:
    """All stays of `STOP_S` or longer, in order of time; no ping is in two of them.

    A walker gets further in a minute than a standing phone's error wanders; what is slow in that
    sense is then held to the radius around its center.
    """
    found: list[Stay] = []
    waiting = _slow_runs(ground)[::-1]
    while waiting:
        first, last = waiting.pop()
        x, y = ground.x[first : last + 1], ground.y[first : last + 1]
        radius_m = float(np.clip(2.5 * ground.sigma_m[first : last + 1].mean(), *RADIUS_M))
        if _is_wider(x, y, radius_m):
            cut = first + _best_cut(x, y)
            waiting += [(cut + 1, last), (first, cut)]
            continue
        stay = _settled(ground, first, last, radius_m, found[-1].last if found else -1)
        if stay is None:
            continue
        if found and (both := _joined(ground, found[-1], stay)):
            found[-1] = both
        else:
            found.append(stay)
    return [stay for stay in found if not _is_stroll(ground, stay)]


def _slow_runs(ground: Ground) -> list[tuple[int, int]]:
    """Runs of links in which the smoothed positions show less than a walk."""
    t, n = ground.t_s, len(ground.t_s)
    x, y, sigma = _smoothed(ground)
    still_m = np.clip(1.5 * sigma, *STILL_M)
    window_s = np.maximum(60.0, 1.5 * still_m / WALK_MPS)
    links = np.zeros(n, np.intp)
    # The longer window gives an error that has swung out the time to swing back.
    for stretched in (1.0, 2.0):
        until = np.searchsorted(t, t + stretched * window_s)
        rows = np.flatnonzero(until <= ground.stretch_last)
        until = until[rows]
        still = np.hypot(x[until] - x[rows], y[until] - y[rows]) <= still_m[rows]
        links += np.bincount(rows[still], minlength=n) - np.bincount(until[still], minlength=n)
    held = np.concatenate(([0], np.cumsum(links) > 0))
    change = np.flatnonzero(np.diff(held.astype(np.int8), append=0))
    return list(zip(change[::2].tolist(), change[1::2].tolist(), strict=True))


def _smoothed(ground: Ground) -> tuple[Floats, Floats, Floats]:
    """The mean of x and y weighted by 1/σ, and of σ, over the minute around each ping."""
    t = ground.t_s
    begin = np.maximum(np.searchsorted(t, t - SMOOTHED_S), ground.stretch_first)
    end = np.minimum(np.searchsorted(t, t + SMOOTHED_S, "right"), ground.stretch_last + 1)
    weight = 1 / ground.sigma_m
    sums = np.zeros((3, len(t) + 1))
    np.cumsum((weight, weight * ground.x, weight * ground.y), axis=1, out=sums[:, 1:])
    w, x, y = sums[:, end] - sums[:, begin]
    return x / w, y / w, (end - begin) / w


def _is_wider(x: Floats, y: Floats, radius_m: float) -> bool:
    off_x, off_y = _centered(x), _centered(y)
    return bool(off_x @ off_x + off_y @ off_y > len(x) * radius_m**2)


def _settled(ground: Ground, first: int, last: int, radius_m: float, taken: int) -> Stay | None:
    """The stay that a slow run holds, if it is long enough. Rows up to `taken` are another's."""
    if ground.t_s[last] - ground.t_s[first] < STOP_S / 2:
        return None
    x, y = ground.x[first : last + 1], ground.y[first : last + 1]
    half = len(x) // 2
    middle = np.partition(x, half)[half], np.partition(y, half)[half]
    usual_m = np.partition(np.hypot(x - middle[0], y - middle[1]), half)[half]
    edge_m = min(radius_m, max(EDGE_M, 2.5 * usual_m))
    first, last = _edges(ground, first, last, taken, middle, edge_m)
    if last < first or ground.t_s[last] - ground.t_s[first] < STOP_S:
        return None
    return _stay(ground, first, last, radius_m)


def _edges(
    ground: Ground, first: int, last: int, taken: int, middle: tuple[float, float], edge_m: float
) -> tuple[int, int]:
    """From the first ping to the last that are near the middle, also just beyond the run.

    The smoothed positions that the run was found by blur its ends, by a minute if pings are rare.
    """
    t = ground.t_s
    begin = max(int(np.searchsorted(t, t[first] - STOP_S)), ground.stretch_first[first], taken + 1)
    end = min(int(np.searchsorted(t, t[last] + STOP_S)), ground.stretch_last[first] + 1)
    off_m = np.hypot(ground.x[begin:end] - middle[0], ground.y[begin:end] - middle[1])
    near = np.flatnonzero(off_m <= edge_m) + begin
    inside = near[(near >= first) & (near <= last)]
    if not len(inside):
        return first, first - 1
    outside = np.flatnonzero(off_m > edge_m) + begin
    before, after = outside[outside < inside[0]], outside[outside > inside[-1]]
    return (
        int(before[-1]) + 1 if len(before) else begin,
        int(after[0]) - 1 if len(after) else end - 1,
    )


def _stay(ground: Ground, first: int, last: int, radius_m: float) -> Stay:
    """Its center is the mean weighted by 1/σ, not 1/σ²: a confident lie must not outweigh all."""
    rows = slice(first, last + 1)
    weight = 1 / ground.sigma_m[rows]
    total = weight.sum()
    x, y = float(weight @ ground.x[rows] / total), float(weight @ ground.y[rows] / total)
    return Stay(first, last, x, y, radius_m)


def _best_cut(x: Floats, y: Floats) -> int:
    """The row after which to cut so that both parts are narrowest (least squares)."""
    count = np.arange(1, len(x))
    left_x, left_y = np.cumsum(x - x[0])[:-1], np.cumsum(y - y[0])[:-1]
    right_x, right_y = (x - x[0]).sum() - left_x, (y - y[0]).sum() - left_y
    explained = (left_x**2 + left_y**2) / count + (right_x**2 + right_y**2) / count[::-1]
    return int(np.argmax(explained))


def _joined(ground: Ground, one: Stay, other: Stay) -> Stay | None:
    """Both as one, where the phone's error wandered off between them and came back."""
    radius_m = max(one.radius_m, other.radius_m)
    apart_m = np.hypot(one.x - other.x, one.y - other.y)
    away_s = ground.t_s[other.first] - ground.t_s[one.last]
    if ground.stretch_last[one.last] < other.first or apart_m > radius_m / 2 or away_s > STOP_S:
        return None
    return _stay(ground, one.first, other.last, radius_m)


def _centered(values: Floats) -> Floats:
    off: Floats = values - values.sum() / len(values)
    return off


def _is_stroll(ground: Ground, stay: Stay) -> bool:
    rows = slice(stay.first, stay.last + 1)
    t, x, y = (_centered(values[rows]) for values in (ground.t_s, ground.x, ground.y))
    spread = float(x @ x + y @ y)
    drift2 = (float(t @ x) ** 2 + float(t @ y) ** 2) / float(t @ t)
    crossed_m = np.sqrt(drift2 / float(t @ t)) * (t[-1] - t[0])
    return bool(drift2 > STRAIGHT * spread and crossed_m > stay.radius_m)
