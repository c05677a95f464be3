"""Sums by number: what most of learning is made of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats


def added_up(number: NDArray[Any], values: Floats, many: int) -> Floats:
    """The sum of the values of each number from 0 to `many` - 1."""
    added: Floats = np.bincount(number, values, many).astype(np.float64, copy=False)
    return added
