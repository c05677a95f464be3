"""Who may own which case, and at what price: the arrays that flow and repair both work on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from allocation.problem import (
    Agent,
    Case,
    Floats,
    Integers,
    Policy,
    Problem,
    Reason,
    Unplaced,
)

Flags = NDArray[np.bool_]

NOBODY = -1
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The cases still to be decided, each with its nearest eligible agents and its home.

    Pairs are parallel arrays sorted by case: `case` (0 to n-1), `agent` (row of the problem) and
    `price_s` (travel, plus the disturbance of leaving home). Per case: `column` in the problem,
    `service_s`, `leave_s` (the price of leaving it to nobody, above any sane way of placing it),
    `home` (the row of the agent it is with, or `NOBODY`), `home_price_s` (the price of staying)
    and `group` (index into `eligible`, the rows of all agents who may own it). Per agent:
    `limit_s` and `base_s`, the work that is not up for decision. `nearest` is the pairs without
    the homes, as keys.
    """

    problem: Problem
    policy: Policy
    column: Integers
    service_s: Integers
    leave_s: Floats
    group: Integers
    eligible: tuple[Integers, ...]
    base_s: Integers
    limit_s: Integers
    nearest: Integers
    home: Integers
    home_price_s: Floats
    case: Integers
    agent: Integers
    price_s: Floats

    @property
    def minutes(self) -> Integers:
        """Work per case in whole minutes, rounded up: the units that flow."""
        return whole_minutes(self.service_s)

    def load_price_s(self, load_s: Integers, agent: Integers) -> Floats:
        """What carrying `load_s` costs the agents in rows `agent`: a hinge per load step."""
        capacity_s = self.problem.capacity_s[agent]
        price = np.zeros(len(agent))
        below = 0.0
        for step in self.policy.load_steps:
            price += (step.price - below) * np.maximum(load_s - step.share * capacity_s, 0.0)
            below = step.price
        return price

    def price_at(self, case: int, agents: Integers) -> Floats:
        """`price_s` of one case at any agents, also outside the pairs; infinite where no way."""
        travel_s = self.problem.travel_s[agents, self.column[case]].astype(np.float64)
        disturbed = (agents != self.home[case]) & (self.home[case] != NOBODY)
        reached_s = np.where(np.isfinite(travel_s), travel_s, np.inf)
        return reached_s + np.where(disturbed, self.policy.disturbance_s, 0)

    def at_home(self, home: Integers) -> "Choices":
        """The same choices for cases that are with `home` (a row or `NOBODY` per case) now."""
        rows = max(1, len(self.problem.agents))
        lives = np.flatnonzero(home != NOBODY)
        key = np.sort(np.concatenate([self.nearest, lives * rows + home[lives]]))
        case, agent = np.divmod(key[np.diff(key, prepend=-1) > 0], rows)
        travel_s = self.problem.travel_s[agent, self.column[case]].astype(np.float64)
        stays = agent == home[case]
        disturbed = ~stays & (home[case] != NOBODY)
        home_price_s = self.leave_s.copy()
        home_price_s[case[stays]] = travel_s[stays]
        return replace(
            self,
            home=home,
            home_price_s=home_price_s,
            case=case,
            agent=agent,
            price_s=travel_s + np.where(disturbed, self.policy.disturbance_s, 0),
        )


