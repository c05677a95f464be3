"""Joins: which pieces of a stay belong together, and which are two visits next door."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from core.geometry import Floats
from geofence.motion import STEP_S, WALKS_MPS
from geofence.place import PAUSES_PER_M2
from geofence.stays import BRIDGE_S, Stay, away_m, stay_of
from geofence.track import DETOUR, Spot, Track

BRIEF_S = 180.0
"""Pings elsewhere for less than this need not end a stay: no other visit fits in."""

NEXT_DOOR = 0.2
"""How often a stay is followed by one at a given customer close by, planned ones being visited
(`Priors`): agents work door by door, but a break is also looked for at many moments."""

AMBLES, UNTOLD = 0.1, 0.02
"""In one of ten visits somebody walks about as well: to the yard, to the vehicle for papers. And
one way in fifty is walked while a phone that tells speeds tells of none."""

MARGIN_S, GRID_S = 30.0, 2.0
"""A piece's end is known to half a minute; moments nearer than this are the same."""

MOST_TOLD = 20.0
"""Beyond this certainty numbers only overflow."""

MATTERS = 0.25
"""Whether a stay was a quarter longer or shorter is no doubt about the stay itself."""

Evidence = Callable[[Sequence[Stay]], Floats]


def joined(track: Track, pieces: Sequence[Stay], evidence: Evidence) -> list[Stay]:
    """The pieces in order of time, with neighbors joined that are one stay.

    `evidence` gives the strength of each stay for each place (per m²), as `place.evidence`.
    """
    whole: list[Stay] = []
    strengths: list[Floats] = []
    for piece, strength in zip(pieces, evidence(pieces) if pieces else (), strict=True):
        stay, speaks = piece, strength
        while whole and _can_be_one(track, whole[-1], stay):
            former = whole[-1]
            both = stay_of(track, former.first, stay.last)
            both_speak = evidence([both])[0]
            one = _as_one(former.spot, stay.spot, both_speak)
            two = _as_two(strengths[-1], speaks) * _walked(track, former, stay)
            sure = one / (one + two)
            if sure < 0.5:
                whole[-1] = _doubted(former, stay, 1 - sure)
                stay = _doubted(stay, former, 1 - sure)
                break
            whole.pop()
            strengths.pop()
            least = former if former.dwell_s < stay.dwell_s else stay
            most = stay if least is former else former
            both = replace(both, ends_sure=most.ends_sure)
            stay = _doubted(both, least, min(sure, least.ends_sure))
            speaks = both_speak
        whole.append(stay)
        strengths.append(speaks)
    return whole


def _as_one(one: Spot, two: Spot, strength: Floats) -> float:
    """How likely one stay is to fall into these two pieces (per m⁴): wherever it was, only the
    phone's error may have moved the center from one to the other."""
    error2 = one.error_m**2 + two.error_m**2
    apart2 = (one.x - two.x) ** 2 + (one.y - two.y) ** 2
    wander = np.exp(-apart2 / (2 * error2)) / (2 * np.pi * error2)
    return float(wander * (PAUSES_PER_M2 + strength.sum()))


def _as_two(one: Floats, two: Floats) -> float:
    """How likely two stays at different places, or at none, are to look like this (per m⁴)."""
    both = (PAUSES_PER_M2 + one.sum()) * (PAUSES_PER_M2 + two.sum()) - one @ two
    return float(NEXT_DOOR * both)


def _doubted(stay: Stay, other: Stay, sure: float) -> Stay:
    """`stay`, now that it is this sure whether `other` belongs to it: as surely as before where
    that hardly matters."""
    if other.dwell_s < MATTERS * stay.dwell_s:
        return stay
    return replace(stay, ends_sure=min(stay.ends_sure, sure))


def _walked(track: Track, one: Stay, two: Stay) -> float:
    """How much likelier the reported speeds are if the agent went from one to the other: the mean
    over the moments at which that could have been, from 1/50 to 10; 1 without speeds."""
    apart_m = float(np.hypot(one.spot.x - two.spot.x, one.spot.y - two.spot.y))
    begin_s, end_s = track.t_s[one.last] - MARGIN_S, track.t_s[two.first] + MARGIN_S
    way_s = min(max(2 * STEP_S, DETOUR * apart_m / WALKS_MPS), end_s - begin_s)
    off_s = np.arange(begin_s, end_s - way_s + GRID_S, GRID_S)
    first, after = np.searchsorted(track.t_s, [off_s, off_s + way_s])
    told = float(np.exp(np.minimum(track.told[after] - track.told[first], MOST_TOLD)).mean())
    return max(UNTOLD, told / (1 - AMBLES + AMBLES * told))


def _can_be_one(track: Track, one: Stay, two: Stay) -> bool:
    """Whether nothing between the pieces shows that the agent was away."""
    gap_s = track.span_s(one.last, two.first)
    if gap_s > BRIDGE_S:
        return False
    if gap_s <= BRIEF_S:
        return True
    between = slice(one.last + 1, two.first)
    x, y = (one.spot.x + two.spot.x) / 2, (one.spot.y + two.spot.y) / 2
    limit_m = max(away_m(one.spot), away_m(two.spot))
    return bool((np.hypot(track.x[between] - x, track.y[between] - y) <= limit_m).all())
