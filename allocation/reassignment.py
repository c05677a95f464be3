"""Handing on the cases of agents who are absent, with everyone else's work left alone."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from uuid import UUID

import numpy as np

from allocation.choices import NOBODY, Load, choices_of
from allocation.policy import Policy
from allocation.problem import Assignment, Problem, Unplaced
from allocation.reason import Reason
from allocation.solver import answer, settle, too_much

STAND_IN_VISITS = 2.0
"""For a spell of absence, two visits above capacity are better than customers who wait in vain."""


def stand_in(policy: Policy) -> Policy:
    """A branch's policy with room for those who stand in."""
    return replace(policy, overload_visits=max(policy.overload_visits, STAND_IN_VISITS))


STAND_IN = stand_in(Policy())


def reassign(problem: Problem, absent: AbstractSet[UUID], policy: Policy = STAND_IN) -> Assignment:
    """Give the cases whose incumbent is in `absent` to eligible neighbors with room; no other case
    is touched.

    Urgent cases first. Cases pinned to an absent agent stay pinned and come back as unplaced, as
    do those that nobody may own, reach or carry, and those that somebody has who is neither in the
    problem nor absent. Receivers may end above their capacity, never by more than the policy's
    `overload_visits`. The absent need not be in the problem.
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
    untouched = [
        Unplaced(problem.cases[c].id, Reason("not_yet_allocated", problem.cases[c].branch_id))
        for c in np.flatnonzero(~orphaned & ~stays).tolist()
    ]
    return answer(problem, owner, [*held, *untouched, *hopeless, *too_much(choices, owner)])
