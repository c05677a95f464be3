"""Breaks: where a slow stretch of pings is really two stays, or no stay at all but a stroll."""

import numpy as np

from core.geometry import Floats
from geofence.track import Track, stated_variance, variance, witnesses

SHIFT = 7.0
"""A shift between two means is looked at when its square exceeds 7 times its variance per axis:
by chance one place in thirty does (χ² with two degrees of freedom). It is easy to break here,
because what fits together is joined again where the doors around are known."""

SURE_DRIFT = 14.0
"""A stay is thrown away as a stroll only when chance would do so once in a thousand times."""

SHORTEST_S = 45.0
"""No part is split off below this: shorter ones cannot become a visit in any case."""

STROLL_MPS = 0.2
"""A person who walks, however slowly, does 0.2 m/s; an error that wanders off over ten minutes
of standing moves its mean by a few centimetres per second."""

STROLL_M = 25.0
"""Less than this may be the walk from the gate to the back yard of one customer."""


def unbroken(track: Track, first: int, last: int) -> list[tuple[int, int]]:
    """The stays (first and last ping) within a slow stretch; none when it drifts throughout."""
    count = last + 1 - first
    if count < 4:
        return [(first, last)]
    gain, within = _shifts(track, first, last)
    at = int(np.argmax(gain))
    if _strolls(track, first, last, float(within[at])):
        return []
    if gain[at] < SHIFT:
        return [(first, last)]
    middle = first + at
    return unbroken(track, first, middle) + unbroken(track, middle + 1, last)


def _shifts(track: Track, first: int, last: int) -> tuple[Floats, Floats]:
    """For a break after each ping but the last: how sure the shift of the mean is (its square
    over its variance), and the mean square distance that is left within both parts (m²)."""
    t = track.t_s[first : last + 1]
    w, wx, wy, wr = track.sums[:4, first + 1 : last + 2] - track.sums[:4, first : first + 1]
    left, right = w[:-1], w[-1] - w[:-1]
    left_x, left_y = wx[:-1] / left, wy[:-1] / left
    right_x, right_y = (wx[-1] - wx[:-1]) / right, (wy[-1] - wy[:-1]) / right
    squares = left * (left_x**2 + left_y**2) + right * (right_x**2 + right_y**2)
    within = np.maximum(0.0, wr[-1] - squares) / w[-1]
    count = len(t)
    before = witnesses(np.arange(1.0, count), t[:-1] - t[0])
    after = witnesses(np.arange(count - 1.0, 0, -1), t[-1] - t[1:])
    stated = stated_variance(track, first, last)
    error2 = variance(stated, within, witnesses(count, t[-1] - t[0])) * (1 / before + 1 / after)
    gain = ((left_x - right_x) ** 2 + (left_y - right_y) ** 2) / error2
    gain[(t[:-1] - t[0] < SHORTEST_S) | (t[-1] - t[1:] < SHORTEST_S)] = 0
    return gain, within


def _strolls(track: Track, first: int, last: int, within_parts: float) -> bool:
    """Whether a steady drift explains the stretch surely, and better than two stays would.

    `within_parts` is the mean square distance (m²) that the best break leaves.
    """
    total = track.sums[:8, last + 1] - track.sums[:8, first]
    x, y, r2, t, t2, tx, ty = (total[1:] / total[0]).tolist()
    time_var = t2 - t * t
    vx, vy = (tx - t * x) / time_var, (ty - t * y) / time_var
    speed, span_s = float(np.hypot(vx, vy)), track.span_s(first, last)
    if speed < STROLL_MPS or speed * span_s < STROLL_M:
        return False
    explained = speed**2 * time_var
    within = max(0.0, r2 - x * x - y * y - explained)
    count = witnesses(last + 1 - first, span_s)
    error2 = float(variance(stated_variance(track, first, last), within, count) / count)
    return bool(explained / error2 > SURE_DRIFT and within <= within_parts)
