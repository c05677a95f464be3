"""What could be known at best: an oracle that is told when each stay began and ended.

It is also told the noise: the covariance over time of the phone's error, which pings are wild, how
geocodes and lengths of stays are distributed; but no error itself. It picks the place of each stay,
or none, by maximum likelihood, with the weak beliefs that a detector may hold: the plan (or none)
and check-ins. What it gets wrong no method can know from these pings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks._visit_agenda import VISIT_S, VISIT_SPREAD
from benchmarks._visit_day import VisitDay
from benchmarks._visit_doors import QUALITIES, geocode_errors
from benchmarks._visit_errors import SHARES, Errors
from benchmarks._visit_life import Pause, Visit
from benchmarks._visit_score import Found
from core.geometry import Floats

PLANNED, OTHER = 0.75, 0.15
"""Visits to expect at a door with a planned customer, and at another."""

UNKNOWN = 0.37
"""The same when nobody tells the plan: all visits of a day over all doors."""

CHECKED_IN = 20.0
"""How many times likelier a check-in during the stay makes its customer: of twenty check-ins of
these days one is false."""

AGAIN = 0.1
"""Visits to expect at a door that has been visited, or will be."""

STAND_M = 2.5
"""How far from the door (1σ) an agent stands."""

PAUSES_PER_M2 = 4e-5
LEAST = 0.4
"""Tuned for F1 on days of other seeds: pauses by area where agents work, and the probability
from which a visit is reported."""

MOST_FIXES = 150
SAMPLES = 256

PAUSE_LENGTHS_S = (
    (5.0, 30.0, 100.0), (3.0, 60.0, 300.0), (1.9, 240.0, 900.0), (0.5, 150.0, 480.0),
    (1.0, 1_500.0, 3_000.0), (2.0, 600.0, 1_200.0),
)  # fmt: skip
"""A day's pauses (how many, from, to; even in between): lights, corners, tea, fuel, lunch, home."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The mean position of a stay and its error's variance per axis (infinite if none is known)."""

    xy: Floats
    variance: float


def oracle(day: VisitDay, with_plan: bool = True, least: float = LEAST) -> list[Found]:
    """The visits that the oracle reports."""
    stays = day.life.stays()
    chance = beliefs(day, stays, with_plan)
    best = chance.argmax(axis=1)
    return [
        Found(int(door), stay.began_at, stay.ended_at)
        for stay, door, row in zip(stays, best, chance, strict=True)
        if row[door] >= least
    ]


def beliefs(
    day: VisitDay,
    stays: Sequence[Visit | Pause],
    with_plan: bool,
    pauses_per_m2: float = PAUSES_PER_M2,
) -> Floats:
    """The probability of each door for each stay; what a row lacks of 1 is none's."""
    strength = np.array([_densities(day, _mean_position(day, stay)) for stay in stays])
    strength *= _expected(day, with_plan) * _claimed(day, stays)
    length_s = np.array([[stay.ended_at - stay.began_at] for stay in stays])
    none = pauses_per_m2 * _pause_density(length_s) / _visit_density(length_s)
    chance: Floats = strength / (none + strength.sum(axis=1, keepdims=True))
    for _ in range(4):  # each door is visited once, as a rule
        elsewhere = np.log1p(-np.minimum(chance, 1 - AGAIN))
        others = np.exp(elsewhere.sum(axis=0) - elsewhere)
        weighed = strength * others
        chance = weighed / (none + weighed.sum(axis=1, keepdims=True))
    return chance


def _expected(day: VisitDay, with_plan: bool) -> Floats:
    if not with_plan:
        return np.full(len(day.doors), UNKNOWN)
    planned = day.planned_doors()
    return np.array([PLANNED if door in planned else OTHER for door in range(len(day.doors))])


def _claimed(day: VisitDay, stays: Sequence[Visit | Pause]) -> Floats:
    factor = np.ones((len(stays), len(day.doors)))
    door_of = {c: door for door, who in enumerate(day.doors.customers) for c in who}
    for check_in in day.check_ins:
        for row, stay in enumerate(stays):
            if stay.began_at <= check_in.at_s <= stay.ended_at:
                factor[row, door_of[check_in.customer]] = CHECKED_IN
    return factor


