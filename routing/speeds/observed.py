"""What matched rides say of streets: seconds taken beside seconds expected, summed up.

A ride is looked at in stretches of a minute or so, red lights and all. A stretch is compared with
what its streets take by default. How much of it each road class took is worked out by expectation
and maximization (Shepp and Vardi 1982, for emissions that are only counted in sums): a stretch's
seconds are shared out among its classes as the present paces have it, then each class's pace is its
seconds over its expected ones, and again. Which is why a stretch that has a bit of highway in it
does not make the side street fast.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from routing.speeds.added_up import added_up
from routing.speeds.hour_group import HOUR_GROUPS, Ints, hour_groups
from routing.speeds.match import Matched
from routing.speeds.ride import Rides
from streets.graph import StreetGraph

STRETCH_S = 60.0
LEAST_STRETCH_S, LEAST_EXPECTED_S = 20.0, 10.0

MOST_TIMES = 5.0
"""A stretch that took five times what was expected, or a fifth, is not driving (a stop that
nobody noticed) or is matched wrongly; it is left out."""

HUBER = 1.5
"""Stretches whose log ratio is off by more than this many robust standard deviations count less,
in proportion (Huber 1964)."""

LEAST_SPREAD = 0.3
"""What counts as a standard deviation there at least: streets of one class differ by as much, and
a slow street is no outlier of the others."""

ROUNDS = 12
PRIOR_S = 600.0
"""Ten expected minutes at what was known before steady the sharing out of a day with few rides."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassSums:
    """By hour group and road class, arrays (`HOUR_GROUPS`, classes).

    `n` counts stretches (one over two classes half for each, an outlier less), `log_sq` sums up
    the squared logarithms of what they took over what they should have taken at the day's paces.
    """

    n: Floats
    actual_s: Floats
    expected_s: Floats
    length_m: Floats
    log_sq: Floats

    @classmethod
    def none(cls, classes: int) -> "ClassSums":
        """Nothing observed."""
        return cls(*(np.zeros((HOUR_GROUPS, classes)) for _ in range(5)))

    def plus(self, more: "ClassSums") -> "ClassSums":
        """Both together."""
        return ClassSums(
            self.n + more.n,
            self.actual_s + more.actual_s,
            self.expected_s + more.expected_s,
            self.length_m + more.length_m,
            self.log_sq + more.log_sq,
        )


