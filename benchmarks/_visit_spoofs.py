"""Forged days: what somebody sends who was not there, in the ways that are known.

Half of the days that need software to make positions up carry the phone's mock flag; the other
half comes from phones that hide it. Honest days beside them have their oddities too: a phone handed
over at noon, a clock that is wrong or is put right.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks._visit_agenda import agenda
from benchmarks._visit_day import CELLS, MONDAY_S, Cell, day_on
from benchmarks._visit_errors import wander
from benchmarks._visit_life import Beat, beat
from benchmarks._visit_phone import Pings
from benchmarks._visit_streets import City
from core.geometry import Floats

OLDER_DAYS = 3


@dataclass(frozen=True, slots=True, eq=False)
class SentDay:
    """What one agent's phones sent of a day, as it arrived; `device` numbers the phones."""

    pings: Pings
    device: NDArray[np.int_]


class JudgedDay(NamedTuple):
    """A day to be judged, with the same agent's earlier days, and the addresses of the beat (lat,
    lon) as the office knows them. `kind` is ``honest`` or how it was forged."""

    kind: str
    flagged: bool
    sent: SentDay
    older: tuple[SentDay, ...]
    addresses: NDArray[np.float64]


class _Scene(NamedTuple):
    """What a forger has at hand: his beat, the day's beginning, the phone's habits, older days."""

    beat: Beat
    start_s: float
    cell: Cell
    older: tuple[SentDay, ...]


def honest_day(city: City, seed: int, number: int) -> JudgedDay:
    """Nothing is made up, but phones are odd."""
    rng = np.random.default_rng([seed, 60_000, number])
    scene = _scene(rng, city)
    sent = _sent(rng, scene)
    if rng.random() < 0.08:
        sent = _handed_over(rng, sent)
    if rng.random() < 0.08:
        sent = replace(sent, pings=_wrong_clock(rng, sent.pings))
    return JudgedDay("honest", False, sent, scene.older, _addresses(scene))


def forged_day(city: City, seed: int, kind: str, number: int) -> JudgedDay:
    """A day of a kind of `KINDS`, flagged if the number is even and software made it."""
    rng = np.random.default_rng([seed, 61_000 + list(KINDS).index(kind), number])
    scene = _scene(rng, city)
    pings, device, made_up = KINDS[kind](rng, scene)
    flagged = number % 2 == 0 and bool(made_up.any())
    pings = replace(pings, mock=made_up & flagged)
    return JudgedDay(kind, flagged, _as_sent(pings, device), scene.older, _addresses(scene))


Forged = tuple[Pings, NDArray[np.int_], NDArray[np.bool_]]
"""Pings, their phones, and which of them software made up."""


def replayed(rng: np.random.Generator, scene: _Scene) -> Forged:
    """An older day of the same agent once more, at times with other attributes or some jitter."""
    old = _once(scene.older[int(rng.integers(len(scene.older)))].pings)
    days = np.floor((scene.start_s - MONDAY_S) / 86_400) - np.floor(
        (old.t_s[0] - MONDAY_S) / 86_400
    )
    t_s = old.t_s + 86_400 * days + np.round(rng.uniform(-900, 900))
    lat, lon = old.lat, old.lon
    style = rng.integers(3)
    if style == 1:
        lat, lon = (degrees + rng.normal(0, 1e-5, len(t_s)) for degrees in (lat, lon))
    accuracy = rng.uniform(3, 12, len(t_s)).round(1) if style == 2 else old.accuracy_m
    pings = replace(old, t_s=t_s, lat=lat, lon=lon, accuracy_m=accuracy, received_s=_soon(rng, t_s))
    return pings, np.zeros(len(t_s), int), np.ones(len(t_s), bool)


def at_the_desk(rng: np.random.Generator, scene: _Scene) -> Forged:
    """A drive from address to address, simulated without any error."""
    t_s, xy = _desk_drive(rng, scene)
    return _simulated(rng, scene, t_s, xy, 0.0)


def at_the_desk_with_noise(rng: np.random.Generator, scene: _Scene) -> Forged:
    """The same with a fresh random error for each position."""
    t_s, xy = _desk_drive(rng, scene)
    return _simulated(rng, scene, t_s, xy, float(rng.uniform(1.5, 6)))


