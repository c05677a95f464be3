"""A day that is an older day over again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from core.geometry import Floats, LocalPlane
from core.said import say
from geofence.spoofing.course import Course, Rows
from geofence.spoofing.phone_day import PhoneDay, in_order
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

CELL_M = 20.0
ANCHORS = 128
SHIFT_S = 4.0
"""Pings that a copy shares with its original vote for one time shift, in bins of this width."""

EXACT_M = 1.0
EXACT_PINGS, EXACT_WAY_M, EXACT_SPAN_S = 10, 500.0, 600.0
"""Two rides on one road pass a point within a meter of each other, and at 8 m/s within an eighth of
a second of one constant shift, by chance only; their errors, of meters, would have to be equal too.
Ten such pings over half a kilometer and ten minutes of traffic do not happen."""

NEAR_M = 12.0
NEAR_PINGS, NEAR_WAY_M, NEAR_SHARE = 15, 3000.0, 0.5
"""With noise of up to 5 m added, 94 % of a copy stays within 12 m of the original. An honest second
ride would have to keep within some seconds of one shift at half of its pings on the move, through
every light and every visit of the day."""

MOST_SHIFTS = 3


@dataclass(frozen=True, slots=True)
class _Match:
    older: int
    shift_s: float
    pings: int
    share: float
    way_m: float
    typical_m: float
    rows: Rows


def replay(course: Course, older: Sequence[PhoneDay]) -> list[Suspicion]:
    """The older day that this one repeats on the move, at a constant shift in time.

    The road is not compared, for agents ride the same one daily: the course in time is, to the
    meter. Standing proves nothing, for everybody stands at home.
    """
    moving = course.moving
    if len(moving) < EXACT_PINGS or not older:
        return []
    matches = [
        match
        for number, shift_s, points in _candidates(course, moving, older)
        if (match := _compare(course, moving, number, points, shift_s))
    ]
    if not matches:
        return []
    best = max(matches, key=lambda match: (match.pings, match.way_m))
    return [_sign(course, best)]


def _sign(course: Course, match: _Match) -> Suspicion:
    t_s = course.day.t_s
    began_s, ended_s = float(t_s[match.rows].min()), float(t_s[match.rows].max())
    first = datetime.fromtimestamp(began_s - match.shift_s, UTC)
    return Suspicion(
        "replayed-track",
        say(
            "{pings} pings on {way_m:.1f} km repeat the track from {first:%Y-%m-%d %H:%M} "
            "UTC on, typically to {typical_m:.1f} m",
            pings=match.pings,
            way_m=match.way_m / 1000,
            first=first,
            typical_m=match.typical_m,
        ),
        began_s,
        ended_s,
        RAREST,
        (
            Figure("shift_s", match.shift_s),
            Figure("pings", match.pings),
            Figure("share", match.share),
            Figure("way_m", match.way_m),
            Figure("typical_m", match.typical_m),
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """The pings of an older day in order of time, on the plane of the new one."""

    t_s: Floats
    x: Floats
    y: Floats


def _candidates(
    course: Course, moving: Rows, older: Sequence[PhoneDay]
) -> list[tuple[int, float, _Points]]:
    """For each older day the shifts that most of the anchors vote for.

    Anchors are pings on the move, spread over the day; whatever an older day has in the cell of
    one or beside it votes for the shift between the two.
    """
    anchors = moving[np.linspace(0, len(moving) - 1, min(ANCHORS, len(moving))).astype(int)]
    at = _cells(course.x[anchors], course.y[anchors])
    keys = np.concatenate([at + _cell(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    times = np.tile(course.day.t_s[anchors], 9)
    order = np.argsort(keys, kind="stable")
    keys, times = keys[order], times[order]
    found = []
    for number, day in enumerate(older):
        points = _points(day, course.plane)
        cells = _cells(points.x, points.y)
        first, end = np.searchsorted(keys, cells), np.searchsorted(keys, cells, side="right")
        counts = end - first
        if not counts.sum():
            continue
        rows = np.repeat(np.arange(len(cells)), counts)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        shifts = times[np.repeat(first, counts) + within] - points.t_s[rows]
        found += [(number, shift_s, points) for shift_s in _most_voted(shifts)]
    return found


def _cell(i: Floats | int, j: Floats | int) -> np.ndarray:
    return np.asarray(i, np.int64) * 1_000_003 + np.asarray(j, np.int64)


def _cells(x: Floats, y: Floats) -> np.ndarray:
    return _cell(np.floor(x / CELL_M), np.floor(y / CELL_M))


def _points(day: PhoneDay, plane: LocalPlane) -> _Points:
    day = in_order(day)
    order = np.argsort(day.t_s, kind="stable")
    return _Points(day.t_s[order], *plane.xy(day.lat[order], day.lon[order]))


def _most_voted(shifts: Floats) -> list[float]:
    """The middle of the shifts in the fullest bins, each half a bin wider to both sides."""
    bins = np.round(shifts / SHIFT_S)
    values, counts = np.unique(bins, return_counts=True)
    fullest = values[np.argsort(-counts, kind="stable")[:MOST_SHIFTS]] * SHIFT_S
    return [float(np.median(shifts[np.abs(shifts - s) <= SHIFT_S])) for s in fullest]


def _compare(
    course: Course, moving: Rows, number: int, points: _Points, shift_s: float
) -> _Match | None:
    """How much of the day follows the older one at this shift; None when that may be chance."""
    for _ in range(2):
        off_s, off_m = _off(course, moving, points, shift_s)
        close = off_m <= NEAR_M
        if close.sum() < EXACT_PINGS:
            return None
        shift_s += float(np.median(off_s[close]))
    off_s, off_m = _off(course, moving, points, shift_s)
    for limit_m, pings, way_m, share in (
        (NEAR_M, NEAR_PINGS, NEAR_WAY_M, NEAR_SHARE), (EXACT_M, EXACT_PINGS, EXACT_WAY_M, 0.0),
    ):  # fmt: skip
        rows = moving[off_m <= limit_m]
        way = _way_m(course, rows)
        span_s = float(np.ptp(course.day.t_s[rows])) if len(rows) else 0.0
        enough = len(rows) >= max(pings, share * len(moving))
        if enough and way >= way_m and span_s >= EXACT_SPAN_S:
            typical = float(np.median(off_m[off_m <= limit_m]))
            return _Match(number, shift_s, len(rows), len(rows) / len(moving), way, typical, rows)
    return None


def _off(course: Course, moving: Rows, points: _Points, shift_s: float) -> tuple[Floats, Floats]:
    """How far each ping on the move is, in time and on the ground, from where the older day was.

    The older day is read between its pings where they are a minute apart or less, and at the
    nearest ping elsewhere; the better of the two counts.
    """
    t = course.day.t_s[moving] - shift_s
    x, y = course.x[moving], course.y[moving]
    after = np.clip(np.searchsorted(points.t_s, t), 1, max(1, len(points.t_s) - 1))
    if len(points.t_s) < 2:
        return np.zeros(len(t)), np.full(len(t), np.inf)
    before = after - 1
    near = np.where(t - points.t_s[before] <= points.t_s[after] - t, before, after)
    off_s = t - points.t_s[near]
    off_m = np.hypot(x - points.x[near], y - points.y[near])
    off_m[np.abs(off_s) > SHIFT_S] = np.inf
    gap_s = points.t_s[after] - points.t_s[before]
    part = (t - points.t_s[before]) / np.maximum(gap_s, 1e-9)
    inside = (part >= 0) & (part <= 1) & (gap_s <= 60)
    between_m = np.hypot(
        x - points.x[before] - part * (points.x[after] - points.x[before]),
        y - points.y[before] - part * (points.y[after] - points.y[before]),
    )
    return off_s, np.where(inside, np.minimum(off_m, between_m), off_m)


def _way_m(course: Course, rows: Rows) -> float:
    """The way covered between those of these pings that follow each other."""
    if len(rows) < 2:
        return 0.0
    follows = np.diff(rows) <= 2
    return float(np.hypot(np.diff(course.x[rows]), np.diff(course.y[rows]))[follows].sum())
