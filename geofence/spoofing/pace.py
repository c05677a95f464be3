"""Motion that is too even for a person in traffic: straight to the decimeter, or at one speed."""

import numpy as np

from core.said import say
from geofence.spoofing.course import Course
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion, chance

STRAIGHT_M = 0.5
FEWEST = 30
RUN = 3.0
"""Neighboring triples share pings and a driver's mood: three of them count as one witness."""


def pace(course: Course) -> list[Suspicion]:
    """Signs from how the phone moves."""
    return _ruled_line(course) + _one_speed(course)


def _ruled_line(course: Course) -> list[Suspicion]:
    """Pings on the move that lie, in place and time, exactly between their neighbors.

    For that, the error must be the same three times within half a meter and the speed must not have
    changed: an acceleration a over links of dt moves the middle ping by a·dt²/2, so 0.05 m/s² (less
    than anybody notices at the wheel) is 0.6 m in links of 5 s and 2.5 m in those of 10 s. One in
    five, or in twenty from 10 s on, is granted to the smoothest ride. Walkers' steps are short, so
    there 5 cm are asked: a tenth of how much a filtered position still trembles.
    """
    rulers = [
        sign
        for least_m, off_m in ((15.0, STRAIGHT_M), (3.0, STRAIGHT_M / 10))
        if (sign := _ruled(course, least_m, off_m))
    ]
    return [min(rulers, key=lambda sign: sign.honest_rate)] if rulers else []


def _ruled(course: Course, least_m: float, within_m: float) -> Suspicion | None:
    """The same for links of `least_m` or more and pings that are off by less than `within_m`."""
    dt_s = course.dt_s
    steps = (course.step_m >= least_m) & (dt_s >= 4) & (dt_s <= 60)
    rows = np.flatnonzero(steps[:-1] & steps[1:]) + 1
    if len(rows) < FEWEST:
        return None
    share_of_time = dt_s[rows - 1] / (dt_s[rows - 1] + dt_s[rows])
    x, y = course.x, course.y
    off_m = np.hypot(
        x[rows] - x[rows - 1] - share_of_time * (x[rows + 1] - x[rows - 1]),
        y[rows] - y[rows - 1] - share_of_time * (y[rows + 1] - y[rows - 1]),
    )
    share = float((off_m < within_m).mean())
    granted = 0.2 if within_m == STRAIGHT_M and np.median(dt_s[rows]) < 10 else 0.05
    rate = chance(share, granted, len(rows) / RUN)
    if rate > 0.05:
        return None
    return Suspicion(
            "ruled-line",
            say(
                "{share:.0%} of {rows} pings on the move lie within {within_m:g} m of where a "
                "perfectly even motion would put them",
                share=share, rows=len(rows), within_m=within_m,
            ),
            float(course.day.t_s[rows[0]]), float(course.day.t_s[rows[-1]]), max(rate, RAREST),
            (Figure("share", share), Figure("granted", granted), Figure("pings", len(rows))),
    )  # fmt: skip


THIN_S = 20.0
GRANTED = 0.25


def _one_speed(course: Course) -> list[Suspicion]:
    """One exact speed that turns up again and again, on links of 20 to 90 s.

    Half a meter on such a link is 0.5 to 2.5 cm/s. A driver holds no speed to that, and the errors
    of two fixes alone spread a link by more than a meter; a quarter of the links is granted to a
    cruise control on an empty road.
    """
    t_s = course.day.t_s
    keep = _thinned(course)
    same = np.diff(course.day.device[keep]) == 0
    dt_s = np.diff(t_s[keep])
    step_m = np.hypot(np.diff(course.x[keep]), np.diff(course.y[keep]))
    usable = same & (dt_s <= 90) & (step_m >= 40)
    if usable.sum() < FEWEST:
        return []
    mps = np.sort(step_m[usable] / dt_s[usable])
    width_mps = 2 * STRAIGHT_M / float(np.median(dt_s[usable]))
    inside = np.searchsorted(mps, mps + width_mps, side="right") - np.arange(len(mps))
    share, speed = float(inside.max() / len(mps)), float(mps[inside.argmax()])
    rate = chance(share, GRANTED, len(mps) / RUN)
    if rate > 0.05:
        return []
    rows = keep[:-1][usable]
    return [
        Suspicion(
            "one-speed",
            say(
                "{share:.0%} of {stretches} stretches were ridden at {speed:.2f} m/s, to "
                "{width:.0f} cm/s",
                share=share,
                stretches=len(mps),
                speed=speed,
                width=100 * width_mps,
            ),
            float(t_s[rows[0]]), float(t_s[rows[-1]]), max(rate, RAREST),
            (Figure("share", share), Figure("speed_mps", speed), Figure("stretches", len(mps))),
        )
    ]  # fmt: skip


def _thinned(course: Course) -> np.ndarray:
    """Rows some 20 s apart: the first ping in each such slot of each phone."""
    t_s = course.day.t_s
    slot = np.floor(t_s / THIN_S)
    first = (np.diff(slot, prepend=-np.inf) != 0) | (np.diff(course.day.device, prepend=-1) != 0)
    rows = np.flatnonzero(first)
    # Slots that begin just before a ping may leave two that are closer than asked.
    near = np.diff(t_s[rows], prepend=-np.inf) < THIN_S / 2
    return rows[~near]
