"""Who may own which case, and at what price: the arrays that flow and repair both work on."""

from dataclasses import dataclass, replace

import numpy as np

from allocation.eligibility import Crew, Flags, alike
from allocation.policy import FAIR_WITHIN, Policy
from allocation.problem import Floats, Integers, Problem, Unplaced
from allocation.reason import Reason

NOBODY = -1
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What agents carry: seconds of work, cases, and expected money in minor units."""

    work_s: Integers
    cases: Integers
    money: Floats

    @classmethod
    def of(cls, problem: Problem, rows: Integers, columns: Integers) -> "Load":
        """What agents carry who own the cases in `columns`, pair by pair with `rows`."""
        agents = len(problem.agents)
        return cls(
            np.bincount(rows, problem.service_s[columns], minlength=agents).astype(np.int64),
            np.bincount(rows, problem.members[columns], minlength=agents).astype(np.int64),
            np.bincount(rows, problem.expected_minor[columns], minlength=agents).astype(np.float64),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The cases still to be decided, each with its nearest eligible agents and its home.

    Pairs are parallel arrays sorted by case: `case` (0 to n-1), `agent` (row of the problem) and
    `price_s` (travel, being a stranger to the customer, the disturbance of leaving home, and not
    working the territory). Per
    case: `column` in the problem, `service_s`, `members`, `expected_minor`, `leave_s` (the price of
    leaving it to nobody, above any sane way of placing it), `home` (the row of the agent it is
    with, or `NOBODY`), `home_price_s` (the price of staying) and `group` (index into `eligible`,
    the rows of all agents who may own it). Per agent: `limit_s`, `max_cases`, and `base`, the load
    that is not up for decision. `nearest` is the pairs without the homes, as keys.
    """

    problem: Problem
    policy: Policy
    column: Integers
    service_s: Integers
    members: Integers
    expected_minor: Floats
    leave_s: Floats
    group: Integers
    eligible: tuple[Integers, ...]
    base: Load
    limit_s: Integers
    max_cases: Integers
    best_known: Floats
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

    def carrying_s(self, work_s: Integers, money: Floats, agent: Integers) -> Floats:
        """What carrying that much work and expected money costs the agents in rows `agent`."""
        return self._load_price_s(work_s, agent) + self._fairness_price_s(money, agent)

    def _load_price_s(self, work_s: Integers, agent: Integers) -> Floats:
        """A hinge per load step."""
        capacity_s = self.problem.capacity_s[agent]
        price = np.zeros(len(agent))
        below = 0.0
        for step in self.policy.load_steps:
            price += (step.price - below) * np.maximum(work_s - step.share * capacity_s, 0.0)
            below = step.price
        return price

    def _fairness_price_s(self, money: Floats, agent: Integers) -> Floats:
        """The square of how far from the fair amount, as a share of it; beyond twice, straight."""
        fair = self.problem.fair_minor[agent]
        if not self.policy.fairness_s:
            return np.zeros(len(agent))
        off = np.abs(money - fair) / np.where(fair > 0, fair, np.inf)
        bent: Floats = np.where(off <= 1, off * off, 2 * off - 1)
        return _fairness_scale(self.policy) * bent

    def pair_price_s(self, case: Integers, agent: Integers) -> Floats:
        """`price_s` of pairs, also outside the nearest; infinite where there is no way."""
        travel_s = self.problem.travel_s[agent, self.column[case]].astype(np.float64)
        reached_s = np.where(np.isfinite(travel_s), travel_s, np.inf)
        leaves = (agent != self.home[case]) & (self.home[case] != NOBODY)
        known = self.problem.relations.weight_at(self.column[case], agent)
        stranger_s = self.policy.continuity_s * (self.best_known[case] - known)
        price_s: Floats = reached_s + stranger_s + np.where(leaves, self.policy.disturbance_s, 0)
        territories = self.problem.territories
        if self.policy.territory_s and territories is not None:
            outside = territories.is_outside(self.column[case], agent)
            price_s += np.where(outside, self.policy.territory_s, 0)
        return price_s

    def at_home(self, home: Integers) -> "Choices":
        """The same choices for cases that are with `home` (a row or `NOBODY` per case) now."""
        rows = max(1, len(self.problem.agents))
        lives = np.flatnonzero(home != NOBODY)
        key = np.sort(np.concatenate([self.nearest, lives * rows + home[lives]]))
        case, agent = np.divmod(key[np.diff(key, prepend=-1) > 0], rows)
        there = replace(self, home=home)
        price_s = there.pair_price_s(case, agent)
        stays = agent == home[case]
        home_price_s = self.leave_s.copy()
        home_price_s[case[stays]] = price_s[stays]
        return replace(there, home_price_s=home_price_s, case=case, agent=agent, price_s=price_s)


