"""Positions that a phone made up: there and back again, or where nothing could have brought it.

The stated accuracy is not asked, for confident lies are the worst.
"""

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from tracking.trails.stops import STOP_S

Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]

GAP_S = 300.0
"""A longer silence is a gap: what happened in it is not known."""

LEAST_JUMP_M = 40.0
"""Beyond ordinary noise: the error of a phone between houses seldom changes by more at once."""

EXCURSION_S = STOP_S
"""Whoever is elsewhere for long enough to make a stop has been there; before that it is the phone's
imagination. The ways there and back take their time beside it, at `RIDE_MPS` and up to
`WAYS_S`."""

RIDE_MPS = 15.0
WAYS_S = 60.0

OVER_PACE = 1.5
WALK_MPS = 1.5
"""A jump outdoes the pace of its surroundings by half, and that of a brisk walk in any case."""

DETOUR = 1.5
"""By way of the excursion it is this much further than straight on. A right-angled corner, the
sharpest turn of an ordinary street, makes it 1.41."""

AROUND = 11
TYPICAL = 6
"""The pace is the seventh of eleven links by speed: of moving and standing links the moving ones
when they are nearly half, and of honest and false ones honest with up to two lies among them."""

FASTEST_MPS = 50.0
"""180 km/h: no vehicle of a field agent goes faster."""

BOTH_ERRORS_M = 100.0
"""What the errors of two positions together may add to the distance between them."""


def believable(t_s: Floats, x: Floats, y: Floats) -> Bools:
    """Which of these pings (ascending times, metres on a plane) can be believed.

    A jump that stays where it went is believed, for the phone may have been wrong before; where
    no vehicle could have made it, `unreachable` still tells.
    """
    believed = np.ones(len(t_s), bool)
    for cut in (_excursions, _islands):
        while True:
            kept = np.flatnonzero(believed)
            false = kept[cut(t_s[kept], x[kept], y[kept])]
            if not len(false):
                break
            believed[false] = False
    return believed


def unreachable(t_s: Floats, x: Floats, y: Floats) -> Bools:
    """Between which neighbors no vehicle could have gone in the time."""
    far: Bools = _steps(x, y) > FASTEST_MPS * np.diff(t_s) + BOTH_ERRORS_M
    return far


def _steps(x: Floats, y: Floats) -> Floats:
    steps: Floats = np.hypot(np.diff(x), np.diff(y))
    return steps


def _excursions(t_s: Floats, x: Floats, y: Floats) -> Rows:
    """The rows between two jumps, one there and one back. Only few links are jumps."""
    nothing = np.zeros(0, np.intp)
    step_m, step_s = _steps(x, y), np.diff(t_s)
    if not (step_m > LEAST_JUMP_M).any():
        return nothing
    fast = step_m > OVER_PACE * np.maximum(_pace_mps(step_m / step_s), WALK_MPS) * step_s
    jumps = np.flatnonzero(fast & (step_m > LEAST_JUMP_M))
    for nth in range(1, len(jumps)):
        there, back = jumps[:-nth], jumps[nth:]
        span_s = t_s[back + 1] - t_s[there]
        if span_s.min() >= EXCURSION_S + WAYS_S:
            break
        ways_m = step_m[there] + step_m[back]
        straight_m = np.hypot(x[back + 1] - x[there], y[back + 1] - y[there])
        soon = span_s < EXCURSION_S + np.minimum(ways_m / RIDE_MPS, WAYS_S)
        bent = soon & (ways_m > DETOUR * straight_m)
        # The shorter of two that share a jump: the lie is brief, the truth goes on.
        shortest_first = np.flatnonzero(bent)[np.argsort(span_s[bent], kind="stable")]
        false: list[Rows] = []
        used: set[int] = set()
        for pair in shortest_first:
            a, b = int(there[pair]), int(back[pair])
            # Somebody who rides about in between has really gone there.
            if used.isdisjoint((a, b)) and _roamed_m(x, y, a, b) <= min(step_m[a], step_m[b]) / 2:
                used |= {a, b}
                false.append(np.arange(a + 1, b + 1))
        if false:
            return np.concatenate(false)
    return nothing


def _roamed_m(x: Floats, y: Floats, there: int, back: int) -> float:
    """How wide the ground is that was covered between two jumps."""
    if back == there + 1:
        return 0.0
    inside = slice(there + 1, back + 1)
    return float(np.hypot(np.ptp(x[inside]), np.ptp(y[inside])))


def _pace_mps(link_mps: Floats) -> Floats:
    around = np.lib.stride_tricks.sliding_window_view(np.pad(link_mps, AROUND // 2), AROUND)
    pace: Floats = np.partition(around, TYPICAL, axis=1)[:, TYPICAL]
    return pace


def _islands(t_s: Floats, x: Floats, y: Floats) -> Rows:
    """The rows of brief stretches that could not be reached from a longer one beside them."""
    cut_off = unreachable(t_s, x, y)
    if not cut_off.any():
        return np.zeros(0, np.intp)
    after = np.flatnonzero(cut_off | (np.diff(t_s) > GAP_S))
    first, last = np.append(0, after + 1), np.append(after, len(t_s) - 1)
    lasted_s, apart = t_s[last] - t_s[first], cut_off[after]
    false = np.zeros(len(first), bool)
    # Of two that are equally brief, the first is believed.
    false[1:] |= apart & (lasted_s[1:] <= lasted_s[:-1])
    false[:-1] |= apart & (lasted_s[:-1] < lasted_s[1:])
    false &= lasted_s <= EXCURSION_S
    return np.flatnonzero(np.repeat(false, last - first + 1))