def jumping(rng: np.random.Generator, scene: _Scene) -> Forged:
    """At home all day, honestly recorded; at times the phone claims to be at a customer's door."""
    t_s = _ticks(rng, scene, 7 * 3_600)
    sigma_m = rng.uniform(4, 12)
    error = np.column_stack([sigma_m * wander(rng, t_s, 120.0) for _ in "xy"])
    xy = scene.beat.house + error
    tasks, _ = agenda(rng, scene.beat.doors)
    made_up = np.zeros(len(t_s), bool)
    at_s = t_s[0] + rng.uniform(600, 1_800)
    for task in tasks:
        rows = (t_s >= at_s) & (t_s < at_s + rng.uniform(180, 700))
        xy[rows] = scene.beat.doors.geocode[task.door]
        if rng.random() < 0.5:
            xy[rows] += rng.normal(0, 2, (int(rows.sum()), 2))
        made_up |= rows
        at_s += rng.uniform(900, 1_800)
    accuracy = np.where(made_up, rng.choice([1.0, 3.0, 5.0]), 1.5 * sigma_m)
    accuracy = np.where(made_up, accuracy, accuracy * rng.lognormal(0, 0.25, len(t_s))).round(1)
    altitude = 50 + 8 * wander(rng, t_s, 150.0)
    altitude = np.where(made_up, 0.0, altitude).round(1)
    still = np.zeros(len(t_s))
    pings = _pings(rng, scene, t_s, xy, accuracy, still, still, altitude)
    return pings, np.zeros(len(t_s), int), made_up


def frozen(rng: np.random.Generator, scene: _Scene) -> Forged:
    """Plausible positions whose accuracy, altitude, speed and heading never change."""
    real = _once(_sent(rng, scene).pings)
    one = np.ones(len(real))
    pings = replace(
        real,
        accuracy_m=one * float(rng.choice([1.0, 5.0, 10.0, 15.0])),
        speed_mps=one * float(rng.choice([0.0, 1.0, 5.5])),
        heading_deg=one * float(rng.choice([0.0, 90.0, 182.5])),
        altitude_m=one * float(rng.choice([1.0, 50.0, 120.0])),
        received_s=_soon(rng, real.t_s),
    )
    return pings, np.zeros(len(real), int), np.ones(len(real), bool)


def two_phones(rng: np.random.Generator, scene: _Scene) -> Forged:
    """A helper carries a second phone of the agent's for an hour or more."""
    one = _once(_sent(rng, scene).pings)
    other = _once(_sent(rng, scene).pings)
    length_s = rng.uniform(3_600, 0.9 * (one.t_s[-1] - one.t_s[0]))
    begin = rng.uniform(one.t_s[0], one.t_s[-1] - length_s)
    other = other.at(np.flatnonzero((other.t_s >= begin) & (other.t_s < begin + length_s)))
    pings = _joined(one, other)
    device = np.repeat([0, 1], [len(one), len(other)])
    return pings, device, np.zeros(len(pings), bool)


KINDS: dict[str, Callable[[np.random.Generator, _Scene], Forged]] = {
    "replayed": replayed,
    "at the desk": at_the_desk,
    "at the desk with noise": at_the_desk_with_noise,
    "jumping": jumping,
    "frozen": frozen,
    "two phones": two_phones,
}


def _scene(rng: np.random.Generator, city: City) -> _Scene:
    where = beat(rng, city)
    cell = CELLS[int(rng.integers(len(CELLS)))]
    days = [day_on(rng, where, cell, weekday) for weekday in range(OLDER_DAYS)]
    older = tuple(SentDay(day.arrived, np.zeros(len(day.arrived), int)) for day in days)
    return _Scene(where, MONDAY_S + 86_400 * OLDER_DAYS + rng.uniform(0, 3_600), cell, older)


def _sent(rng: np.random.Generator, scene: _Scene) -> SentDay:
    arrived = day_on(rng, scene.beat, scene.cell, OLDER_DAYS).arrived
    return SentDay(arrived, np.zeros(len(arrived), int))


def _as_sent(pings: Pings, device: NDArray[np.int_]) -> SentDay:
    order = np.argsort(pings.received_s, kind="stable")
    return SentDay(pings.at(order), device[order])


def _addresses(scene: _Scene) -> NDArray[np.float64]:
    lat, lon = scene.beat.quarter.plane.latlon(*scene.beat.doors.geocode.T)
    return np.column_stack((lat, lon))


def _once(pings: Pings) -> Pings:
    """In order of time, each once."""
    _, rows = np.unique(pings.t_s, return_index=True)
    return pings.at(rows)


def _joined(one: Pings, other: Pings) -> Pings:
    return Pings(
        *(np.concatenate((getattr(one, f.name), getattr(other, f.name))) for f in fields(Pings))
    )


def _soon(rng: np.random.Generator, t_s: Floats) -> Floats:
    """Sent at once, as it is when software makes positions up."""
    return np.round(t_s + 0.2 + rng.exponential(1.5, len(t_s)), 3)