def _fairness_scale(policy: Policy) -> float:
    return float(policy.fairness_s / FAIR_WITHIN**2)


def whole_minutes(service_s: Integers) -> Integers:
    """Seconds to minutes, rounded up."""
    return -(-service_s // 60)


def choices_of(
    problem: Problem, policy: Policy, columns: Integers, available: Flags, base: Load
) -> tuple[Choices, list[Unplaced]]:
    """The choices for the cases in `columns` among the `available` agents.

    `base` is what each agent already carries. Cases that no available agent may own or reach
    come back as unplaced, with the reason, and are not among the choices.
    """
    limit_s = problem.limit_s(policy)
    hopeless: list[Unplaced] = []
    kept, nearest, homes = [_NONE], [_NONE], [_NONE]
    eligible: list[Integers] = []
    crew = Crew(problem.agents)
    for members in alike(problem, crew, columns):
        example = problem.cases[int(members[0])]
        agents, reason = crew.who_may(example, available)
        reached = np.isfinite(problem.travel_s[np.ix_(agents, members)]).any(axis=0)
        reason = reason or Reason("out_of_reach", example.branch_id)
        hopeless += [Unplaced(problem.cases[int(c)].id, reason) for c in members[~reached]]
        open_to = agents[limit_s[agents] > 0]
        kept.append(members[reached])
        eligible.append(open_to)
        nearest.append(_nearest(problem, policy, members[reached], open_to))
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
        members=problem.members[column[order]],
        expected_minor=problem.expected_minor[column[order]],
        leave_s=_leave_s(problem, policy, column[order]),
        group=group[order],
        eligible=tuple(eligible),
        base=base,
        limit_s=limit_s,
        max_cases=problem.max_cases,
        best_known=problem.relations.best(len(problem.cases))[column[order]],
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
    fair = problem.fair_minor[problem.fair_minor > 0]
    share = problem.expected_minor[columns] / fair.min(initial=np.inf)
    unfair = 2 * _fairness_scale(policy) * float(np.max(share / minutes, initial=0.0))
    relation_s = policy.disturbance_s + policy.continuity_s + policy.territory_s
    level = (farthest_s + relation_s) / shortest_min + steepest + unfair + 1
    return level * (10 + np.array([case.priority for case in cases])) * minutes


def _nearest(problem: Problem, policy: Policy, columns: Integers, agents: Integers) -> Integers:
    """Pairs of each column and its nearest agents in reach, as column × agents + row.

    Beside them come those who know the customer, and those who work the territory.
    """
    nearest = policy.nearest
    travel_s = problem.travel_s[np.ix_(agents, columns)]
    if len(agents) > nearest:
        # NaN sorts last, as infinity does: both are picked only when too few are in reach.
        pick = np.argpartition(travel_s, nearest - 1, axis=0)[:nearest]
    else:
        pick = np.broadcast_to(np.arange(len(agents))[:, None], travel_s.shape)
    in_reach = np.isfinite(np.take_along_axis(travel_s, pick, axis=0))
    key = columns * max(1, len(problem.agents)) + agents[pick]
    pairs = np.union1d(key[in_reach], _in_reach(problem, problem.relations.of(columns), agents))
    if policy.territory_s and problem.territories is not None:
        local = _in_reach(problem, problem.territories.agents_of(columns), agents)
        pairs = np.union1d(pairs, local)
    return pairs


def _in_reach(problem: Problem, pairs: Integers, agents: Integers) -> Integers:
    """Those of `pairs` (column × agents + row) with one of `agents`, and with a way."""
    column, row = np.divmod(pairs, max(1, len(problem.agents)))
    valid = np.isin(row, agents)
    valid[valid] = np.isfinite(problem.travel_s[row[valid], column[valid]])
    return pairs[valid]


def _homes(problem: Problem, columns: Integers, agents: Integers) -> Integers:
    """Each column's incumbent where it is one of `agents` and in reach, else `NOBODY`."""
    home = problem.incumbent[columns]
    valid = np.isin(home, agents)
    valid[valid] = np.isfinite(problem.travel_s[home[valid], columns[valid]])
    return np.where(valid, home, NOBODY)