@dataclass(frozen=True, slots=True, eq=False)
class EdgeSums:
    """By edge and hour group, a row for each that was ridden."""

    edge: Ints
    group: Ints
    n: Floats
    actual_s: Floats
    expected_s: Floats

    @classmethod
    def none(cls) -> "EdgeSums":
        """Nothing observed."""
        nothing = np.zeros(0, np.int32)
        return cls(nothing, nothing, np.zeros(0), np.zeros(0), np.zeros(0))

    @classmethod
    def of(cls, edge: Ints, group: Ints, *figures: Floats) -> "EdgeSums":
        """Rows summed up by edge and group; `figures` are `n`, `actual_s` and `expected_s`."""
        key = edge.astype(np.int64) * HOUR_GROUPS + group
        keys, row = np.unique(key, return_inverse=True)
        edges, groups = np.divmod(keys, HOUR_GROUPS)
        n, actual_s, expected_s = (added_up(row, f, len(keys)) for f in figures)
        return cls(edges.astype(np.int32), groups.astype(np.int32), n, actual_s, expected_s)

    def plus(self, more: "EdgeSums") -> "EdgeSums":
        """Both together."""
        return EdgeSums.of(
            *(
                np.concatenate([getattr(self, name), getattr(more, name)])
                for name in ("edge", "group", "n", "actual_s", "expected_s")
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches (their seconds and hour group), and a row for each edge in each of them."""

    seconds: Floats
    group: Ints
    of: NDArray[np.intp]
    edge: Ints
    expected_s: Floats
    length_m: Floats


def stretches(
    rides: Rides, matched: Matched, graph: StreetGraph, default_s: Floats, zone: str
) -> Stretches:
    """The stretches of rides whose way is known. `default_s`: seconds of each edge by default."""
    count = len(rides.t_s)
    rows = np.arange(count)
    # 1. Unbroken chains of known steps, cut every minute.
    chain_first = np.maximum.accumulate(np.where(matched.linked, 0, rows))
    since_s = rides.t_s - rides.t_s[chain_first] if count else rides.t_s
    steps = np.flatnonzero(matched.linked)
    slot = np.floor(since_s[steps - 1] / STRETCH_S).astype(np.int64)
    _, of_step = np.unique(chain_first[steps] * 100_000 + slot, return_inverse=True)
    step_s = rides.t_s[steps] - rides.t_s[steps - 1]
    many = int(of_step.max(initial=-1)) + 1
    seconds = added_up(of_step, step_s, many)
    middle_s = added_up(of_step, rides.t_s[steps] - step_s / 2, many)
    middle_s /= np.maximum(np.bincount(of_step, minlength=many), 1)
    # 2. What each of its edges should have taken; what an error put too far ahead is taken back.
    stretch_of_ping = np.full(count, -1, np.intp)
    stretch_of_ping[steps] = of_step
    key = stretch_of_ping[matched.ping] * np.int64(graph.edge_count) + matched.edge
    keys, row = np.unique(key, return_inverse=True)
    share = np.maximum(added_up(row, matched.share, len(keys)), 0.0)
    of, edge = np.divmod(keys, graph.edge_count)
    expected_s = share * default_s[edge]
    # 3. Without what is too short, or cannot have been driving.
    whole_s = added_up(of, expected_s, many)
    with np.errstate(divide="ignore"):
        off = np.abs(np.log(np.maximum(seconds, 1e-9) / whole_s))
    good = (seconds >= LEAST_STRETCH_S) & (whole_s >= LEAST_EXPECTED_S)
    good &= off <= np.log(MOST_TIMES)
    kept = good[of] & (expected_s > 0)
    number = np.cumsum(good) - 1
    return Stretches(
        seconds[good],
        hour_groups(middle_s[good], zone),
        number[of[kept]],
        edge[kept].astype(np.int32),
        expected_s[kept],
        share[kept] * graph.edge_length_m[edge[kept]],
    )


def sums(seen: Stretches, graph: StreetGraph, pace_before: Floats) -> tuple[ClassSums, EdgeSums]:
    """What stretches add up to. `pace_before` (`HOUR_GROUPS`, classes) is how many times its
    default each class was known to take."""
    classes = len(graph.class_names)
    if not len(seen.seconds):
        return ClassSums.none(classes), EdgeSums.none()
    group = seen.group[seen.of]
    cell = group * classes + graph.edge_class[seen.edge]
    cells = HOUR_GROUPS * classes
    prior = pace_before.ravel()
    pace = prior.copy()
    many = len(seen.seconds)
    for _ in range(ROUNDS):
        at_pace_s = seen.expected_s * pace[cell]
        off = np.log(seen.seconds / added_up(seen.of, at_pace_s, many))
        weight = _huber(off)[seen.of]
        took_s = weight * at_pace_s * np.exp(off)[seen.of]
        expected_s = added_up(cell, weight * seen.expected_s, cells)
        pace = (added_up(cell, took_s, cells) + PRIOR_S * prior) / (expected_s + PRIOR_S)
    portion = weight * at_pace_s / added_up(seen.of, at_pace_s, many)[seen.of]
    by_class = ClassSums(
        *(
            added_up(cell, values, cells).reshape(HOUR_GROUPS, classes)
            for values in (
                portion,
                took_s,
                weight * seen.expected_s,
                weight * seen.length_m,
                portion * (off**2)[seen.of],
            )
        )
    )
    by_edge = EdgeSums.of(seen.edge, group, portion, took_s, weight * seen.expected_s)
    return by_class, by_edge


def _huber(off: Floats) -> Floats:
    """Weights of log ratios around their median; 1 within `HUBER` robust standard deviations."""
    away = np.abs(off - np.median(off))
    spread = max(1.4826 * float(np.median(away)), LEAST_SPREAD)
    weights: Floats = np.minimum(1.0, HUBER * spread / np.maximum(away, 1e-9))
    return weights
