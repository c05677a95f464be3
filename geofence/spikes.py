"""Out-and-back spikes: positions that a phone made up and took back."""

import itertools

import numpy as np

from core.geometry import Floats
from geofence.ping_window import Bools, Rows

SPAN_S = 150.0
REACHES_S = (0.0, 20.0, 45.0)
LEAST_M = 40.0
RATIO = 3.0


def spikes(t_s: Floats, x: Floats, y: Floats) -> Bools:
    """Which of these pings (ascending times, metres on a plane) are spikes.

    A ping is one when a ping before and one after it, at most 150 s apart, are three times
    nearer to each other than it is to either, and it is at least 40 m off. The stated accuracy
    is not asked: confident lies are the worst spikes. Nobody makes a visit between leaving a
    place and being back within 150 s, so a true detour lost here costs nothing; 40 m is
    beyond ordinary noise, which the stays average out better than a filter could.

    Partners are the neighbors and the first pings at least 20 s and 45 s away, so that a spike
    of several pings cannot vouch for itself.
    """
    n = len(t_s)
    spiky = np.zeros(n, bool)
    if n < 3:
        return spiky
    rows = np.arange(n)
    before = [np.minimum(np.searchsorted(t_s, t_s - r, "right"), rows) - 1 for r in REACHES_S]
    after = [np.maximum(np.searchsorted(t_s, t_s + r, "left"), rows + 1) for r in REACHES_S]
    outs = [_apart(x, y, rows, np.maximum(a, 0)) for a in before]
    backs = [_apart(x, y, rows, np.minimum(b, n - 1)) for b in after]
    for (a, out), (b, back) in itertools.product(
        zip(before, outs, strict=True), zip(after, backs, strict=True)
    ):
        off_m = np.minimum(out, back)
        exists = (a >= 0) & (b < n)
        a_, b_ = np.maximum(a, 0), np.minimum(b, n - 1)
        spiky |= (
            exists
            & (t_s[b_] - t_s[a_] <= SPAN_S)
            & (off_m > np.maximum(LEAST_M, RATIO * _apart(x, y, a_, b_)))
        )
    return spiky


def _apart(x: Floats, y: Floats, a: Rows, b: Rows) -> Floats:
    distance: Floats = np.hypot(x[a] - x[b], y[a] - y[b])
    return distance
