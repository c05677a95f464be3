"""The errors of a phone's positions: what is added to the truth, and what a phone says of it."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from core.geometry import Floats

SETTINGS = {"open": (4.0, 8.0), "urban": (8.0, 18.0), "canyon": (15.0, 40.0)}
"""σ per axis in meters: each phone has one of its own on each day."""

SHARES = (0.60, 0.25, 0.15)
"""Of the variance: with a memory of minutes, of a quarter of an hour, and without any."""

FIRST_MEMORY_S, SECOND_MEMORY_S = (60.0, 150.0), (300.0, 900.0)
STATED_FACTOR = (0.3, 3.0)
RADIUS_68 = 1.51
"""A round normal error lies within this many σ in 68 % of cases: what "accuracy" should state."""


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Parallel by fix. `offset` is the whole error (east and north), of which the oracle is told
    all but its value: σ, the memories, in which jump a fix lies (or -1) and how wide jumps are.
    `wild` fixes are spikes and lies, seen by anybody."""

    t_s: Floats
    offset: Floats
    sigma_m: Floats
    memory_s: tuple[float, float]
    jump: np.ndarray
    jump_m: float
    wild: np.ndarray
    accuracy_m: Floats


def errors(rng: np.random.Generator, t_s: Floats, setting: str) -> Errors:
    """Errors for fixes at these times, which ascend."""
    base_m = float(rng.uniform(*SETTINGS[setting]))
    sigma = base_m * _surroundings(rng, t_s)
    memory_s = float(rng.uniform(*FIRST_MEMORY_S)), float(rng.uniform(*SECOND_MEMORY_S))
    unit = np.zeros((len(t_s), 2))
    for axis in (0, 1):
        for share, memory in zip(SHARES, memory_s, strict=False):
            unit[:, axis] += share**0.5 * wander(rng, t_s, memory)
        unit[:, axis] += SHARES[2] ** 0.5 * rng.normal(0, 1, len(t_s))
    offset = unit * sigma[:, None]
    jump_m = max(20.0, 2.0 * base_m)
    jump = _jumps(rng, t_s)
    leaps = rng.normal(0, jump_m, (jump.max(initial=-1) + 1, 2))
    offset[jump >= 0] += leaps[jump[jump >= 0]]
    accuracy = _stated(rng, RADIUS_68 * sigma)
    wild = _spikes(rng, offset) | _lies(rng, t_s, offset, accuracy)
    return Errors(t_s, offset, sigma, memory_s, jump, jump_m, wild, accuracy)


def wander(rng: np.random.Generator, t_s: Floats, memory_s: float) -> Floats:
    """Noise of variance 1 that forgets itself exponentially (Ornstein–Uhlenbeck, by the second)."""
    seconds = np.rint(t_s - t_s[0]).astype(np.int64)
    keep = np.exp(-1 / memory_s)
    kicks = rng.normal(0, (1 - keep**2) ** 0.5, int(seconds[-1]) + 1)
    kicks[0] = rng.normal()
    grid: Floats = lfilter([1.0], [1.0, -keep], kicks)
    noise: Floats = grid[seconds]
    return noise


def _surroundings(rng: np.random.Generator, t_s: Floats) -> Floats:
    """Walls come nearer and recede: a factor that changes over some ten minutes."""
    factor: Floats = np.exp(0.25 * wander(rng, t_s, 600.0))
    return factor


def _jumps(rng: np.random.Generator, t_s: Floats) -> np.ndarray:
    """Now and then all positions are shifted for 20 to 90 s."""
    jump = np.full(len(t_s), -1)
    count = int(rng.poisson((t_s[-1] - t_s[0]) / 3_600))
    for number, begin in enumerate(np.sort(rng.uniform(t_s[0], t_s[-1], count))):
        jump[(t_s >= begin) & (t_s < begin + rng.uniform(20, 90))] = number
    return jump


def _spikes(rng: np.random.Generator, offset: Floats) -> np.ndarray:
    """Single fixes, out and back again."""
    spike = rng.random(len(offset)) < 0.007
    angle, reach_m = rng.uniform(0, 2 * np.pi, len(offset)), rng.uniform(60, 300, len(offset))
    step = np.column_stack((np.cos(angle), np.sin(angle))) * reach_m[:, None]
    offset[spike] += step[spike]
    return spike


def _lies(rng: np.random.Generator, t_s: Floats, offset: Floats, accuracy: Floats) -> np.ndarray:
    """One to three fixes some 200 m away that state the best accuracy."""
    wild = np.zeros(len(t_s), bool)
    for begin in rng.integers(0, len(t_s), rng.poisson(3)):
        rows = slice(begin, begin + int(rng.integers(1, 4)))
        angle = rng.uniform(0, 2 * np.pi)
        offset[rows] = rng.uniform(150, 250) * np.array([np.cos(angle), np.sin(angle)])
        offset[rows] += rng.normal(0, 3, offset[rows].shape)
        accuracy[rows] = rng.uniform(3, 6)
        wild[rows] = True
    return wild


def _stated(rng: np.random.Generator, honest_m: Floats) -> Floats:
    """What the phone calls its accuracy: biased by phone and by fix, sometimes 0 or missing."""
    if rng.random() < 0.1:
        return np.full(len(honest_m), float(rng.choice([5.0, 10.0, 20.0])))
    factor = rng.lognormal(0, 0.45) * rng.lognormal(0, 0.25, len(honest_m))
    stated: Floats = np.round(honest_m * np.clip(factor, *STATED_FACTOR), 1)
    stated[rng.random(len(stated)) < 0.04] = 0.0
    stated[rng.random(len(stated)) < 0.02] = np.nan
    return stated
