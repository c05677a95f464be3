"""Walks and rides with a known truth, in metres around a town square."""

from dataclasses import dataclass, field

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from tracking.trails.day_pings import DayPings, day_pings
from tracking.trails.trail import Trail, trail_of

SQUARE = LatLon(-29.9, -71.25)
PLANE = LocalPlane(SQUARE)
MORNING_S = 1_795_000_000.0
FOREVER_S = float("inf")


@dataclass
class Way:
    """Where somebody is when; goes straight and waits. Begins at the square in the morning."""

    points: list[tuple[float, float, float]] = field(default_factory=lambda: [(MORNING_S, 0, 0)])

    def go(self, x: float, y: float, mps: float = 5.0) -> "Way":
        t, x0, y0 = self.points[-1]
        self.points.append((t + float(np.hypot(x - x0, y - y0)) / mps, x, y))
        return self

    def wait(self, seconds: float) -> "Way":
        t, x, y = self.points[-1]
        self.points.append((t + seconds, x, y))
        return self

    @property
    def length_m(self) -> float:
        _, x, y = np.array(self.points).T
        return float(np.hypot(np.diff(x), np.diff(y)).sum())

    def seen(self, every_s: float = 15.0, noise_m: float = 0.0, seed: int = 1) -> "Seen":
        """What a phone reports of it; its error remembers itself for a minute and a half."""
        t, x, y = np.array(self.points).T
        at = np.arange(t[0], t[-1] + 1e-3, every_s)
        off = [_wander(len(at), every_s, noise_m, seed + axis) for axis in (0, 1)]
        return Seen(at, np.interp(at, t, x) + off[0], np.interp(at, t, y) + off[1])


@dataclass
class Seen:
    """Pings in metres; change them to make the phone lie."""

    t_s: Floats
    x: Floats
    y: Floats
    accuracy_m: float = 8.0

    def __post_init__(self) -> None:
        self.accuracies_m = np.full(len(self.t_s), self.accuracy_m)

    def lie(self, rows: slice, x: float, y: float) -> "Seen":
        """Move these pings by so much, stated with the best accuracy."""
        self.x[rows] += x
        self.y[rows] += y
        self.accuracies_m[rows] = 3.0
        return self

    def without(self, from_s: float, to_s: float) -> "Seen":
        """Silent between two times, counted from the morning."""
        t = self.t_s - MORNING_S
        heard = (t <= from_s) | (t >= to_s)
        return Seen(self.t_s[heard], self.x[heard], self.y[heard])

    def columns(self) -> list[Floats]:
        lat, lon = PLANE.latlon(self.x, self.y)
        count = len(self.t_s)
        return [self.t_s, lat, lon, self.accuracies_m, np.full(count, 31.5), np.zeros(count)]

    def pings(self, now_s: float = FOREVER_S) -> DayPings:
        return day_pings(*self.columns(), now_s=now_s)

    def trail(self) -> Trail:
        return trail_of(self.pings())


def _wander(count: int, every_s: float, noise_m: float, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    keep = np.exp(-every_s / 90)
    kicks = rng.normal(0, noise_m, count)
    error = np.zeros(count)
    for i in range(1, count):
        error[i] = keep * error[i - 1] + np.sqrt(1 - keep**2) * kicks[i]
    return error
