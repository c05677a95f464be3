"""Which agents are improved together: neighbors, by where their rounds are."""

from math import ceil, cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from allocation.problem import Floats, Integers

AGENTS = 10
"""The most agents in a sector: more gain little and cost time."""

GOLDEN_ANGLE = pi * (3 - 5**0.5)
"""By how much borders turn from pass to pass: no multiple of it comes near an earlier one soon."""


def sectors(x_m: Floats, y_m: Floats, turn: int, share: int = 1) -> list[Integers]:
    """Rows of the agents of each sector, at most `AGENTS`, of about equal size.

    The plane is halved again and again, each time across the longer side of what is left; `turn`
    is the number of the pass and turns all borders. There is a multiple of `share` of them, unless
    there are fewer agents than that.
    """
    count = len(x_m)
    if not count:
        return []
    many = min(share * ceil(count / AGENTS / share), count)
    angle = turn * GOLDEN_ANGLE
    along = np.column_stack(
        [x_m * cos(angle) + y_m * sin(angle), y_m * cos(angle) - x_m * sin(angle)]
    )
    return [np.sort(rows) for rows in _halved(along, np.arange(count), many)]


def _halved(along: NDArray[np.float64], rows: Integers, many: int) -> list[Integers]:
    if many == 1:
        return [rows]
    spread = np.ptp(along[rows], axis=0)
    order = rows[np.argsort(along[rows, int(spread[1] > spread[0])], kind="stable")]
    left = many // 2
    cut = round(len(rows) * left / many)
    return _halved(along, order[:cut], left) + _halved(along, order[cut:], many - left)
