"""Positions that repeat to the centimeter."""

import numpy as np

from core.said import say
from geofence.spoofing.course import FURTHEST_S, Course, Rows
from geofence.spoofing.phone_day import Bools
from geofence.spoofing.suspicion import Figure, Suspicion

SAME_M = 0.05
"""Positions come with seven decimals, of a centimeter each; this allows for some rounding."""

FEWEST_FRESH = 10
FEWEST_LINKS, FEWEST_STAYS = 30, 3
MOSTLY = 0.8
"""A stay may hold a few steps: to the next door, or about the yard."""

COARSE_DECIMALS = 5
"""Apps that round to five decimals, a meter, repeat themselves whatever the phone says."""


def repeats(course: Course) -> list[Suspicion]:
    """Repeats under attributes that are new, else stays without the least tremble.

    Honest phones repeat themselves: the system hands out its last fix again while its sensors feel
    no motion, and receivers hold a position that they take to be at rest. Then, however, they
    repeat accuracy and altitude with it. A position that is the same to the centimeter under
    attributes that were computed afresh was typed in, or comes from one of few receivers.
    """
    return _fresh(course) or _still(course)


def _fresh(course: Course) -> list[Suspicion]:
    same = course.same_phone & (course.step_m < SAME_M) & (course.dt_s <= FURTHEST_S)
    rows = np.flatnonzero(same)
    fresh = rows[_anew(course, rows)]
    if len(fresh) < FEWEST_FRESH or 2 * len(fresh) < len(rows) or _is_coarse(course):
        return []
    t_s = course.day.t_s
    return [
        Suspicion(
            "fresh-repeats",
            say(
                "{fresh} times the position repeats to the centimeter while the phone states "
                "new attributes", fresh=len(fresh),
            ),
            float(t_s[fresh].min()), float(t_s[fresh].max()), 0.003,
            (Figure("repeats", len(rows)), Figure("fresh", len(fresh))),
        )
    ]  # fmt: skip


def _anew(course: Course, rows: Rows) -> Bools:
    """Whether accuracy or altitude change over the links that begin at these rows."""
    anew = np.zeros(len(rows), bool)
    for column in (course.day.accuracy_m, course.day.altitude_m):
        anew |= np.abs(column[rows + 1] - column[rows]) > 0
    return anew


def _is_coarse(course: Course) -> bool:
    steps = np.stack((course.day.lat, course.day.lon)) * 10**COARSE_DECIMALS
    return bool((np.abs(steps - np.round(steps)) < 1e-3).all(axis=0).mean() > 0.5)


def _still(course: Course) -> list[Suspicion]:
    """Hardly a tremble in all stays, in at least three of them with 30 links."""
    stays = course.stays
    if len(stays) < FEWEST_STAYS:
        return []
    rows = np.concatenate([np.arange(a, b - 1) for a, b in stays])
    share = float((course.step_m[rows] < SAME_M).mean())
    if len(rows) < FEWEST_LINKS or share < MOSTLY:
        return []
    t_s = course.day.t_s
    return [
        Suspicion(
            "no-jitter",
            say(
                "In {stays} stays {share:.0%} of the positions repeat to the centimeter",
                stays=len(stays),
                share=share,
            ),
            float(t_s[rows].min()),
            float(t_s[rows + 1].max()),
            0.2,
            (Figure("stays", len(stays)), Figure("links", len(rows)), Figure("share", share)),
        )
    ]