def _mean_position(day: VisitDay, stay: Visit | Pause) -> Guess:
    """The best linear estimate from the pings inside; without any, from those around."""
    t_s, made = day.pings.t_s, day.record.errors
    inside = np.flatnonzero((t_s >= stay.began_at) & (t_s <= stay.ended_at))
    fixes = np.unique(day.record.fix[inside])
    fixes = fixes[~made.wild[fixes]]
    if len(fixes) > MOST_FIXES:
        fixes = fixes[np.linspace(0, len(fixes) - 1, MOST_FIXES).astype(int)]
    if not len(fixes):
        return _from_around(day, stay)
    first = np.searchsorted(day.record.fix, fixes)
    inverse = np.linalg.inv(covariance(made, fixes))
    weight = inverse.sum(axis=0)
    total = float(weight.sum())
    return Guess(weight @ day.ping_xy[first] / total, 1 / total)


def covariance(made: Errors, fixes: NDArray[np.intp]) -> Floats:
    """Of the errors of these fixes, per axis, in m²."""
    lag_s = np.abs(made.t_s[fixes][:, None] - made.t_s[fixes])
    unit = SHARES[2] * np.eye(len(fixes))
    for share, memory_s in zip(SHARES, made.memory_s, strict=False):
        unit += share * np.exp(-lag_s / memory_s)
    jump = made.jump[fixes]
    together = (jump[:, None] == jump) & (jump >= 0)
    sigma = made.sigma_m[fixes]
    whole: Floats = unit * sigma[:, None] * sigma + together * made.jump_m**2
    return whole


def _from_around(day: VisitDay, stay: Visit | Pause) -> Guess:
    """The neighbors in time, each further off the more time there was to come and go."""
    t_s, made = day.pings.t_s, day.record.errors
    tame = np.flatnonzero(~made.wild[day.record.fix])
    before, after = tame[t_s[tame] < stay.began_at][-1:], tame[t_s[tame] > stay.ended_at][:1]
    rows = np.concatenate((before, after))
    gap_s = np.concatenate((stay.began_at - t_s[before], t_s[after] - stay.ended_at))
    variance = made.sigma_m[day.record.fix[rows]] ** 2 + (day.life.mode.speed_mps * gap_s) ** 2 / 3
    if not len(rows):
        return Guess(np.zeros(2), np.inf)
    weight = 1 / variance
    return Guess(weight @ day.ping_xy[rows] / weight.sum(), float(1 / weight.sum()))


def _densities(day: VisitDay, guess: Guess) -> Floats:
    """Per door: how dense (per m²) such a mean position is if the agent was there."""
    if np.isinf(guess.variance):
        return np.zeros(len(day.doors))
    variance = guess.variance + STAND_M**2
    doors = day.doors.geocode[:, None] - _SAMPLES[day.doors.quality]
    off2 = ((doors - guess.xy) ** 2).sum(axis=2)
    density: Floats = np.exp(-off2 / (2 * variance)).mean(axis=1) / (2 * np.pi * variance)
    return density


def _samples() -> Floats:
    rng = np.random.default_rng(0)
    return np.array(
        [geocode_errors(rng, np.full(SAMPLES, quality)) for quality in range(len(QUALITIES))]
    )


_SAMPLES = _samples()


def _visit_density(length_s: Floats) -> Floats:
    z = np.log(length_s / VISIT_S) / VISIT_SPREAD
    density: Floats = np.exp(-z * z / 2) / (length_s * VISIT_SPREAD * np.sqrt(2 * np.pi))
    return np.maximum(density, 1e-9)


def _pause_density(length_s: Floats) -> Floats:
    total = sum(count for count, _, _ in PAUSE_LENGTHS_S)
    density = np.zeros_like(length_s)
    for count, low, high in PAUSE_LENGTHS_S:
        density += count / total * ((length_s >= low) & (length_s <= high)) / (high - low)
    return density
