"""A track: one agent's pings as metres on a plane, and what a stretch of them says together."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.geometry import Floats, LocalPlane
from geofence.motion import motion, walking
from geofence.ping_window import Bools, PingWindow
from geofence.spikes import spikes
from tracking.accuracy import sigmas_m

MEMORY_S = 90.0
"""For how long a phone's error resembles itself. Satellites, reflections and the phone's own
filter change over one to a few minutes; pings closer than that are not independent witnesses."""

WORST_SIGMA_M = 50.0
"""Outdoors a phone is hardly ever worse, whatever it states; a larger statement is a network
position or a phone without confidence, and would otherwise drown every other evidence."""

STATED_WEIGHT = 2.0
"""The stated accuracy counts like one reading of the error in each axis. Statements are wrong by
a factor of up to three, so what the pings themselves show soon outweighs them."""


DETOUR = 1.3
"""Streets are about this much longer than the straight line."""

SLOWEST_MPS = 1.1
FASTEST_MPS = 15.0
"""From an unhurried walk to the 54 km/h of free traffic in a town."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Parallel arrays by ping, ascending in `t_s`; spikes are gone.

    `sums` holds running totals (one more column than pings, starting at 0) of the weight w,
    then w·x, w·y, w·(x² + y²), w·t, w·t², w·t·x, w·t·y, and 1/σ², so that the moments of any
    stretch cost one subtraction. Times in `sums` count from `t_s[0]`. `walks` says at which pings
    the phone's speed shows the agent on a way; `told` is the running total of what it tells
    (`motion.motion`). `link_mps` has one value per link between neighbors: the pace of travel
    thereabouts.
    """

    t_s: Floats
    x: Floats
    y: Floats
    weight: Floats
    mock: Floats
    walks: Bools
    told: Floats
    link_mps: Floats
    sums: Floats

    def __len__(self) -> int:
        return len(self.t_s)

    def span_s(self, first: int, last: int) -> float:
        """Seconds from one ping to another."""
        return float(self.t_s[last] - self.t_s[first])


class Spot(NamedTuple):
    """Where a stretch of pings was, in metres on the track's plane.

    `spread_m` is the typical distance of a ping from the center, `error_m` the 1σ error of the
    center per axis.
    """

    x: float
    y: float
    spread_m: float
    error_m: float


def track_of(pings: PingWindow, plane: LocalPlane) -> Track:
    """The track on this plane, without spikes.

    Weights are 1/σ rather than the 1/σ² that would be best if σ were true: a confident lie
    must not outweigh a dozen honest pings.
    """
    x, y = plane.xy(pings.lat, pings.lon)
    keep = ~spikes(pings.t_s, x, y)
    t_s, x, y = pings.t_s[keep], x[keep], y[keep]
    sigma = np.minimum(sigmas_m(pings.accuracy_m[keep]), WORST_SIGMA_M)
    w = 1 / sigma
    t = t_s - t_s[0] if len(t_s) else t_s
    wt = w * t
    terms = (w, w * x, w * y, w * (x * x + y * y), wt, wt * t, wt * x, wt * y, w * w)
    sums = np.zeros((len(terms), len(t) + 1))
    np.cumsum(terms, axis=1, out=sums[:, 1:])
    tells = motion(t_s, x, y, pings.speed_mps[keep])
    told = np.concatenate(([0.0], np.cumsum(tells)))
    mock, walks = pings.mock[keep].astype(float), walking(t_s, tells)
    return Track(t_s, x, y, w, mock, walks, told, _pace_mps(t_s, x, y), sums)


def _pace_mps(t_s: Floats, x: Floats, y: Floats) -> Floats:
    """The fastest of the nine links around each: a link with a stop in it seems slow."""
    if len(t_s) < 2:
        return np.zeros(0)
    link_mps = DETOUR * np.hypot(np.diff(x), np.diff(y)) / np.diff(t_s)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(link_mps, 4, mode="edge"), 9)
    pace: Floats = np.clip(around.max(axis=1), SLOWEST_MPS, FASTEST_MPS)
    return pace


def witnesses(count: Floats | float, span_s: Floats | float) -> Floats:
    """How many independent readings so many pings over such a time are worth.

    The mean of a signal that remembers itself for τ has, over a time T, the variance of about
    ``1 + T / 2τ`` independent readings (the large-T limit for an exponential memory, and 1
    when T is short).
    """
    worth: Floats = np.minimum(count, 1 + np.asarray(span_s) / (2 * MEMORY_S))
    return worth


def variance(stated: float, seen: Floats | float, seen_by: Floats | float) -> Floats:
    """The error's variance per axis (m²): the stated one corrected by what was seen.

    `seen` is the mean square distance from the center (both axes) over `seen_by` witnesses.
    """
    shown = np.asarray(seen_by)
    per_axis: Floats = (STATED_WEIGHT * stated + shown * np.asarray(seen)) / (
        STATED_WEIGHT + 2 * shown
    )
    return per_axis


def stated_variance(track: Track, first: int, last: int) -> float:
    """The harmonic mean of the stated variances (m²) of pings `first` to `last`, both included."""
    total = float(track.sums[8, last + 1] - track.sums[8, first])
    return (last + 1 - first) / total


def spot_of(track: Track, first: int, last: int) -> Spot:
    """The center of pings `first` to `last`, both included, little moved by outliers.

    One Huber step from the median: pings beyond twice the typical distance count less.
    """
    x, y = track.x[first : last + 1], track.y[first : last + 1]
    mid_x, mid_y = _median(x), _median(y)
    off_m = np.hypot(x - mid_x, y - mid_y)
    spread_m = max(8.0, 1.2 * _median(off_m))  # 1.2 × median = root mean square, if round
    w = track.weight[first : last + 1] * (2 * spread_m / np.maximum(off_m, 2 * spread_m))
    total = w.sum()
    count = float(witnesses(last + 1 - first, track.span_s(first, last)))
    error2 = float(variance(stated_variance(track, first, last), spread_m**2, count)) / count
    return Spot(float(w @ x / total), float(w @ y / total), spread_m, error2**0.5)


def _median(values: Floats) -> float:
    half = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, half)[half])
    pair = np.partition(values, (half - 1, half))
    return float(pair[half - 1] + pair[half]) / 2
