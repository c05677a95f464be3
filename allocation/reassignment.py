"""Handing on the cases of agents who are absent, with everyone else's work left alone."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from allocation.choices import NOBODY, Load, choices_of
from allocation.policy import Policy
from allocation.problem import Move, Overload, Problem, Unplaced
from allocation.reason import Reason
from allocation.solver import answer, settle, too_much

# For a day's absence, two visits above capacity are better than a customer who waits in vain.
STAND_IN = Policy(overload_visits=2.0)


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Where the absent agents' cases go; no other case is touched.

    `overloaded` are the receiving agents who end above their capacity, never by more than the
    policy's `overload_visits`.
    """

    moved: tuple[Move, ...]
    unplaced: tuple[Unplaced, ...]
    overloaded: tuple[Overload, ...]


def reassign(
    problem: Problem, absent: AbstractSet[UUID], policy: Policy = STAND_IN
) -> Reassignment:
    """Give the cases whose incumbent is in `absent` to eligible neighbors with room.

    Urgent cases first. Cases pinned to an absent agent stay pinned and come back as unplaced, as
    do those that nobody may own, reach or carry. Incumbents who are not in the problem and not
    absent keep their cases.
    """
    present = np.array([agent.id not in absent for agent in problem.agents], dtype=bool)
    orphaned = np.array([case.incumbent_id in absent for case in problem.cases], dtype=bool)
    pinned = np.array([case.pinned for case in problem.cases], dtype=bool)
    stays = ~orphaned & (problem.incumbent != NOBODY)
    base = Load.of(problem, problem.incumbent[stays], np.flatnonzero(stays))
    choices, hopeless = choices_of(
        problem, policy, np.flatnonzero(orphaned & ~pinned), present, base
    )
    owner = np.where(stays, problem.incumbent, NOBODY)
    owner[choices.column] = settle(choices)
    held = [
        Unplaced(problem.cases[c].id, Reason("pinned_agent_missing", problem.cases[c].branch_id))
        for c in np.flatnonzero(orphaned & pinned).tolist()
    ]
    whole = answer(problem, owner, [*held, *hopeless, *too_much(choices, owner)])
    receivers = {move.to_id for move in whole.moved}
    return Reassignment(
        moved=whole.moved,
        unplaced=whole.unplaced,
        overloaded=tuple(o for o in whole.overloaded if o.agent_id in receivers),
    )