def _ticks(rng: np.random.Generator, scene: _Scene, length_s: float) -> Floats:
    """When the phone reports: by the second, or with the jitter that phones have."""
    step_s = scene.cell.sampling_s
    steps = np.full(int(length_s / step_s), step_s)
    if rng.random() < 0.5:
        steps = steps * rng.uniform(0.9, 1.1, len(steps))
    return np.round(scene.start_s + np.cumsum(steps), 3)


def _desk_drive(rng: np.random.Generator, scene: _Scene) -> tuple[Floats, Floats]:
    """Times and positions: at an even pace along the streets, exactly to the addresses."""
    quarter, doors = scene.beat.quarter, scene.beat.doors
    tasks, _ = agenda(rng, doors)
    pace_mps = float(rng.choice([1.4, 5.0, 8.3, 11.1]))
    t_s, points = [0.0], [quarter.point(scene.beat.home)]
    here = scene.beat.home
    for task in tasks:
        way, _, _ = quarter.way(here, doors.spots[task.door])
        for point in (*way, doors.geocode[task.door]):
            t_s.append(t_s[-1] + float(np.hypot(*(point - points[-1]))) / pace_mps)
            points.append(point)
        t_s.append(t_s[-1] + float(rng.uniform(180, 700)))
        points.append(points[-1])
        here = doors.spots[task.door]
    at = _ticks(rng, scene, t_s[-1])
    since = at - scene.start_s
    xy = np.array(points)
    return at, np.column_stack([np.interp(since, t_s, xy[:, axis]) for axis in (0, 1)])


def _simulated(
    rng: np.random.Generator, scene: _Scene, t_s: Floats, xy: Floats, noise_m: float
) -> Forged:
    """As apps that make positions up state them: the pace set, a good accuracy, one altitude."""
    step = np.diff(xy, axis=0, prepend=xy[:1])
    speed = np.hypot(*step.T) / np.diff(t_s, prepend=t_s[0] - 1)
    heading = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360
    accuracy = np.full(len(t_s), float(rng.choice([1.0, 3.0, 5.0, 10.0])))
    altitude = np.full(len(t_s), float(rng.choice([0.0, 10.0, 60.0])))
    if noise_m:
        xy = xy + rng.normal(0, noise_m, xy.shape)
        accuracy = rng.uniform(3, 12, len(t_s)).round(1)
        altitude = (altitude + rng.normal(0, 1, len(t_s))).round(1)
    if rng.random() < 0.3:
        speed, heading = np.zeros(len(t_s)), np.zeros(len(t_s))
    pings = _pings(rng, scene, t_s, xy, accuracy, speed.round(2), heading.round(1), altitude)
    return pings, np.zeros(len(t_s), int), np.ones(len(t_s), bool)


def _pings(
    rng: np.random.Generator,
    scene: _Scene,
    t_s: Floats,
    xy: Floats,
    accuracy_m: Floats,
    speed_mps: Floats,
    heading_deg: Floats,
    altitude_m: Floats,
) -> Pings:
    lat, lon = scene.beat.quarter.plane.latlon(*xy.T)
    return Pings(
        t_s, _soon(rng, t_s), lat.round(7), lon.round(7), accuracy_m, speed_mps, heading_deg,
        altitude_m, np.zeros(len(t_s), bool),
    )  # fmt: skip


def _handed_over(rng: np.random.Generator, sent: SentDay) -> SentDay:
    """At some time the agent gets another phone, and both are on for a few minutes."""
    one = _once(sent.pings)
    at_s = rng.uniform(one.t_s[0], one.t_s[-1])
    both_s = rng.uniform(0, 240)
    first = one.at(np.flatnonzero(one.t_s <= at_s + both_s))
    second = one.at(np.flatnonzero(one.t_s > at_s))
    shift = rng.normal(0, 5e-5, 2)
    second = replace(second, lat=second.lat + shift[0], lon=second.lon + shift[1])
    return _as_sent(_joined(first, second), np.repeat([0, 1], [len(first), len(second)]))


def _wrong_clock(rng: np.random.Generator, pings: Pings) -> Pings:
    """Wrong by minutes all day, or until the network puts it right."""
    off_s = float(rng.choice([-1, 1]) * rng.uniform(20, 900))
    if rng.random() < 0.6:
        return replace(pings, t_s=pings.t_s + off_s)
    right_s = rng.uniform(pings.t_s.min(), pings.t_s.max())
    return replace(pings, t_s=np.where(pings.t_s < right_s, pings.t_s + off_s, pings.t_s))
