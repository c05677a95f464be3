"""Pings acted out step by step: stand here, go there, lie silent."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from geofence.ping_window import PingWindow, ping_window

PLANE = LocalPlane(LatLon(-29.9, -71.25))
MORNING_S = 1_750_000_000.0


@dataclass(frozen=True, slots=True)
class Stand:
    """Stay where you are; a `silent` phone sends nothing meanwhile."""

    seconds: float
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Straight to a point (metres east and north)."""

    x: float
    y: float
    mps: float = 1.3


Step = Stand | Go


def path(steps: tuple[Step, ...], every_s: float) -> tuple[Floats, Floats, Floats]:
    """Times from 0, x and y; begins at the first `Go`'s target."""
    begin = next(step for step in steps if isinstance(step, Go))
    t, x, y = [0.0], [begin.x], [begin.y]
    silences = []
    for step in steps:
        if isinstance(step, Stand):
            if step.silent:
                silences.append((t[-1], t[-1] + step.seconds))
            t, x, y = [*t, t[-1] + step.seconds], [*x, x[-1]], [*y, y[-1]]
        else:
            way_s = float(np.hypot(step.x - x[-1], step.y - y[-1])) / step.mps
            t, x, y = [*t, t[-1] + way_s], [*x, step.x], [*y, step.y]
    at = np.arange(0, t[-1], every_s)
    for a, b in silences:
        at = at[(at <= a) | (at >= b)]
    return at, np.interp(at, t, x), np.interp(at, t, y)


def acted(
    *steps: Step,
    every_s: float = 15,
    noise_m: float = 5,
    accuracy_m: float = 8,
    mock: bool = False,
    seed: int = 1,
) -> PingWindow:
    """The pings of an agent who takes these steps from `MORNING_S` on.

    The error remembers itself for a minute: half of it is renewed at each 40 s.
    """
    rng = np.random.default_rng(seed)
    at, x, y = path(steps, every_s)
    keep = np.exp(-every_s / 60)
    error = rng.normal(0, noise_m, (2, len(at)))
    for i in range(1, len(at)):
        error[:, i] = keep * error[:, i - 1] + np.sqrt(1 - keep**2) * error[:, i]
    lat, lon = PLANE.latlon(x + error[0], y + error[1])
    stated = np.full(len(at), accuracy_m)
    return ping_window(MORNING_S + at, lat, lon, stated, np.full(len(at), mock))
