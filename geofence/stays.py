"""Stays: stretches of time in which an agent stood in one spot, wherever that was."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from geofence.breaks import unbroken
from geofence.edges import arrival_s, departure_s
from geofence.glimpses import glimpses
from geofence.track import Spot, Track, spot_of

WALK_MPS = 1.1
"""An unhurried walk. Who covers less than a walker would in the same time is standing."""

STILL_M = (20.0, 60.0)
"""How far a standing phone may seem to move in a window: 1.5 σ, within these limits."""

BRIDGE_S = 1_800.0
"""A silence up to this long between pings at one spot belongs to the stay. Phones doze off when
they lie still; who returns to the very same spot has mostly never left it."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Pings `first` to `last` of the track, both included, and the times at the spot (epoch s).

    `silence_s` is the longest time within it without a ping; `closed` says that later pings
    show the agent elsewhere; `trust` is the probability that there was a stay at all (less than
    1 for single pings), `ends_sure` that what came just before and after it was told apart rightly.
    """

    first: int
    last: int
    began_at: float
    ended_at: float
    spot: Spot
    silence_s: float
    closed: bool
    trust: float = 1.0
    ends_sure: float = 1.0

    @property
    def dwell_s(self) -> float:
        """The time at the spot."""
        return self.ended_at - self.began_at


def find_stays(track: Track) -> list[Stay]:
    """All stays in order of time; no ping is in two of them.

    A stay may still come in pieces, where the phone's error wandered off: `joins` decides.
    """
    calm = [part for span in _slow_stretches(track) for part in _calm(track, *span)]
    parts = [part for span in calm for part in unbroken(track, *span)]
    cores = [core for part in parts if (core := _core(track, *part)) is not None]
    stays = [stay_of(track, *core) for core in cores]
    stays += [stay_of(track, ping, ping, trust) for ping, trust in glimpses(track, cores)]
    return sorted(stays, key=lambda stay: stay.first)


def stay_of(track: Track, first: int, last: int, trust: float = 1.0) -> Stay:
    """The stay that these pings make, with its times carried to where the agent came and left."""
    spot = spot_of(track, first, last)
    silence_s = float(np.diff(track.t_s[first : last + 1]).max(initial=0.0))
    began_at = arrival_s(track, first, spot)
    ended_at = departure_s(track, last, spot)
    off_m = np.hypot(track.x[last + 1 :] - spot.x, track.y[last + 1 :] - spot.y)
    closed = bool((off_m > away_m(spot)).any())
    return Stay(first, last, began_at, ended_at, spot, silence_s, closed, trust)


def away_m(spot: Spot) -> float:
    """From how far on a ping shows that the agent is not at the spot: three times the usual."""
    return max(30.0, 3 * spot.spread_m)


def _slow_stretches(track: Track) -> list[tuple[int, int]]:
    """Runs of pings in which some window of a minute or more shows less than a walk.

    A window is as long as a walker needs to outrun the phone's error. Windows that share a
    link between two pings make one run. Longer windows are tried too: a walker only gets
    further in them, while a standing phone whose error has swung out has time to swing back.
    """
    t, n = track.t_s, len(track)
    x, y, sigma = _smoothed(track)
    still_m = np.clip(1.5 * sigma, *STILL_M)
    window_s = np.maximum(60.0, 1.5 * still_m / WALK_MPS)
    links = np.zeros(n, np.intp)
    for stretched in (1.0, 1.5, 2.0):
        until = np.searchsorted(t, t + stretched * window_s)
        rows = np.flatnonzero(until < n)
        until = until[rows]
        still = np.hypot(x[until] - x[rows], y[until] - y[rows]) <= still_m[rows]
        still &= t[until] - t[rows] <= stretched * window_s[rows] + BRIDGE_S
        links += np.bincount(rows[still], minlength=n) - np.bincount(until[still], minlength=n)
    held = np.concatenate(([0], np.cumsum(links) > 0))
    change = np.flatnonzero(np.diff(held.astype(np.int8)))
    return list(zip(change[::2].tolist(), change[1::2].tolist(), strict=True))


def _calm(track: Track, first: int, last: int) -> list[tuple[int, int]]:
    """The parts of a slow stretch between the pings whose speed shows a walk."""
    still = np.concatenate(([False], ~track.walks[first : last + 1], [False]))
    change = np.flatnonzero(np.diff(still.astype(np.int8)))
    return [
        (first + int(a), first + int(b) - 1)
        for a, b in zip(change[::2], change[1::2], strict=True)
        if b - a > 1
    ]


def _smoothed(track: Track) -> tuple[Floats, Floats, Floats]:
    """The weighted mean of x, y and σ over the minute around each ping."""
    begin = np.searchsorted(track.t_s, track.t_s - 30.0)
    end = np.searchsorted(track.t_s, track.t_s + 30.0, "right")
    w, x, y = track.sums[:3, end] - track.sums[:3, begin]
    return x / w, y / w, (end - begin) / w  # weights are 1/σ


def _core(track: Track, first: int, last: int) -> tuple[int, int] | None:
    """The stretch without the approach and the leaving at its ends; None if nothing is left."""
    for _ in range(2):
        spot = spot_of(track, first, last)
        off_m = np.hypot(track.x[first : last + 1] - spot.x, track.y[first : last + 1] - spot.y)
        inside = np.flatnonzero(off_m <= max(15.0, 2 * spot.spread_m))
        if len(inside) < 2:
            return None
        first, last = first + int(inside[0]), first + int(inside[-1])
    return first, last
