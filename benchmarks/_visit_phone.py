"""A phone's record of a day: when it looked, what it saw and said, and when that arrived."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from benchmarks._visit_errors import Errors, errors, wander
from benchmarks._visit_life import Life
from core.geometry import Floats, LocalPlane

DELIVERIES = ("online", "offline")
NO_SPEED, NO_ALTITUDE = 0.08, 0.06
"""The share of phones that tell neither."""

CACHES, DOZES = 0.2, 0.25
"""The share of phones that repeat a position while they lie still, and that fall asleep."""

Stands = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Pings:
    """Parallel arrays, in degrees, meters and epoch seconds; NaN where the phone says nothing."""

    t_s: Floats
    received_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    speed_mps: Floats
    heading_deg: Floats
    altitude_m: Floats
    mock: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t_s)

    def at(self, rows: NDArray[np.intp]) -> "Pings":
        """These rows, in this order."""
        return Pings(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Pings in order of time, each once; `arrival` are their rows in order of arrival, some twice.

    Ping i is the fix `fix[i]` of `errors`: a phone that repeats itself looked only once.
    """

    pings: Pings
    arrival: NDArray[np.intp]
    errors: Errors
    fix: NDArray[np.intp]


def recorded(
    rng: np.random.Generator,
    life: Life,
    plane: LocalPlane,
    setting: str,
    sampling_s: float,
    delivery: str,
) -> Record:
    """What the phone makes of a life."""
    stands = [(stay.began_at, stay.ended_at) for stay in life.stays()]
    t_s = _looks(rng, life.t_s[0], life.t_s[-1], sampling_s)
    t_s = t_s[_awake(rng, t_s, stands)]
    made = errors(rng, t_s, setting)
    x, y = (life.at(t_s) + made.offset).T
    fix = _cached(rng, t_s, stands)
    lat, lon = plane.latlon(x, y)
    speed, heading = _motion(rng, life, made)
    altitude = _altitude(rng, life.at(t_s), made)
    pings = Pings(
        t_s=t_s,
        received_s=_received(rng, t_s, delivery),
        lat=np.round(lat, 7)[fix],
        lon=np.round(lon, 7)[fix],
        accuracy_m=made.accuracy_m[fix],
        speed_mps=speed[fix],
        heading_deg=heading[fix],
        altitude_m=altitude[fix],
        mock=np.zeros(len(t_s), bool),
    )
    return Record(pings, _arrival(rng, pings.received_s), made, fix)


def _looks(rng: np.random.Generator, begin_s: float, end_s: float, sampling_s: float) -> Floats:
    steps = sampling_s * rng.uniform(0.9, 1.1, int((end_s - begin_s) / sampling_s * 1.1) + 2)
    t_s = begin_s + rng.uniform(0, sampling_s) + np.cumsum(steps)
    return np.round(t_s[t_s < end_s], 0 if rng.random() < 0.5 else 3)


def _awake(rng: np.random.Generator, t_s: Floats, stands: Stands) -> NDArray[np.bool_]:
    """Dropouts of minutes, sometimes of half an hour; some phones doze off when they lie still."""
    awake = np.ones(len(t_s), bool)
    lengths_s = [rng.uniform(120, 480) for _ in range(rng.poisson(3))]
    if rng.random() < 0.1:
        lengths_s.append(rng.uniform(1_200, 2_400))
    for length_s in lengths_s:
        begin = rng.uniform(t_s[0], t_s[-1])
        awake &= (t_s < begin) | (t_s > begin + length_s)
    if rng.random() < DOZES:
        for began_at, ended_at in stands:
            if rng.random() < 0.6:
                wakes = ended_at + rng.uniform(-30, 45)
                awake &= (t_s < began_at + rng.uniform(60, 180)) | (t_s > wakes)
    if not awake.any():
        awake[0] = True
    return awake


def _cached(rng: np.random.Generator, t_s: Floats, stands: Stands) -> NDArray[np.intp]:
    """By ping, the fix that it tells: of some phones that lie still, an older one."""
    fix = np.arange(len(t_s))
    if rng.random() > CACHES:
        return fix
    for began_at, ended_at in stands:
        at = began_at + rng.uniform(20, 60)
        while rng.random() < 0.6 and at < ended_at:
            until = min(at + rng.uniform(30, 240), ended_at)
            rows = np.flatnonzero((t_s >= at) & (t_s < until))
            if len(rows):
                fix[rows] = fix[rows[0]]
            at = until + rng.uniform(0, 60)
    return fix


def _motion(rng: np.random.Generator, life: Life, made: Errors) -> tuple[Floats, Floats]:
    """(m/s, degrees): by Doppler, so better than the positions are; no course when standing."""
    t_s = made.t_s
    east, north = ((life.at(t_s + 1.5) - life.at(t_s - 1.5)) / 3.0).T
    noise_mps = np.minimum(0.1 + 0.012 * made.sigma_m, 0.5)
    east = east + rng.normal(0, 1, len(t_s)) * noise_mps
    north = north + rng.normal(0, 1, len(t_s)) * noise_mps
    speed = np.hypot(east, north)
    speed[speed < rng.choice([0.2, 0.5])] = 0.0
    heading = np.degrees(np.arctan2(east, north)) % 360
    heading[speed == 0] = 0.0 if rng.random() < 0.5 else np.nan
    if rng.random() < NO_SPEED:
        speed[:], heading[:] = np.nan, np.nan
    return np.round(speed, 2), np.round(heading, 1)


def _altitude(rng: np.random.Generator, xy: Floats, made: Errors) -> Floats:
    """The hills, and an error half as large again as the horizontal one."""
    if rng.random() < NO_ALTITUDE:
        return np.full(len(xy), 0.0 if rng.random() < 0.5 else np.nan)
    x, y = xy.T
    hills: Floats = (
        60 + 35 * np.sin(x / 900 + 1) * np.cos(y / 1_300) + 8 * np.sin(x / 170 - y / 210)
    )
    error = 0.9 * wander(rng, made.t_s, 150.0) + 0.3 * rng.normal(0, 1, len(x))
    stated: Floats = np.round(hills + 1.5 * made.sigma_m * error, 1)
    return stated


def _received(rng: np.random.Generator, t_s: Floats, delivery: str) -> Floats:
    """Seconds after the fact, or, without a network, hours later and all at once."""
    received = t_s + 0.2 + rng.exponential(1.5, len(t_s))
    late = rng.random(len(t_s)) < 0.005
    received[late] += rng.uniform(30, 300, int(late.sum()))
    if delivery == "offline":
        length_s = t_s[-1] - t_s[0]
        for _ in range(rng.integers(2, 4)):
            begin = rng.uniform(t_s[0], t_s[-1])
            end = begin + rng.uniform(0.15, 0.4) * length_s
            rows = (received >= begin) & (received < end)
            burst = end + rng.uniform(0, 3_600)
            received[rows] = burst + rng.uniform(0, 20, int(rows.sum()))
    return np.round(received, 3)


def _arrival(rng: np.random.Generator, received_s: Floats) -> NDArray[np.intp]:
    """The rows in order of arrival; one in twenty-five is sent twice."""
    twice = rng.choice(len(received_s), len(received_s) // 25, replace=False)
    rows = np.concatenate((np.arange(len(received_s)), twice))
    at = np.concatenate((received_s, received_s[twice] + rng.exponential(60, len(twice))))
    return rows[np.argsort(at, kind="stable")]
