"""Jumps that nobody could have travelled."""

import numpy as np

from core.geometry import Floats
from core.said import say
from geofence.spoofing.course import STILL_MPS, Course
from geofence.spoofing.phone_day import Bools
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

FASTEST_MPS = 70.0
"""252 km/h in a straight line: beyond any road, and trains that fast do not stop at doors."""

ROAD_MPS, ROAD_MPS2, DETOUR = 33.3, 2.5, 1.2
"""From standing to standing again within one link: at 120 km/h, with a brisk start and stop at
2.5 m/s² and streets that are only a fifth longer than the straight line, a way of length D takes
``1.2 D / v + v / a``: 49 s for a kilometer."""

SHORTEST_M = 500.0
"""Reflections between tall buildings put a fix some 200 m off with a confident statement."""

UNKNOWN_M = 100.0
"""Where a phone states no accuracy, it may be a position from a cell tower."""

COARSEST_M = 100.0
"""Worse fixes come from cell towers, which jump by kilometres and say so."""

CELL_M = 500.0

BY_ACCIDENT = 0.1
"""One day in ten may show a jump: Wi-Fi access points that moved house are known to do that, for
minutes, and always to one wrong place. Each further place is as rare again."""

BY_CELL_TOWER = 0.5
"""The same where no accuracy is stated: cell towers are many."""


def teleports(course: Course) -> list[Suspicion]:
    """Links that are too fast, by the places that they lead to, and positions that flip to and fro.

    A lone fix that is off (out and back at once) is a spike and no sign; a phone that turns up in
    three places and stays for the next ping has not travelled. Coarse fixes are left out.
    """
    jumps = _impossible(course)
    back_again = np.zeros_like(jumps)
    back_again[1:] |= jumps[:-1]
    back_again[:-1] |= jumps[1:]
    return [*_to_places(course, jumps & ~back_again), *_to_and_fro(course, jumps & back_again)]


def _impossible(course: Course) -> Bools:
    stated = course.day.accuracy_m
    accuracy = np.where(np.isnan(stated), UNKNOWN_M, stated)
    fine = accuracy <= COARSEST_M
    sure_m = course.step_m - 2 * (accuracy[1:] + accuracy[:-1])
    dt_s = np.maximum(course.dt_s, 1.0)
    far = fine[1:] & fine[:-1] & (sure_m >= SHORTEST_M)
    leg_s = DETOUR * sure_m / ROAD_MPS + ROAD_MPS / ROAD_MPS2
    impossible: Bools = far & (
        (sure_m / dt_s > FASTEST_MPS) | (_between_stands(course) & (dt_s < leg_s))
    )
    return impossible


def _between_stands(course: Course) -> Bools:
    """Whether the phone stood still in the links before and after each."""
    mps: Floats = course.step_m / np.maximum(course.dt_s, 1.0)
    slow = np.concatenate([[False], (mps < 2 * STILL_MPS) & course.same_phone, [False]])
    between: Bools = slow[:-2] & slow[2:]
    return between


def _to_places(course: Course, jumps: Bools) -> list[Suspicion]:
    rows = np.flatnonzero(jumps)
    if not len(rows):
        return []
    cells = np.round(np.stack([course.x[rows + 1], course.y[rows + 1]]) / CELL_M)
    places = max(1, len(np.unique(cells, axis=1).T) - 1)
    stated = np.isfinite(course.day.accuracy_m)
    by_accident = BY_ACCIDENT if (stated[rows] & stated[rows + 1]).mean() > 0.5 else BY_CELL_TOWER
    t_s, mps = course.day.t_s, course.step_m[rows] / np.maximum(course.dt_s[rows], 1.0)
    return [
        Suspicion(
            "teleports",
            say(
                "{rows} jumps of up to {max:.1f} km that nobody could have travelled, the "
                "fastest at {max_2:.0f} km/h",
                rows=len(rows),
                max=course.step_m[rows].max() / 1000,
                max_2=mps.max() * 3.6,
            ),
            float(t_s[rows[0]]),
            float(t_s[rows[-1] + 1]),
            max(RAREST, by_accident**places),
            (
                Figure("jumps", len(rows)),
                Figure("places", places),
                Figure("furthest_m", float(course.step_m[rows].max())),
                Figure("fastest_mps", float(mps.max())),
            ),
        )
    ]


MANY = 20
MANY_SHARE = 0.05
CONFIDENT_M = 50.0


def _to_and_fro(course: Course, jumps: Bools) -> list[Suspicion]:
    """Two tracks in one: flips to and fro between positions that are all confident.

    Honest phones flip between satellites and cell towers, but then one side states hundreds of
    meters; so only fixes that state 50 m or better count, and there must be many.
    """
    stated = course.day.accuracy_m
    rows = np.flatnonzero(jumps & (stated[1:] <= CONFIDENT_M) & (stated[:-1] <= CONFIDENT_M))
    share = len(rows) / max(1, len(jumps))
    if len(rows) < MANY or share < MANY_SHARE:
        return []
    t_s = course.day.t_s
    return [
        Suspicion(
            "two-places",
            say(
                "{rows} times the position flips between places {step_m:.1f} km apart",
                rows=len(rows),
                step_m=np.median(course.step_m[rows]) / 1000,
            ),
            float(t_s[rows[0]]),
            float(t_s[rows[-1] + 1]),
            RAREST,
            (Figure("jumps", len(rows)), Figure("share", share)),
        )
    ]
