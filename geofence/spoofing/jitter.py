"""How positions tremble where the phone stands: an error without memory is made up."""

import numpy as np

from core.geometry import Floats
from core.said import say
from geofence.spoofing.course import Course
from geofence.spoofing.repeats import SAME_M
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

FEWEST_LINKS = 30

MEMORY_S = 45.0
WHITE_SHARE = 0.25
"""The shortest memory and the largest share without memory that are granted to an honest phone.
Recordings of standing single-frequency receivers show errors that remember themselves for a minute
and more, and their analysis prefers an Ornstein-Uhlenbeck process to white noise (Sensors 2020,
20(21), 6050); a phone's filter only adds to that."""

LONGEST_LINK_S = 30.0
WIDEST_M = 12.0
"""Where errors are wider (1σ), the phone seems to stand only while they happen to drift little:
what is left of them then is the part without memory."""

FEWEST_FOR_NOISE = 5
LOOKS_WHITE = (0.8, 1.25)
SLACK = 1.6
"""Real errors are not quite of the assumed shape: the figure's spread is taken so much
wider, the median's own factor of 1.25 included."""


def jitter(course: Course) -> list[Suspicion]:
    """Errors that forget themselves from one ping to the next, as a random generator's do.

    Von Neumann's ratio (mean square of successive differences over twice the variance) is 1 for
    white noise and, for an honest phone with a ping every half minute or oftener, well below it:
    `_honest_ratio`. How rare the observed one is follows from its spread, 1/√(2 n) over n links in
    two axes. The middle one of the stays counts, for in some the agent walks about; alternating
    sources (ratio above 1) and stays that do not tremble at all are left out.
    """
    stays = course.stays
    ratios = [found for a, b in stays if (found := _ratio(course, a, b))]
    if len(ratios) < FEWEST_FOR_NOISE:
        return []
    seen, honest, links, dt_s = (np.array(column) for column in zip(*ratios, strict=True))
    count = float(links.sum())
    order = np.argsort(seen)
    middle = int(np.searchsorted(np.cumsum(links[order]), count / 2))
    ratio, expected = float(seen[order][middle]), float(honest @ links / count)
    spread = SLACK / np.sqrt(2 * count)
    if count < FEWEST_LINKS or not LOOKS_WHITE[0] <= ratio <= LOOKS_WHITE[1]:
        return []
    rate = float(np.exp(-(max(0.0, ratio - expected) ** 2) / (2 * spread**2)))
    seldom = RAREST if np.median(dt_s) <= LONGEST_LINK_S / 2 else 0.003
    if rate > 0.05:
        return []
    day = course.day
    return [
        Suspicion(
            "white-noise",
            say(
                "Over {count:.0f} pings in {ratios} stays the error is drawn anew each time; a "
                "phone's error lasts for a minute", count=count, ratios=len(ratios),
            ),
            float(day.t_s[stays[0][0]]), float(day.t_s[stays[-1][1] - 1]), max(rate, seldom),
            (Figure("ratio", ratio), Figure("honest_ratio", expected), Figure("links", count)),
        )
    ]  # fmt: skip


def _ratio(course: Course, a: int, b: int) -> tuple[float, float, int, float] | None:
    """Of a stay: von Neumann's ratio, an honest phone's, the links, and the median link (s)."""
    dt_s = course.dt_s[a : b - 1]
    middle_s = float(np.median(dt_s))
    if middle_s > LONGEST_LINK_S or course.step_m[a : b - 1].max() < SAME_M:
        return None
    near = dt_s <= 1.5 * middle_s
    axes = [_clipped(course.x[a:b]), _clipped(course.y[a:b])]
    n = b - a
    square = sum(float((np.diff(axis)[near] ** 2).mean()) for axis in axes) if near.any() else 0.0
    variance = sum(float(axis.var(ddof=1)) for axis in axes)
    if not SAME_M**2 <= variance <= 2 * WIDEST_M**2:
        return None
    return square / (2 * variance), _honest_ratio(n, middle_s), n - 1, middle_s


def _clipped(values: Floats) -> Floats:
    """Values about their median, spikes drawn in to three standard deviations."""
    off: Floats = values - np.median(values)
    reach = 3 * 1.4826 * float(np.median(np.abs(off)))
    return np.clip(off, -reach, reach)


def _honest_ratio(n: int, dt_s: float) -> float:
    """Von Neumann's ratio to be expected of the most forgetful honest phone, over n pings.

    Their own mean takes the slow part of the error away: of n readings with correlation ρ from one
    to the next it has the variance ``(n + 2 Σ (n − k) ρᵏ) / n²``.
    """
    rho = float(np.exp(-dt_s / MEMORY_S))
    lasting = n + 2 * (n * rho / (1 - rho) - rho * (1 - rho**n) / (1 - rho) ** 2)
    of_mean = ((1 - WHITE_SHARE) * lasting + WHITE_SHARE * n) / n**2
    of_readings = (1 - of_mean) * n / (n - 1)
    return (1 - (1 - WHITE_SHARE) * rho) / of_readings
