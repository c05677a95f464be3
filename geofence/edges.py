"""Edges: when an agent came to a spot and left it, between the pings that show it."""

import numpy as np

from geofence.track import DETOUR, Spot, Track

STEPS_MPS = 1.3
STEPS_M = 25.0
"""Doors stand back from the street where one parks: the last steps are walked (1.3 m/s, a usual
walk) whatever brought the agent there."""

SETTLING_S = 10.0
"""To park, lock and open a gate, or the same the other way round: seconds spent within a few
metres of a door but not at it, which no phone resolves."""

APPROACH_MPS = (0.8, 15.0)

DENSE_S = 120.0
"""Up to this distance in time two pings show a pace, and a way between them has no stop."""

LONGEST_S = 1_800.0


def arrival_s(track: Track, first: int, spot: Spot) -> float:
    """When the agent reached the spot (epoch s), at the latest at ping `first`."""
    return _edge(track, first, -1, spot)


def departure_s(track: Track, last: int, spot: Spot) -> float:
    """When the agent left the spot (epoch s), at the earliest at ping `last`."""
    return _edge(track, last, +1, spot)


def _edge(track: Track, inner: int, step: int, spot: Spot) -> float:
    """The time at the spot nearest to the ping outside.

    That ping is some way off and needs that way at its pace: beyond it the agent was there. Where
    its speed shows it on the way, the agent was there by the ping inside; where it does not, that
    one may still be on the way, for a stay's pings reach as far as its error does. In a long
    silence this is only the earliest moment possible, the ping inside the latest, and the middle of
    both errs least. After half an hour nothing can be said.
    """
    t, outer = track.t_s, inner + step
    if not 0 <= outer < len(track) or abs(t[outer] - t[inner]) > LONGEST_S:
        return float(t[inner])
    gap_s = abs(float(t[outer] - t[inner]))
    away_m = float(np.hypot(track.x[outer] - spot.x, track.y[outer] - spot.y))
    if gap_s <= DENSE_S:
        inside_m = float(np.hypot(track.x[inner] - spot.x, track.y[inner] - spot.y))
        approach_mps = _approach_mps(track, outer, step)
        way_s = _way_s(away_m, approach_mps)
        if track.walks[outer]:
            return float(t[outer]) - step * min(way_s, gap_s)
        way_s = min(way_s, gap_s + _way_s(inside_m, approach_mps))
        return float(t[outer]) - step * (way_s + SETTLING_S)
    pace_mps = float(track.link_mps[min(inner, outer)])
    way_s = min(gap_s, DETOUR * away_m / pace_mps)
    return float(t[outer]) - step * (way_s + gap_s) / 2


def _way_s(way_m: float, approach_mps: float) -> float:
    steps_m = min(way_m, STEPS_M)
    return steps_m / STEPS_MPS + (way_m - steps_m) / approach_mps


def _approach_mps(track: Track, outer: int, step: int) -> float:
    """The pace from the ping outside to the one beyond it, away from the spot."""
    further = outer + step
    if not 0 <= further < len(track):
        return STEPS_MPS
    seconds = abs(track.span_s(outer, further))
    if seconds > DENSE_S:
        return STEPS_MPS
    way_m = np.hypot(track.x[further] - track.x[outer], track.y[further] - track.y[outer])
    return float(np.clip(way_m / seconds, *APPROACH_MPS))
