"""Pings in a rhythm that no phone keeps."""

import numpy as np

from core.said import say
from geofence.spoofing.course import Course
from geofence.spoofing.suspicion import Figure, Suspicion

FEWEST = 50
NEARLY_ALL = 0.995
TICK_S = 0.02


def rhythm(course: Course) -> list[Suspicion]:
    """One and the same interval between all pings of a day, at least 50 of them.

    Systems deliver fixes when they have them: late after sleep, off by fractions of a second, not
    at all in a cellar. Receivers that tick by satellite time and never sleep exist, and apps that
    round to seconds, so this alone says little.
    """
    dt_s = course.dt_s[course.same_phone]
    if len(dt_s) < FEWEST:
        return []
    middle_s = float(np.median(dt_s))
    share = float((np.abs(dt_s - middle_s) <= TICK_S).mean())
    if share < NEARLY_ALL:
        return []
    return [
        Suspicion(
            "metronome",
            say(
                "{share:.1%} of {dt_s} pings come {middle_s:g} s after the one before",
                share=share,
                dt_s=len(dt_s),
                middle_s=middle_s,
            ),
            float(course.day.t_s.min()),
            float(course.day.t_s.max()),
            0.3,
            (Figure("interval_s", middle_s), Figure("share", share), Figure("pings", len(dt_s))),
        )
    ]
