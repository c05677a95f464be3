"""Assignment as a min-cost flow of minutes (OR-Tools), rounded to whole cases and repaired."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

import numpy as np
from ortools.graph.python import min_cost_flow

from allocation.choices import NOBODY, Choices, Load, choices_of
from allocation.policy import Policy
from allocation.problem import Assignment, Integers, Move, Overload, Owned, Problem, Unplaced
from allocation.reason import Reason
from allocation.repair import repaired

# Flow costs are integers: sixteenths of a second of travel per minute of work.
_GRAIN = 16
_PASSES = 8
_MANY = 100_000


def assign(problem: Problem, policy: Policy | None = None) -> Assignment:
    """Give every case an owner, or a reason why it has none.

    Least travel, broken relations and overload together, as `policy` weighs them, over each
    case's nearest eligible agents; urgent cases first where capacity is short. No agent gets more
    than `Problem.limit_s`, unless pins alone exceed it. The same problem gives the same answer,
    and one whose incumbents are such an answer is left as it is.
    """
    policy = policy or Policy()
    pinned = np.array([case.pinned for case in problem.cases], dtype=bool)
    held = pinned & (problem.incumbent >= 0)
    base = Load.of(problem, problem.incumbent[held], np.flatnonzero(held))
    unplaced = [
        Unplaced(case.id, Reason("pinned_agent_missing", case.branch_id))
        for case, lost in zip(problem.cases, pinned & ~held, strict=True)
        if lost
    ]
    everyone = np.ones(len(problem.agents), dtype=bool)
    choices, hopeless = choices_of(problem, policy, np.flatnonzero(~pinned), everyone, base)
    owner = np.where(held, problem.incumbent, NOBODY)
    owner[choices.column] = settle(choices)
    return answer(problem, owner, [*unplaced, *hopeless, *too_much(choices, owner)])


def settle(choices: Choices) -> Integers:
    """The agent row of each case in `choices`, or `NOBODY` where the capacity is short.

    Solves again from its own answer until that changes nothing, which makes the answer one that
    a later run leaves alone. Each change on the way lowers the price, so this ends; one pass is
    usual, two or three where capacity is short.
    """
    for _ in range(_PASSES):
        owner = _settled_once(choices)
        if np.array_equal(owner, choices.home):
            break
        choices = choices.at_home(owner)
    return owner


def _settled_once(choices: Choices) -> Integers:
    if not len(choices.column):
        return np.zeros(0, dtype=np.int64)
    return repaired(choices, _whole(choices, _flow_min(choices)))


def answer(problem: Problem, owner: Integers, unplaced: Sequence[Unplaced]) -> Assignment:
    """The assignment that `owner` (an agent row or `NOBODY` per case) stands for."""
    placed = np.flatnonzero(owner != NOBODY)
    owners = tuple(
        Owned(problem.cases[column].id, problem.agents[row].id)
        for column, row in zip(placed.tolist(), owner[placed].tolist(), strict=True)
    )
    former = (problem.cases[column].incumbent_id for column in placed.tolist())
    load_s = Load.of(problem, owner[placed], placed).work_s
    return Assignment(
        owners=owners,
        unplaced=tuple(unplaced),
        moved=tuple(
            Move(now.case_id, was, now.agent_id)
            for now, was in zip(owners, former, strict=True)
            if was not in (None, now.agent_id)
        ),
        overloaded=tuple(
            Overload(problem.agents[row].id, int(load_s[row]), int(problem.capacity_s[row]))
            for row in np.flatnonzero(load_s > problem.capacity_s).tolist()
        ),
        travel_s=float(problem.travel_s[owner[placed], placed].sum(dtype=np.float64)),
    )


def too_much(choices: Choices, owner: Integers) -> list[Unplaced]:
    """The cases of `choices` without an owner, with what their branch is short of.

    That is minutes of work; or cases, where an eligible agent has the time but the most cases.
    """
    problem = choices.problem
    lost = np.flatnonzero(owner[choices.column] == NOBODY)
    load = _load_of(choices, owner)
    short_s: Counter[UUID] = Counter()
    short_cases: Counter[UUID] = Counter()
    has_time: list[bool] = []
    for case in lost.tolist():
        agents = choices.eligible[choices.group[case]]
        agents = agents[np.isfinite(problem.travel_s[agents, choices.column[case]])]
        room = load.work_s[agents] + choices.service_s[case] <= choices.limit_s[agents]
        has_time.append(bool(room.any()))
        of_branch = problem.cases[choices.column[case]].branch_id
        short_s[of_branch] += int(choices.service_s[case])
        short_cases[of_branch] += int(choices.members[case])
    reasons = {
        branch: (
            Reason("capacity_short", branch, short_by_min=-(-s // 60)),
            Reason("cases_short", branch, short_by_cases=short_cases[branch]),
        )
        for branch, s in short_s.items()
    }
    cases = [problem.cases[column] for column in choices.column[lost].tolist()]
    return [
        Unplaced(case.id, reasons[case.branch_id][timely])
        for case, timely in zip(cases, has_time, strict=True)
    ]


def _load_of(choices: Choices, owner: Integers) -> Load:
    here = owner[choices.column]
    placed = np.flatnonzero(here != NOBODY)
    load, base = Load.of(choices.problem, here[placed], choices.column[placed]), choices.base
    return Load(base.work_s + load.work_s, base.cases + load.cases, base.money + load.money)


def _flow_min(choices: Choices) -> Integers:
    """Minutes of work that flow over each pair in an optimum of the relaxed problem."""
    minutes = choices.minutes
    cases, agents = len(choices.column), len(choices.limit_s)
    agent_node, sink, nobody = cases, cases + agents, cases + agents + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        choices.case,
        agent_node + choices.agent,
        minutes[choices.case],
        np.rint(choices.price_s / minutes[choices.case] * _GRAIN).astype(np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(cases),
        np.full(cases, nobody),
        minutes,
        np.rint(choices.leave_s / minutes * _GRAIN).astype(np.int64),
    )
    for room_min, price in _room_min(choices):
        flow.add_arcs_with_capacity_and_unit_cost(
            agent_node + np.arange(agents),
            np.full(agents, sink),
            room_min,
            np.full(agents, round(price * 60 * _GRAIN)),
        )
    total = int(minutes.sum())
    flow.add_arc_with_capacity_and_unit_cost(nobody, sink, total, 0)
    supplies = np.zeros(nobody + 1, dtype=np.int64)
    supplies[:cases], supplies[sink] = minutes, -total
    flow.set_nodes_supplies(np.arange(nobody + 1), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        # Everything may flow to nobody, so only costs or supplies beyond 64 bits lead here.
        raise OverflowError(f"the allocation flow ended with {status}")
    return np.asarray(flow.flows(pairs), dtype=np.int64)


def _room_min(choices: Choices) -> list[tuple[Integers, float]]:
    """Minutes each agent can still take at each price, cheapest first: the convex overload arcs."""
    steps = choices.policy.load_steps
    # Minutes flow, cases do not: so many cases come to about so many minutes.
    median_s = float(np.median(choices.service_s / choices.members))
    room_s = np.minimum(choices.max_cases - choices.base.cases, _MANY) * median_s
    limit_s = np.minimum(choices.limit_s, choices.base.work_s + np.maximum(room_s, 0))
    starts = [step.share * choices.problem.capacity_s for step in steps]
    bounds = [np.zeros(len(limit_s)), *starts, limit_s]
    rooms = []
    prices = [0.0, *(step.price for step in steps)]
    for (low, high), price in zip(pairwise(bounds), prices, strict=True):
        top = np.maximum(np.minimum(high, limit_s), choices.base.work_s) // 60
        bottom = np.maximum(np.minimum(low, limit_s), choices.base.work_s) // 60
        rooms.append(((top - bottom).astype(np.int64), price))
    return rooms


def _whole(choices: Choices, flow_min: Integers) -> Integers:
    """Each case whole, at the agent that the most of its minutes flowed to."""
    unplaced_min = choices.minutes - np.bincount(
        choices.case, flow_min, minlength=len(choices.column)
    )
    best_first = np.lexsort((choices.agent, choices.price_s, -flow_min, choices.case))
    # The pairs are sorted by case and stay so: the first of each case is its best.
    best = best_first[np.diff(choices.case, prepend=-1) > 0]
    case = choices.case[best]
    owner = np.full(len(choices.column), NOBODY, dtype=np.int64)
    wins = (flow_min[best] > 0) & (flow_min[best] >= unplaced_min[case])
    owner[case[wins]] = choices.agent[best[wins]]
    return owner
