"""Glimpses: single pings that show a stay, when a phone reports only every few minutes."""

import numpy as np

from geofence.track import DETOUR, Track

SPARSE_S = 120.0
"""With pings nearer than this on a side, a stay would have shown in two of them."""

SILENT_S = 1_800.0
"""In a longer silence anything can have happened; nothing is concluded from it."""

STOOD_S = 120.0
"""The time that the way cannot explain must at least be this long."""


def glimpses(track: Track, taken: list[tuple[int, int]]) -> list[tuple[int, float]]:
    """Pings outside the `taken` stretches that probably fall into a stay, with how probably.

    Between its neighbors a ping leaves more time than the way needs at the pace that the agent
    shows thereabouts; the rest was spent standing somewhere, and a ping falls into that rest
    with the probability of its share of the time, corrected by what its speed tells.
    """
    if len(track) < 3:
        return []
    gap_s = np.diff(track.t_s)
    way_m = DETOUR * np.hypot(np.diff(track.x), np.diff(track.y))
    stood_s = np.maximum(0.0, gap_s - way_m / track.link_mps)
    around_s, stood = gap_s[:-1] + gap_s[1:], stood_s[:-1] + stood_s[1:]
    lone = np.minimum(gap_s[:-1], gap_s[1:]) >= SPARSE_S
    lone &= np.maximum(gap_s[:-1], gap_s[1:]) <= SILENT_S
    lone &= stood >= STOOD_S
    for first, last in taken:
        lone[max(0, first - 1) : last] = False
    rows = np.flatnonzero(lone)
    moving = np.exp(track.told[rows + 2] - track.told[rows + 1])
    trust = stood[rows] / (stood[rows] + (around_s[rows] - stood[rows]) * moving)
    return [(int(row) + 1, float(sure)) for row, sure in zip(rows, trust, strict=True)]
