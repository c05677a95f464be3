"""Planned against actual travel time, before and after learning.

Each leg was foretold from days before its own, so nothing here was judged by what it was learned
from. Before and after are of the same legs: those that were foretold both ways.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from routing.speeds.accuracy.store import KeptLegs
from routing.speeds.hour_group import told


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far planned travel times were from actual ones: the median of the absolute errors in
    percent of what the legs took, and the bias in percent of the whole (negative: planned too
    short)."""

    error_pct: float
    bias_pct: float


@dataclass(frozen=True, slots=True)
class Line:
    """Some legs: how many, how fast they were ridden, and how well they were foretold."""

    name: str
    legs: int
    kmh: float
    before: Accuracy
    after: Accuracy


@dataclass(frozen=True, slots=True)
class Report:
    """Legs of some days. `legs` were ridden; `judged` of them foretold both ways.

    `whole` is None when none was; lines are by hour and by road class in order of both.
    """

    since: date
    until: date
    legs: int
    judged: int
    whole: Line | None
    by_hour: tuple[Line, ...]
    by_class: tuple[Line, ...]


def report(since: date, until: date, legs: KeptLegs) -> Report:
    """The report of the legs of these days."""
    rows = np.flatnonzero(np.isfinite(legs.learned_s))
    names = np.array(legs.class_name, dtype=object)
    return Report(
        since,
        until,
        len(legs.actual_s),
        len(rows),
        _line("all", legs, rows) if len(rows) else None,
        _lines(legs, rows, legs.group, told),
        _lines(legs, rows, names, str),
    )


def _lines(
    legs: KeptLegs, rows: NDArray[np.intp], key: NDArray[Any], name: Callable[[Any], str]
) -> tuple[Line, ...]:
    return tuple(
        _line(name(value), legs, rows[key[rows] == value]) for value in sorted(set(key[rows]))
    )


def _line(name: str, legs: KeptLegs, rows: NDArray[np.intp]) -> Line:
    actual_s = legs.actual_s[rows]
    return Line(
        name,
        len(rows),
        round(float(legs.length_m[rows].sum() / actual_s.sum() * 3.6), 1),
        _accuracy(legs.default_s[rows], actual_s),
        _accuracy(legs.learned_s[rows], actual_s),
    )


def _accuracy(planned_s: Floats, actual_s: Floats) -> Accuracy:
    off = np.abs(planned_s / actual_s - 1)
    bias = planned_s.sum() / actual_s.sum() - 1
    return Accuracy(round(100 * float(np.median(off)), 1), round(100 * float(bias), 1))
