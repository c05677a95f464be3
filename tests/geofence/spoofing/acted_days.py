"""Days of phones with a known origin: honest ones with their oddities, and forgeries of six kinds.

Written without a look at the signs. Honest errors wander (an Ornstein-Uhlenbeck process with a
memory of one to three minutes, a tenth of it white); forgers draw theirs anew, if they think of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from geofence.spoofing.phone_day import PhoneDay, phone_day

PLANE = LocalPlane(LatLon(-29.9, -71.25))
MORNING_S = 1_795_435_200.0
DAY_S = 86_400.0
BLOCK_M = 100.0


@dataclass(frozen=True, slots=True)
class Round:
    """A path in time (epoch s, meters), its doors, and the doors' points on the map."""

    t_s: Floats
    x: Floats
    y: Floats
    doors: Floats
    geocodes: tuple[LatLon, ...]

    def at(self, t_s: Floats) -> tuple[Floats, Floats]:
        return np.interp(t_s, self.t_s, self.x), np.interp(t_s, self.t_s, self.y)


def a_round(
    seed: int, *, speed_mps: float = 8.0, visits: int = 16, even: bool = False, day: int = 0
) -> Round:
    """A ride along a grid to doors and stays there. `even`: at one speed, without a light."""
    rng = np.random.default_rng([seed, 1])
    home_x, home_y = (float(block) * BLOCK_M for block in rng.integers(0, 20, 2))
    doors = np.column_stack(
        (rng.uniform(0, 30, visits) * BLOCK_M, rng.integers(0, 30, visits) * BLOCK_M + 10)
    )
    moods = np.random.default_rng([seed, 2, day + 50])
    points = [(MORNING_S + DAY_S * day, home_x, home_y)]

    def go(x: float, y: float) -> None:
        t, x0, y0 = points[-1]
        way = np.hypot(x - x0, y - y0)
        pieces = 1 if even else max(1, int(way // 40))
        for part in np.linspace(0, 1, pieces + 1)[1:]:
            mps = speed_mps * (1 if even else moods.uniform(0.5, 1.3))
            t += way / pieces / mps + (0 if even or moods.random() > 0.05 else moods.uniform(5, 60))
            points.append((t, x0 + part * (x - x0), y0 + part * (y - y0)))

    def stay(seconds: float) -> None:
        t, x, y = points[-1]
        points.append((t + seconds, x, y))

    stay(float(moods.uniform(300, 1200)))
    for x, y in doors:
        _, x0, y0 = points[-1]
        column = round((x0 + x) / 2 / BLOCK_M) * BLOCK_M
        for corner in ((column, y0), (column, y - 10), (x, y - 10), (x, y)):
            if corner != points[-1][1:]:
                go(*corner)
        stay(float(moods.uniform(180, 900)))
    off = np.array(rng.normal(0, 12, doors.shape))
    lat, lon = PLANE.latlon(doors[:, 0] + off[:, 0], doors[:, 1] + off[:, 1])
    t, px, py = (np.array(column) for column in zip(*points, strict=True))
    geocodes = tuple(LatLon(float(a), float(b)) for a, b in zip(lat, lon, strict=True))
    return Round(t, px, py, doors, geocodes)


def wander(rng: np.random.Generator, t_s: Floats, memory_s: float) -> Floats:
    """An error of variance 1 that forgets itself exponentially."""
    keep = np.exp(-np.diff(t_s, prepend=t_s[0]) / memory_s)
    kicks = rng.normal(0, 1, len(t_s))
    out, last = np.empty(len(t_s)), kicks[0]
    for i in range(len(t_s)):
        last = keep[i] * last + np.sqrt(1 - keep[i] ** 2) * kicks[i]
        out[i] = last
    return out


def honest_day(
    seed: int,
    *,
    every_s: float = 15.0,
    day: int = 0,
    speed_mps: float = 8.0,
    round_: int | None = None,
) -> PhoneDay:
    """An honest phone of some make: with or without attributes, cached fixes, lies, late bursts."""
    rng = np.random.default_rng([seed, 3, day + 50])
    ride = a_round(seed if round_ is None else round_, speed_mps=speed_mps, day=day)
    steady = rng.random() < 0.3
    count = int((ride.t_s[-1] - ride.t_s[0]) / every_s)
    steps = np.full(count, every_s) if steady else every_s * rng.uniform(0.9, 1.15, count)
    t_s = np.round(ride.t_s[0] + np.cumsum(steps), 0 if rng.random() < 0.5 else 3)
    t_s = np.unique(t_s)
    for begin in rng.uniform(t_s[0], t_s[-1], rng.integers(1, 5)):
        t_s = t_s[(t_s < begin) | (t_s > begin + rng.uniform(120, 900))]
    n = len(t_s)
    sigma_m = float(rng.uniform(3, 25))
    memory_s = float(rng.uniform(60, 180))
    true_x, true_y = ride.at(t_s)
    x, y = (
        true + sigma_m * (0.95 * wander(rng, t_s, memory_s) + 0.3 * rng.normal(0, 1, n))
        for true in (true_x, true_y)
    )
    accuracy = _accuracy(rng, n, sigma_m)
    _faults(rng, t_s, x, y, accuracy)
    speed, heading, altitude = _motion(rng, ride, t_s)
    if rng.random() < 0.3:  # the system hands out its last fix while the phone lies still
        moved = np.hypot(np.diff(true_x, prepend=true_x[0] - 99), np.diff(true_y, prepend=0)) > 0.5
        fix = np.maximum.accumulate(np.where(moved, np.arange(n), 0))
        x, y, accuracy, altitude = x[fix], y[fix], accuracy[fix], altitude[fix]
    lat, lon = PLANE.latlon(x, y)
    digits = int(rng.choice([5, 6, 7]))
    clock_s = float(rng.choice([0, 0, 0, 90, -400, 7200]))
    arrived = t_s + clock_s + rng.uniform(0.2, 3, n)
    for begin in rng.uniform(t_s[0], t_s[-1], rng.integers(0, 3)):
        until = begin + rng.uniform(600, 7200)
        late = (t_s >= begin) & (t_s < until)
        arrived[late] = until + clock_s + np.sort(rng.uniform(0, 20, int(late.sum())))
    return phone_day(
        t_s, np.round(lat, digits), np.round(lon, digits), received_s=arrived, accuracy_m=accuracy,
        speed_mps=speed, heading_deg=heading, altitude_m=altitude,
    )  # fmt: skip


def _accuracy(rng: np.random.Generator, n: int, sigma_m: float) -> Floats:
    kind = rng.choice(["stated", "steps", "constant", "unknown"], p=[0.7, 0.1, 0.1, 0.1])
    if kind == "constant":
        return np.full(n, float(rng.choice([5.0, 10.0, 20.0])))
    if kind == "unknown":
        return np.full(n, np.nan)
    stated = np.round(1.5 * sigma_m * rng.lognormal(0, 0.5, n), 1)
    if kind == "steps":
        return np.where(stated < 10, 5.0, np.where(stated < 60, 10.0, 65.0))
    stated[rng.random(n) < 0.05] = 0
    return stated


def _faults(rng: np.random.Generator, t_s: Floats, x: Floats, y: Floats, accuracy: Floats) -> None:
    """Spikes, confident lies 200 m away for a minute, and cell towers some kilometers away."""
    n = len(t_s)
    for length_s, far_m, stated in ((0, 300, 5.0), (60, 200, 4.0), (90, 2500, 1500.0)):
        for begin in rng.uniform(t_s[0], t_s[-1], rng.integers(0, 5)):
            first = min(int(np.searchsorted(t_s, begin)), n - 1)
            rows = (t_s >= t_s[first]) & (t_s <= t_s[first] + length_s)
            angle = rng.uniform(0, 2 * np.pi)
            x[rows] += far_m * np.cos(angle)
            y[rows] += far_m * np.sin(angle)
            if np.isfinite(accuracy[first]):
                accuracy[rows] = stated


def _motion(rng: np.random.Generator, ride: Round, t_s: Floats) -> tuple[Floats, ...]:
    n = len(t_s)
    (x0, y0), (x1, y1) = ride.at(t_s - 1), ride.at(t_s + 1)
    speed = np.maximum(0, np.hypot(x1 - x0, y1 - y0) / 2 + rng.normal(0, 0.3, n))
    heading = (np.degrees(np.arctan2(x1 - x0, y1 - y0)) + rng.normal(0, 3, n)) % 360
    altitude = 60 + 8 * wander(rng, t_s, 120)
    kind = rng.choice(["all", "whole", "none", "zero"], p=[0.6, 0.15, 0.15, 0.1])
    if kind == "none":
        return np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    if kind == "zero":
        return np.zeros(n), np.zeros(n), np.zeros(n)
    if kind == "whole":
        return tuple(np.round(column) for column in (speed, heading, altitude))
    return tuple(np.round(column, 2) for column in (speed, heading, altitude))


def replayed(day: PhoneDay, seed: int, *, noise_m: float = 0.0, days: int = 3) -> PhoneDay:
    """An older day sent again some minutes off, at times without every other ping."""
    rng = np.random.default_rng([seed, 4])
    shift_s = days * DAY_S + float(np.round(rng.uniform(-1200, 1200)))
    lat, lon = (
        c + rng.normal(0, noise_m / 111_000 if noise_m else 0, len(day)) for c in (day.lat, day.lon)
    )
    copy = replace(day, t_s=day.t_s + shift_s, received_s=day.t_s + shift_s + 1, lat=lat, lon=lon)
    step = 2 if rng.random() < 0.5 else 1
    return at(copy, np.arange(0, len(day), step))


def desk_day(seed: int, *, noise_m: float = 0.0, every_s: float = 15.0) -> PhoneDay:
    """A drive acted out at a desk: along the streets at one speed to the doors' points."""
    rng = np.random.default_rng([seed, 5])
    ride = a_round(seed, even=True)
    t_s = np.arange(ride.t_s[0], ride.t_s[-1], every_s)
    x, y = (c + rng.normal(0, noise_m, len(t_s)) for c in ride.at(t_s))
    lat, lon = PLANE.latlon(x, y)
    accuracy = np.round(rng.uniform(4, 12, len(t_s)), 1)
    return phone_day(
        t_s, np.round(lat, 7), np.round(lon, 7), received_s=t_s + 1, accuracy_m=accuracy
    )


def jumping_day(seed: int, *, every_s: float = 15.0, noise_m: float = 3.0) -> PhoneDay:
    """At home all day but for the doors, which the phone jumps to and back from."""
    rng = np.random.default_rng([seed, 6])
    ride = a_round(seed)
    t_s = np.arange(ride.t_s[0], ride.t_s[0] + 6 * 3600, every_s) + rng.uniform(0, 1, 1)
    home_x, home_y = ride.x[0] - 3000, ride.y[0]
    x, y = np.full(len(t_s), home_x), np.full(len(t_s), home_y)
    for n, (door_x, door_y) in enumerate(ride.doors):
        begin = t_s[0] + 600 + n * 1200
        there = (t_s >= begin) & (t_s < begin + 400)
        x[there], y[there] = door_x, door_y
    lat, lon = PLANE.latlon(x + noise_m * wander(rng, t_s, 90), y + noise_m * wander(rng, t_s, 90))
    return phone_day(t_s, lat, lon, accuracy_m=np.round(rng.uniform(4, 12, len(t_s)), 1))


def frozen_day(seed: int, **figures: float) -> PhoneDay:
    """An honest path under attributes that never change."""
    day = honest_day(seed)
    given = figures or {"accuracy_m": 7.3, "altitude_m": 41.5, "speed_mps": 4.2, "heading_deg": 90}
    return replace(day, **{name: np.full(len(day), value) for name, value in given.items()})


def two_phone_day(seed: int, *, away_m: float = 2500.0) -> PhoneDay:
    """A second phone of the agent rides another round at the same time."""
    one, other = honest_day(seed), honest_day(seed + 10_000)
    other = replace(
        other, device=np.ones(len(other), int), lat=other.lat + away_m / 111_000,
    )  # fmt: skip
    return joined(one, other)


def joined(*days: PhoneDay) -> PhoneDay:
    return PhoneDay(
        *(np.concatenate([getattr(day, name) for day in days]) for name in PhoneDay.__slots__)
    )


def at(day: PhoneDay, rows: np.ndarray) -> PhoneDay:
    """These rows, in this order."""
    return PhoneDay(*(getattr(day, name)[rows] for name in PhoneDay.__slots__))
