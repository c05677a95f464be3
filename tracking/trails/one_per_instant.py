"""Pings in order of time, one for each instant, whatever order they came in."""

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats

Rows = NDArray[np.intp]


def one_per_instant(
    t_s: Floats, lat: Floats, lon: Floats, accuracy_m: Floats, *more: Floats
) -> tuple[Rows, Rows]:
    """The rows by time, and the places in that order at which each instant begins.

    Of several pings at one instant the first is the one that states the best accuracy (unknown,
    which is not a number, comes last), then the southernmost, then the westernmost, then the one
    least in `more`: any rule will do that does not ask which came first.
    """
    if (np.diff(t_s) > 0).all():
        in_order = np.arange(len(t_s))
        return in_order, in_order
    order = np.lexsort((*more[::-1], lon, lat, np.nan_to_num(accuracy_m, nan=np.inf), t_s))
    return order, np.flatnonzero(np.diff(t_s[order], prepend=-np.inf) > 0)
