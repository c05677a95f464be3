"""Robust means: where many readings of one point say it is, whatever a few of them say.

For many groups of readings at once, and the same in whatever order they come.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BIWEIGHT = 4.685
"""Tukey's biweight with this many sigmas keeps 95 % of the mean's efficiency when errors are
normal, and gives a reading beyond them no weight at all (Holland & Welsch 1977)."""

ROUNDS = 20
"""Reweighting from a median settles within a few rounds; more cost nothing."""

AGREES = 3.0
"""A reading within three of its sigmas agrees: of normal errors in two axes 99 % are."""


class Means(NamedTuple):
    """By group: the mean, its variance per axis; and by reading: whether it agrees."""

    x: Floats
    y: Floats
    variance: Floats
    agrees: Bools


def robust_means(group: Ints, x: Floats, y: Floats, variance: Floats) -> Means:
    """The mean of each group of readings, groups numbered 0, 1, … without a gap.

    `variance` is per axis and above 0. Means are weighted by 1/variance and start at the
    median, so that fewer than half of the readings, however far off and sure of it, cannot carry
    one away. The variance of a mean is that of the readings that agree, and more where they scatter
    more than their errors explain (Birge 1932).
    """
    order = np.lexsort((variance, y, x, group))
    g, px, py, var = group[order], x[order], y[order], variance[order]
    starts = np.flatnonzero(np.diff(g, prepend=-1))
    weight = 1 / var
    mean_x, mean_y = _medians(starts, g, px), _medians(starts, g, py)
    for _ in range(ROUNDS):
        off2 = ((px - mean_x[g]) ** 2 + (py - mean_y[g]) ** 2) / var
        w = weight * np.square(np.clip(1 - off2 / BIWEIGHT**2, 0, None))
        total = np.add.reduceat(w, starts)
        # Where two clusters are equally strong the median may lie between them and near neither.
        held = np.where(total > 0, total, 1.0)
        mean_x = np.where(total > 0, np.add.reduceat(w * px, starts) / held, mean_x)
        mean_y = np.where(total > 0, np.add.reduceat(w * py, starts) / held, mean_y)
    off2 = ((px - mean_x[g]) ** 2 + (py - mean_y[g]) ** 2) / var
    within = off2 <= AGREES**2
    agrees = np.empty(len(g), bool)
    agrees[order] = within
    return Means(mean_x, mean_y, _variance(starts, weight, off2, within), agrees)


def _medians(starts: Ints, group: Ints, value: Floats) -> Floats:
    """The median of each group: one vote for each reading, however sure it is."""
    ascending = value[np.lexsort((value, group))]
    count = np.diff(starts, append=len(value))
    middle: Floats = (ascending[starts + (count - 1) // 2] + ascending[starts + count // 2]) / 2
    return middle


def _variance(starts: Ints, weight: Floats, off2: Floats, within: Bools) -> Floats:
    total = np.add.reduceat(np.where(within, weight, 0.0), starts)
    counted = np.add.reduceat(within.astype(float), starts)
    chi2 = np.add.reduceat(np.where(within, off2, 0.0), starts)
    freedom = 2 * (counted - 1)
    scatter = np.where(freedom > 0, chi2 / np.maximum(freedom, 1), 1.0)
    variance: Floats = np.maximum(scatter, 1.0) / np.where(total > 0, total, 1e-12)
    return variance
