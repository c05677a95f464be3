"""Agents who find nobody home far oftener than their colleagues do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from scipy.special import bdtrc

FEWEST_VISITS, FEWEST_LOCKED = 20, 10
FEWEST_OF_OTHERS = 100
TIMES = 1.5
"""Customers differ from round to round, by more than chance: half as often again is not yet odd."""

BY_CHANCE = 1e-4
"""With 500 agents looked at each week, chance alone accuses one in five months."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many visits an agent reported over some weeks, and to how many nobody answered.

    `others` are the same of the branch's other agents; `check_in_ids` are of the locked ones.
    """

    agent_id: UUID
    branch_id: UUID
    visits: int
    locked: int
    others_visits: int
    others_locked: int
    check_in_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TooOften:
    """An agent's share of locked doors, the branch's, and how likely chance does that."""

    outcomes: Outcomes
    share: float
    branch_share: float
    by_chance: float


def too_often(outcomes: Sequence[Outcomes]) -> list[TooOften]:
    """Those whose share is at least half as large again as the branch's and no chance.

    One-sided binomial test against the share of the branch's other agents, of whom there must be
    100 visits; of the agent 20 with 10 locked doors.
    """
    found = []
    for each in outcomes:
        if each.visits < FEWEST_VISITS or each.locked < FEWEST_LOCKED:
            continue
        if each.others_visits < FEWEST_OF_OTHERS:
            continue
        share = each.locked / each.visits
        branch_share = (each.others_locked + 1) / (each.others_visits + 2)
        by_chance = float(bdtrc(each.locked - 1, each.visits, branch_share))
        if by_chance <= BY_CHANCE and share >= TIMES * branch_share:
            found.append(TooOften(each, share, branch_share, max(by_chance, math.ulp(0.0))))
    return found
