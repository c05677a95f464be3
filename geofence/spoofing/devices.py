"""Two phones of one agent at two places at one time."""

from itertools import combinations

import numpy as np

from core.said import say
from geofence.spoofing.course import Course
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

WITHIN_S = 60.0
APART_M = 300.0
"""Beyond what a confident lie of a phone (some 200 m between tall buildings) explains."""

PACE_MPS = 15.0
"""How far the agent may have got between the two pings: the free traffic of a town."""

HAND_OVER_MIN = 5
"""A hand-over in the branch may overlap for two minutes; pings are held against those of a minute
before and after."""

LONG_MIN, LONG_S = 10, 3600.0
"""From so many minutes on, or a few over more than an hour, nothing was handed over."""


def devices(course: Course) -> list[Suspicion]:
    """Minutes in which two of the agent's phones were certainly apart.

    An agent is at one place. Honest overlaps are short (a phone handed over), or a phone forgotten
    somewhere for a while, which a supervisor will recognize: so a few minutes weigh little.
    """
    found = []
    for one, other in combinations(course.phones, 2):
        sign = _apart(course, one, other)
        found += [sign] if sign else []
    return found


def _apart(course: Course, one: tuple[int, int], other: tuple[int, int]) -> Suspicion | None:
    t_s, a = course.day.t_s, np.arange(*one)
    at = np.searchsorted(t_s[slice(*other)], t_s[a]) + other[0]
    before, after = np.maximum(at - 1, other[0]), np.minimum(at, other[1] - 1)
    b = np.where(t_s[a] - t_s[before] <= t_s[after] - t_s[a], before, after)
    between_s = np.abs(t_s[a] - t_s[b])
    accuracy = np.nan_to_num(course.day.accuracy_m, nan=100.0)
    sure_m = (
        np.hypot(course.x[a] - course.x[b], course.y[a] - course.y[b])
        - 3 * (accuracy[a] + accuracy[b]) - PACE_MPS * between_s
    )  # fmt: skip
    apart = (between_s <= WITHIN_S) & (sure_m > APART_M)
    if not apart.any():
        return None
    at_s = t_s[a][apart]
    minutes = len(np.unique(at_s // 60))
    if minutes < HAND_OVER_MIN:
        return None
    long = minutes >= LONG_MIN or float(np.ptp(at_s)) >= LONG_S
    furthest_m = float(sure_m[apart].max() + APART_M)
    return Suspicion(
        "two-devices",
        say("For {minutes} minutes two phones of the agent were apart, by up to "
"{furthest_m:.1f} km", minutes=minutes, furthest_m=furthest_m / 1000),
        float(at_s.min()), float(at_s.max()),
        RAREST if long else 0.02,
        (Figure("minutes", minutes), Figure("furthest_m", furthest_m)),
    )  # fmt: skip
