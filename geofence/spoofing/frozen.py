"""Attributes that stay the same while the phone moves, or that contradict the motion."""

import numpy as np

from core.geometry import Floats
from core.said import say
from geofence.spoofing.course import Course, Rows
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

FEWEST = 10
FEWEST_M = 2000.0
"""Over two kilometers the sky changes with every street: so must what is computed from it."""

NEARLY_ALL = 0.98
VARIES_MPS = 2.0

TURNED_DEG = 30.0
SATELLITES_M = 15.0
"""What satellites reach. Wi-Fi and cell positions state one round figure for hours (20 m, say)."""


def frozen(course: Course) -> list[Suspicion]:
    """Attributes that one value has nearly always, on ten fixes or more and two kilometers of way.

    Unknown and zero are left out. A receiver computes accuracy and altitude anew from the
    satellites in view, and they wander by meters; speed and heading change with the road. Phones
    that round to steps (iOS: 5, 10, 65 m) or take altitude from a map of the ground are honest and
    repeat whole numbers, so those weigh less: one phone in ten states one round accuracy.
    """
    rows = course.moving[course.moving < len(course) - 1]
    rows = rows[course.same_phone[rows]]
    if len(rows) < FEWEST or float(course.step_m[rows].sum()) < FEWEST_M:
        return []
    day, found = course.day, []
    for name, column in (
        ("accuracy_m", day.accuracy_m), ("altitude_m", day.altitude_m),
        ("speed_mps", day.speed_mps), ("heading_deg", day.heading_deg),
    ):  # fmt: skip
        value, share = _most_common(column[rows])
        if share >= NEARLY_ALL and _should_change(course, rows, name):
            found.append(_sign(course, rows, name, value, share))
    return found + _copied(course, rows) + _contradicted(course, rows)


def _most_common(column: Floats) -> tuple[float, float]:
    """The most common value and its share of all; those that are unknown count against it."""
    known = column[np.isfinite(column)]
    if not len(known):
        return np.nan, 0.0
    values, counts = np.unique(known, return_counts=True)
    return float(values[counts.argmax()]), float(counts.max() / len(column))


def _should_change(course: Course, rows: Rows, name: str) -> bool:
    """A ride at one pace or along one road keeps its speed or heading, if not to the last digit."""
    mps = course.pace_mps[rows]
    if name == "speed_mps":
        low, high = np.percentile(mps, (10, 90))
        return bool(high - low > VARIES_MPS)
    if name == "heading_deg":
        dx, dy = np.diff(course.x)[rows], np.diff(course.y)[rows]
        step_m = np.maximum(course.step_m[rows], 1e-9)
        mean = np.hypot((dx / step_m).mean(), (dy / step_m).mean())
        return bool(mean < np.cos(np.radians(TURNED_DEG)))
    return True


def _rate(name: str, value: float) -> float:
    whole = value == round(value)
    if name == "accuracy_m":
        return 0.1 if whole or value > SATELLITES_M else RAREST
    return 0.003 if whole else RAREST


def _sign(course: Course, rows: Rows, name: str, value: float, share: float) -> Suspicion:
    what, unit = name.rsplit("_", 1)
    shown = {"m": "m", "mps": "m/s", "deg": "°"}[unit]
    return Suspicion(
        f"frozen-{what}",
        say(
            "The phone states the {what} {value:g} {shown} at {share:.0%} of {rows} fixes "
            "on the move, over {sum:.1f} km",
            what=what,
            value=value,
            shown=shown,
            share=share,
            rows=len(rows),
            sum=course.step_m[rows].sum() / 1000,
        ),
        float(course.day.t_s[rows[0]]),
        float(course.day.t_s[rows[-1]]),
        _rate(name, value),
        (Figure("value", value), Figure("share", share), Figure("fixes", len(rows))),
    )


COPIED_SHARE = 0.1


def _copied(course: Course, rows: Rows) -> list[Suspicion]:
    """A few sets of attributes used over and over on the move.

    Where a phone states three or more attributes to a fraction, two fixes hardly ever agree in all
    of them: even with ten possible values each there are a thousand sets. Attributes that are
    `frozen` are left out here, and so are phones that state fewer.
    """
    day = course.day
    columns = [
        column[rows]
        for column in (day.accuracy_m, day.altitude_m, day.speed_mps, day.heading_deg)
        if np.isfinite(column[rows]).mean() > 0.9 and _most_common(column[rows])[1] < NEARLY_ALL
    ]
    if len(columns) < 3 or len(rows) < 12 * FEWEST:
        return []
    sets = len(np.unique(np.nan_to_num(np.stack(columns)), axis=1).T)
    if sets > COPIED_SHARE * len(rows):
        return []
    return [
        Suspicion(
            "copied-attributes",
            say(
                "{rows} fixes on the move share {sets} sets of attributes between them",
                rows=len(rows),
                sets=sets,
            ),
            float(day.t_s[rows[0]]),
            float(day.t_s[rows[-1]]),
            RAREST,
            (Figure("sets", sets), Figure("fixes", len(rows))),
        )
    ]


OFF_MPS = 3.0
OFF_SHARE = 0.5


def _contradicted(course: Course, rows: Rows) -> list[Suspicion]:
    """A stated speed that the positions contradict on most of the way.

    Receivers measure speed by Doppler shift, to some 0.1 m/s, apart from their positions. Two fixes
    on either side give it to a few m/s at worst. Only links of 5 to 30 s count: on shorter ones the
    positions' own errors matter, on longer ones the pace changes.
    """
    inner = rows[(rows > 0) & (rows < len(course) - 1)]
    inner = inner[(course.dt_s[inner - 1] + course.dt_s[inner] <= 60)]
    span_s = course.dt_s[inner - 1] + course.dt_s[inner]
    seen = np.hypot(
        course.x[inner + 1] - course.x[inner - 1], course.y[inner + 1] - course.y[inner - 1]
    ) / np.maximum(span_s, 1.0)
    stated = course.day.speed_mps[inner]
    riding = course.pace_mps[inner] > 2 * OFF_MPS
    usable = np.isfinite(stated) & (span_s >= 10) & riding & (seen > 2 * OFF_MPS)
    if usable.sum() < 6 * FEWEST:
        return []
    seen, stated, inner = seen[usable], stated[usable], inner[usable]
    off = np.abs(stated - seen) > np.maximum(OFF_MPS, 0.5 * seen)
    if off.mean() < OFF_SHARE:
        return []
    return [
        Suspicion(
            "speed-contradicts",
            say(
                "The stated speed is off by more than half at {mean:.0%} of {off} fixes",
                mean=off.mean(),
                off=len(off),
            ),
            float(course.day.t_s[inner[0]]),
            float(course.day.t_s[inner[-1]]),
            0.002,
            (Figure("share", float(off.mean())), Figure("fixes", len(off))),
        )
    ]
