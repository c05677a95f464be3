"""Which agents are improved together: neighbors, by where their rounds are.

Positions are meters on a plane. Agents and cases are rows; `visitor` is the agent who visits each
case, `NOBODY` for none.
"""

from collections.abc import Sequence
from math import ceil, cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from allocation.choices import NOBODY
from allocation.problem import Integers

Points = NDArray[np.float64]
"""(rows, 2)."""

MOST_AGENTS = 10
"""In a sector: more gain little, and each of them costs time."""

GOLDEN_ANGLE = pi * (3 - 5**0.5)
"""By how much borders turn from pass to pass: no multiple of it is soon near an earlier one."""


def sectors(middles: Points, turn: int, share: int = 1) -> list[Integers]:
    """Rows of the agents of each sector, at most `MOST_AGENTS`, of about equal size.

    The plane is halved again and again, across the longer side of what is left. `turn` is the
    number of the pass and turns all borders. There is a multiple of `share` of sectors, unless
    there are fewer agents than that.
    """
    count = len(middles)
    if not count:
        return []
    many = min(share * ceil(count / MOST_AGENTS / share), count)
    angle = turn * GOLDEN_ANGLE
    turned = middles @ np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    return [np.sort(rows) for rows in _halved(turned, np.arange(count), many)]


def _halved(points: Points, rows: Integers, many: int) -> list[Integers]:
    if many == 1:
        return [rows]
    longer = int(np.ptp(points[rows], axis=0).argmax())
    order = rows[np.argsort(points[rows, longer], kind="stable")]
    cut = round(len(rows) * (many // 2) / many)
    return [
        *_halved(points, order[:cut], many // 2),
        *_halved(points, order[cut:], many - many // 2),
    ]


def middles_of(visitor: Integers, spots: Points, homes: Points) -> Points:
    """Where each agent's round is: the middle of its stops, else of where it begins."""
    visited = np.flatnonzero(visitor != NOBODY)
    stops = np.bincount(visitor[visited], minlength=len(homes))
    sums = np.column_stack(
        [np.bincount(visitor[visited], at[visited], minlength=len(homes)) for at in spots.T]
    )
    middles: Points = np.where(stops[:, None] > 0, sums / np.maximum(stops, 1)[:, None], homes)
    return middles


def parts(
    groups: Sequence[Integers], visitor: Integers, only: Integers, spots: Points, homes: Points
) -> list[Integers]:
    """The cases that each of `groups` decides on: those visited there, and of the others those
    that are nearest to one of its stops.

    `only` is the agent who alone may have a case, `NOBODY` where several may: such a case goes
    with that agent.
    """
    sector = np.zeros(len(homes), dtype=np.int64)
    for nth, rows in enumerate(groups):
        sector[rows] = nth
    visited = np.flatnonzero(visitor != NOBODY)
    stops, agents = spots[visited], visitor[visited]
    idle = np.setdiff1d(np.arange(len(homes)), agents)
    _, near = KDTree(np.concatenate([stops, homes[idle]])).query(spots)
    with_ = np.concatenate([agents, idle])[near]
    with_ = np.where(only != NOBODY, only, with_)
    with_[visited] = agents
    return [np.flatnonzero(sector[with_] == nth) for nth in range(len(groups))]
