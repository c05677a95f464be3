"""What an allocation is given and what it answers: a problem, owners, reasons."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from allocation.policy import Policy
from allocation.reason import Reason
from allocation.work import Agent, Case

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Travel = NDArray[np.float32]


MANY = 1 << 40
"""More cases than anybody has."""


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """Agents who know customers: `key` is column × agents + row, sorted; weights beside it."""

    key: Integers
    weight: Floats
    agents: int

    def weight_at(self, column: Integers, row: Integers) -> Floats:
        """How well the agents in `row` know the cases in `column`, pair by pair; 0 for not."""
        if not len(self.key):
            return np.zeros(np.broadcast(column, row).shape)
        wanted = column * self.agents + row
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where(self.key[at] == wanted, self.weight[at], 0.0)

    def of(self, columns: Integers) -> Integers:
        """The keys of all who know the cases in `columns`."""
        begin, end = (np.searchsorted(self.key, (columns + more) * self.agents) for more in (0, 1))
        many = end - begin
        behind = np.cumsum(many) - many
        found: Integers = self.key[np.arange(int(many.sum())) + np.repeat(begin - behind, many)]
        return found

    def best(self, columns: int) -> Floats:
        """The weight of the agent who knows each case best; 0 where nobody does."""
        top = np.zeros(columns)
        if len(self.key):
            np.maximum.at(top, self.key // self.agents, self.weight)
        return top


@dataclass(frozen=True, slots=True, eq=False)
class Territories:
    """Who works where: `of_case` is the number of each case's territory, -1 for a case in none and
    for territories that none of the agents works; `works` is (territories, agents)."""

    of_case: Integers
    works: NDArray[np.bool_]

    def is_outside(self, column: Integers, row: Integers) -> NDArray[np.bool_]:
        """Whether the agents in `row` would have the cases in `column` outside their territories,
        pair by pair."""
        number = self.of_case[column]
        outside: NDArray[np.bool_] = (number >= 0) & ~self.works[number, row]
        return outside

    def agents_of(self, columns: Integers) -> Integers:
        """Keys (column × agents + row) of all who work the territories of `columns`."""
        inside = columns[self.of_case[columns] >= 0]
        case, row = np.nonzero(self.works[self.of_case[inside]])
        keys: Integers = inside[case] * self.works.shape[1] + row
        return keys


@dataclass(frozen=True, eq=False)
class Problem:
    """Agents, cases and the travel between them.

    `travel_s[a, c]` is seconds by street from agent `a` to case `c`; infinite or NaN where there is
    no way. Raises `ValueError` when the shape does not fit or an id comes twice.
    """

    agents: tuple[Agent, ...]
    cases: tuple[Case, ...]
    travel_s: Travel

    def __post_init__(self) -> None:
        if self.travel_s.shape != (len(self.agents), len(self.cases)):
            raise ValueError("travel_s has one row per agent and one column per case")
        if len(self.agent_index) != len(self.agents) or len(self.case_index) != len(self.cases):
            raise ValueError("an agent or a case comes twice")

    @cached_property
    def agent_index(self) -> dict[UUID, int]:
        """Row of each agent."""
        return {agent.id: row for row, agent in enumerate(self.agents)}

    @cached_property
    def case_index(self) -> dict[UUID, int]:
        """Column of each case."""
        return {case.id: column for column, case in enumerate(self.cases)}

    @cached_property
    def service_s(self) -> Integers:
        """Work per case."""
        return np.array([case.service_s for case in self.cases], dtype=np.int64)

    @cached_property
    def capacity_s(self) -> Integers:
        """Work wanted per agent."""
        return np.array([agent.capacity_s for agent in self.agents], dtype=np.int64)

    @cached_property
    def incumbent(self) -> Integers:
        """Row of each case's owner until now; -1 for nobody, or someone not in this problem."""
        rows = self.agent_index
        return np.array(
            [-1 if c.incumbent_id is None else rows.get(c.incumbent_id, -1) for c in self.cases],
            dtype=np.int64,
        )

    @cached_property
    def members(self) -> Integers:
        """How many cases each case stands for."""
        return np.array([case.members for case in self.cases], dtype=np.int64)

    @cached_property
    def expected_minor(self) -> Floats:
        """What a visit to each case should bring in."""
        return np.array([case.expected_minor for case in self.cases], dtype=np.float64)

    @cached_property
    def fair_minor(self) -> Floats:
        """Each agent's fair amount: the branch's expected money by capacity; 0 without any."""
        number = {branch: n for n, branch in enumerate({a.branch_id for a in self.agents})}
        of_agent = np.array([number[a.branch_id] for a in self.agents], dtype=np.int64)
        of_case = np.array([number.get(c.branch_id, -1) for c in self.cases], dtype=np.int64)
        known = of_case >= 0
        money = np.bincount(of_case[known], self.expected_minor[known], minlength=len(number))
        capacity_s = np.bincount(of_agent, self.capacity_s, minlength=len(number))
        share = self.capacity_s / np.maximum(capacity_s, 1)[of_agent]
        fair: Floats = money[of_agent] * share
        return fair

    @cached_property
    def relations(self) -> "Relations":
        """Who knows whom: of the agents in this problem, sorted by case."""
        found = [
            (column * max(1, len(self.agents)) + row, known.weight)
            for column, case in enumerate(self.cases)
            for known in case.known_by
            if (row := self.agent_index.get(known.agent_id)) is not None and known.weight > 0
        ]
        found.sort()
        key = np.array([key for key, _ in found], dtype=np.int64)
        return Relations(key, np.array([weight for _, weight in found]), len(self.agents))

    @cached_property
    def territories(self) -> Territories | None:
        """Who works where; None where no case lies in a territory that an agent works."""
        rows = self.agent_index
        number: dict[str, int] = {}
        works: list[list[int]] = []
        of_case = np.full(len(self.cases), -1, dtype=np.int64)
        for column, case in enumerate(self.cases):
            if case.worked is None:
                continue
            if case.worked.territory not in number:
                at_work = [rows[agent] for agent in case.worked.agents if agent in rows]
                number[case.worked.territory] = len(works) if at_work else -1
                works += [at_work] if at_work else []
            of_case[column] = number[case.worked.territory]
        if not works:
            return None
        table = np.zeros((len(works), len(self.agents)), dtype=bool)
        for n, at_work in enumerate(works):
            table[n, at_work] = True
        return Territories(of_case, table)

    @cached_property
    def max_cases(self) -> Integers:
        """The most cases per agent."""
        return np.array(
            [MANY if a.max_cases is None else a.max_cases for a in self.agents], dtype=np.int64
        )

    def limit_s(self, policy: Policy) -> Integers:
        """The most work per agent: the capacity and `overload_visits`; 0 where capacity is 0."""
        visit_s = float(np.median(self.service_s)) if self.cases else 0.0
        overload_s = int(policy.overload_visits * visit_s)
        return np.where(self.capacity_s > 0, self.capacity_s + overload_s, 0)


class Owned(NamedTuple):
    """Who works a case."""

    case_id: UUID
    agent_id: UUID


class Move(NamedTuple):
    """A case that changes hands. `from_id` may be someone who has left."""

    case_id: UUID
    from_id: UUID
    to_id: UUID


class Unplaced(NamedTuple):
    """A case that nobody can take."""

    case_id: UUID
    reason: Reason


class Overload(NamedTuple):
    """An agent with more work than the capacity."""

    agent_id: UUID
    load_s: int
    capacity_s: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """An owner or a reason for every case.

    `moved` are the cases taken from one owner and given to another; `overloaded` the agents above
    their capacity, all within the policy's limit unless pins alone exceed it; `travel_s` the sum
    of agent-to-case travel.
    """

    owners: tuple[Owned, ...]
    unplaced: tuple[Unplaced, ...]
    moved: tuple[Move, ...]
    overloaded: tuple[Overload, ...]
    travel_s: float
