"""The pings of one agent in a stretch of time, in the one form that every rule relies on."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from tracking.trails.one_per_instant import one_per_instant

Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PingWindow:
    """Parallel arrays, strictly ascending in `t_s` (epoch seconds by the phone's clock).

    `accuracy_m` is as stated; not a number, zero and negative mean unknown. `mock` is the
    phone's own flag; `speed_mps` is as reported, not a number where it is unknown. Build one with
    `ping_window`: only then does the order in which pings arrived leave no trace.
    """

    t_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    mock: Bools
    speed_mps: Floats

    def __len__(self) -> int:
        return len(self.t_s)

    def at(self, rows: Rows | Bools | slice) -> "PingWindow":
        """Only these rows, which must be ascending."""
        return PingWindow(*(getattr(self, field.name)[rows] for field in fields(self)))


def ping_window(
    t_s: Floats,
    lat: Floats,
    lon: Floats,
    accuracy_m: Floats | None = None,
    mock: Bools | None = None,
    speed_mps: Floats | None = None,
) -> PingWindow:
    """A window from pings in any order, with repeats; the arrays have one length.

    Pings without a usable time or position are dropped. Of several at one instant the one that
    states the best accuracy stays (then the southernmost, then the westernmost: any rule will
    do that does not ask which came first); it counts as a mock one if any of them was, and has the
    greatest of their speeds.
    """
    accuracy = np.full(len(t_s), np.nan) if accuracy_m is None else np.asarray(accuracy_m, float)
    flags = np.zeros(len(t_s), bool) if mock is None else np.asarray(mock, bool)
    speed = np.full(len(t_s), np.nan) if speed_mps is None else np.asarray(speed_mps, float)
    sound = np.isfinite(t_s) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    t_s, lat, lon = (np.asarray(a, float)[sound] for a in (t_s, lat, lon))
    accuracy, flags = np.where(accuracy > 0, accuracy, np.nan)[sound], flags[sound]
    speed = np.where(speed >= 0, speed, np.nan)[sound]
    order, first = one_per_instant(t_s, lat, lon, accuracy)
    t_s, lat, lon, accuracy = (a[order] for a in (t_s, lat, lon, accuracy))
    flags, speed = flags[order], speed[order]
    if len(first):
        flags, speed = np.logical_or.reduceat(flags, first), np.fmax.reduceat(speed, first)
    return PingWindow(t_s[first], lat[first], lon[first], accuracy[first], flags, speed)
