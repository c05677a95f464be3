"""How a phone moves: a way along the streets over time, and the errors of its positions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from core.geometry import METRES_PER_DEGREE, Floats, LatLon, bearing_deg, distance_m

CORRELATION_S = 60.0
"""After so long the error of a position has forgotten two thirds of what it was."""

LEAST_ERROR_M, MOST_ERROR_M = 4.0, 10.0
"""Standard deviation, in each direction, from open streets to narrow ones."""

LIGHT_SHARE, LIGHT_S = 0.03, (5.0, 35.0)
"""At how many bends a rider must wait, and for how long."""


class Moment(NamedTuple):
    """Where somebody truly is at an instant, and how fast and whither he moves."""

    position: LatLon
    speed_mps: float
    heading_deg: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Ride:
    """Points and the seconds from the start at which each is reached; pauses are equal points."""

    t_s: Floats
    lat: Floats
    lon: Floats

    @property
    def duration_s(self) -> float:
        return float(self.t_s[-1])

    @property
    def end(self) -> LatLon:
        return LatLon(float(self.lat[-1]), float(self.lon[-1]))

    @classmethod
    def standing(cls, position: LatLon) -> Self:
        """No ride at all."""
        return cls(np.zeros(1), np.array([position.lat]), np.array([position.lon]))

    def at(self, t_s: float) -> Moment:
        """The moment `t_s` seconds after the start; from the end on, standing there."""
        after = int(np.searchsorted(self.t_s, t_s, side="right"))
        if after >= len(self.t_s):
            return Moment(self.end, 0.0, None)
        if after == 0:
            return Moment(LatLon(float(self.lat[0]), float(self.lon[0])), 0.0, None)
        before = after - 1
        taken_s = float(self.t_s[after] - self.t_s[before])
        share = (t_s - float(self.t_s[before])) / taken_s
        start = LatLon(float(self.lat[before]), float(self.lon[before]))
        end = LatLon(float(self.lat[after]), float(self.lon[after]))
        position = LatLon(
            start.lat + share * (end.lat - start.lat), start.lon + share * (end.lon - start.lon)
        )
        length_m = distance_m(start, end)
        if length_m < 0.01:
            return Moment(position, 0.0, None)
        return Moment(position, length_m / taken_s, bearing_deg(start, end))

    def with_pause(self, share: float, pause_s: float) -> "Ride":
        """The same ride, interrupted for `pause_s` once `share` of its time has passed."""
        t_s = share * self.duration_s
        here = self.at(t_s).position
        cut = int(np.searchsorted(self.t_s, t_s, side="right"))
        return Ride(
            np.concatenate([self.t_s[:cut], [t_s, t_s + pause_s], self.t_s[cut:] + pause_s]),
            np.concatenate([self.lat[:cut], [here.lat] * 2, self.lat[cut:]]),
            np.concatenate([self.lon[:cut], [here.lon] * 2, self.lon[cut:]]),
        )


def ride(points: Sequence[LatLon], travel_s: float, rng: np.random.Generator) -> Ride:
    """Ride along `points` in about `travel_s`: faster here, slower there, waiting at some bends."""
    lat, lon = np.array(points, dtype=np.float64).reshape(-1, 2).T
    east_m = np.diff(lon) * METRES_PER_DEGREE * math.cos(math.radians(float(lat[0])))
    length_m = np.hypot(east_m, np.diff(lat) * METRES_PER_DEGREE)
    moving = np.concatenate([[True], length_m > 0.01])
    lat, lon, length_m = lat[moving], lon[moving], length_m[moving[1:]]
    if not len(length_m):
        return Ride.standing(LatLon(float(lat[-1]), float(lon[-1])))
    weight = length_m * rng.lognormal(0.0, 0.2, len(length_m))
    # Nobody rides through town at more than 80 km/h, whatever the plan hopes for.
    whole_s = max(travel_s * rng.uniform(0.9, 1.2), float(length_m.sum()) / 22.0, 1.0)
    step_s = np.maximum(weight / weight.sum() * whole_s, length_m / 25.0)
    waits = rng.random(len(step_s)) < LIGHT_SHARE
    waits[-1] = False
    reached_s = np.cumsum(step_s)
    result = Ride(np.concatenate([[0.0], reached_s]), lat, lon)
    for bend_s in reached_s[waits][::-1].tolist():
        result = result.with_pause(bend_s / result.duration_s, float(rng.uniform(*LIGHT_S)))
    return result


class Noise:
    """The error of one phone's positions: it wanders (AR(1)) rather than jumps."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._sigma_m = LEAST_ERROR_M
        self._east_m = self._north_m = 0.0
        self.change_surroundings()

    def change_surroundings(self) -> None:
        """Another street, other walls: from here on the error is larger or smaller."""
        self._sigma_m = float(self._rng.uniform(LEAST_ERROR_M, MOST_ERROR_M))

    def over(self, position: LatLon, elapsed_s: float) -> tuple[LatLon, float]:
        """(what the phone takes `position` for, the accuracy that it states), in metres.

        `elapsed_s` is since the last call. The accuracy is the 68 % radius as phones state it: true
        on average, off by a quarter in the single case.
        """
        kept = math.exp(-max(elapsed_s, 0.0) / CORRELATION_S)
        fresh = self._sigma_m * math.sqrt(1 - kept * kept)
        east, north = self._rng.standard_normal(2)
        self._east_m = kept * self._east_m + fresh * float(east)
        self._north_m = kept * self._north_m + fresh * float(north)
        # 68 % of a circular normal error lie within 1.51 standard deviations.
        accuracy_m = 1.51 * self._sigma_m * float(self._rng.lognormal(0.0, 0.25))
        return moved(position, self._east_m, self._north_m), accuracy_m


def moved(position: LatLon, east_m: float, north_m: float) -> LatLon:
    """The position so many metres to the east and north."""
    scale = METRES_PER_DEGREE * math.cos(math.radians(position.lat))
    return LatLon(position.lat + north_m / METRES_PER_DEGREE, position.lon + east_m / scale)