def whole_minutes(service_s: Integers) -> Integers:
    """Seconds to minutes, rounded up."""
    return -(-service_s // 60)


def choices_of(
    problem: Problem, policy: Policy, columns: Integers, available: Flags, base_s: Integers
) -> tuple[Choices, list[Unplaced]]:
    """The choices for the cases in `columns` among the `available` agents.

    `base_s` is what each agent already carries. Cases that no available agent may own or reach
    come back as unplaced, with the reason, and are not among the choices.
    """
    limit_s = problem.limit_s(policy)
    hopeless: list[Unplaced] = []
    kept, nearest, homes = [_NONE], [_NONE], [_NONE]
    eligible: list[Integers] = []
    for members in _alike(problem, columns):
        example = problem.cases[int(members[0])]
        agents, reason = _eligible(problem, example, available)
        reached = np.isfinite(problem.travel_s[np.ix_(agents, members)]).any(axis=0)
        reason = reason or Reason("out_of_reach", example.branch_id)
        hopeless += [Unplaced(problem.cases[int(c)].id, reason) for c in members[~reached]]
        open_to = agents[limit_s[agents] > 0]
        kept.append(members[reached])
        eligible.append(open_to)
        nearest.append(_nearest(problem, members[reached], open_to, policy.nearest))
        homes.append(_homes(problem, members[reached], open_to))
    column, home, near = np.concatenate(kept), np.concatenate(homes), np.concatenate(nearest)
    group = np.repeat(np.arange(len(eligible)), [len(members) for members in kept[1:]])
    order = np.argsort(column)
    rows = max(1, len(problem.agents))
    bare = Choices(
        problem=problem,
        policy=policy,
        column=column[order],
        service_s=problem.service_s[column[order]],
        leave_s=_leave_s(problem, policy, column[order]),
        group=group[order],
        eligible=tuple(eligible),
        base_s=base_s,
        limit_s=limit_s,
        nearest=np.searchsorted(column[order], near // rows) * rows + near % rows,
        home=_NONE,
        home_price_s=np.zeros(0),
        case=_NONE,
        agent=_NONE,
        price_s=np.zeros(0),
    )
    return bare.at_home(home[order]), hopeless


def _leave_s(problem: Problem, policy: Policy, columns: Integers) -> Floats:
    """The price of leaving each case to nobody.

    One level of priority weighs more than any difference in travel and load, minute for minute,
    so urgent work is placed first; and the least urgent case is still worth shifting ten others.
    """
    cases = [problem.cases[column] for column in columns.tolist()]
    minutes = whole_minutes(problem.service_s[columns])
    farthest_s = float(np.max(problem.travel_s, initial=0.0, where=np.isfinite(problem.travel_s)))
    steepest = 60 * max((step.price for step in policy.load_steps), default=0.0)
    shortest_min = int(minutes.min(initial=1 << 20))
    level = (farthest_s + policy.disturbance_s) / shortest_min + steepest + 1
    return level * (10 + np.array([case.priority for case in cases])) * minutes


def _alike(problem: Problem, columns: Integers) -> Iterable[Integers]:
    """The columns in groups that ask the same of an agent, in order of first appearance."""
    groups: dict[tuple[UUID, frozenset[str], str | None], list[int]] = {}
    for column in columns.tolist():
        case = problem.cases[column]
        groups.setdefault((case.branch_id, case.skills, case.language), []).append(column)
    return (np.array(members, dtype=np.int64) for members in groups.values())


def may_own(agent: Agent, case: Case) -> bool:
    """Whether branch, skills and language allow it."""
    return (
        agent.branch_id == case.branch_id
        and case.skills <= agent.skills
        and (case.language is None or case.language in agent.languages)
    )


def _eligible(problem: Problem, case: Case, available: Flags) -> tuple[Integers, Reason | None]:
    """Rows of the available agents who may own `case`, or the reason why there are none."""
    there = [
        (row, agent)
        for row, agent in enumerate(problem.agents)
        if available[row] and agent.branch_id == case.branch_id
    ]
    rows = np.array([row for row, agent in there if may_own(agent, case)], dtype=np.int64)
    if len(rows):
        return rows, None
    branch = case.branch_id
    if not there:
        return rows, Reason("no_agent_in_branch", branch)
    known = frozenset[str]().union(*(agent.skills for _, agent in there))
    if case.skills - known:
        return rows, Reason("no_agent_with_skill", branch, tuple(sorted(case.skills - known)))
    if not any(case.skills <= agent.skills for _, agent in there):
        return rows, Reason("no_agent_with_all_skills", branch, tuple(sorted(case.skills)))
    return rows, Reason("no_agent_with_language", branch, (str(case.language),))


def _nearest(problem: Problem, columns: Integers, agents: Integers, nearest: int) -> Integers:
    """Pairs of each column and its nearest agents in reach, as column × agents + row."""
    travel_s = problem.travel_s[np.ix_(agents, columns)]
    if len(agents) > nearest:
        # NaN sorts last, as infinity does: both are picked only when too few are in reach.
        pick = np.argpartition(travel_s, nearest - 1, axis=0)[:nearest]
    else:
        pick = np.broadcast_to(np.arange(len(agents))[:, None], travel_s.shape)
    in_reach = np.isfinite(np.take_along_axis(travel_s, pick, axis=0))
    key: Integers = columns * max(1, len(problem.agents)) + agents[pick]
    return key[in_reach]


def _homes(problem: Problem, columns: Integers, agents: Integers) -> Integers:
    """Each column's incumbent where it is one of `agents` and in reach, else `NOBODY`."""
    home = problem.incumbent[columns]
    valid = np.isin(home, agents)
    valid[valid] = np.isfinite(problem.travel_s[home[valid], columns[valid]])
    return np.where(valid, home, NOBODY)
