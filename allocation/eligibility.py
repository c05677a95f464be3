"""Who may own which case: the rules, pair by pair for people and set by set for the solver."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from allocation.problem import Integers, Problem
from allocation.reason import Reason
from allocation.work import Agent, Case, Worked
from core.said import say

Flags = NDArray[np.bool_]


def misfit(agent: Agent, case: Case) -> str | None:
    """Why `agent` may not own `case`, with what would be right; None when they fit."""
    return next(_misfits(agent, case), None)


def _misfits(agent: Agent, case: Case) -> Iterator[str]:
    if case.barred:
        yield say("nobody may have this case: {barred}", barred=case.barred)
    if agent.branch_id != case.branch_id:
        yield say("agent and case are of different branches")
    for kind, asked, had in (
        ("skill", case.skills, agent.skills),
        ("language", case.languages, agent.languages or case.languages),
        ("certificate", case.certificates, agent.certificates),
    ):
        if asked - had:
            yield say(
                "the agent lacks {kind} {asked}", kind=kind, asked=", ".join(sorted(asked - had))
            )
    if case.genders - {agent.gender}:
        yield say("the customer asks for {genders}", genders=" and ".join(sorted(case.genders)))
    if case.tags & agent.excluded_tags:
        tags = ", ".join(sorted(case.tags & agent.excluded_tags))
        yield say("the agent must not have cases tagged {tags}", tags=tags)
    if agent.id in case.not_with:
        yield say("the agent has a conflict of interest with the customer")
    if agent.cash_limit_minor is not None and case.cash_minor > agent.cash_limit_minor:
        yield (
            say(
                "a visit may bring {cash_minor} minor units in cash, and the agent's limit is "
                "{cash_limit_minor}",
                cash_minor=case.cash_minor,
                cash_limit_minor=agent.cash_limit_minor,
            )
        )
    if case.bound_to and agent.id not in case.bound_to.agents:
        yield say(
            "the agent does not work territory {territory}, where the case lies",
            territory=case.bound_to.territory,
        )


class Asks(NamedTuple):
    """What a case asks of an agent. `cash_minor` is rounded up to the next limit that is set."""

    branch_id: UUID
    skills: frozenset[str]
    languages: frozenset[str]
    genders: frozenset[str]
    certificates: frozenset[str]
    tags: frozenset[str]
    not_with: frozenset[UUID]
    barred: str | None
    cash_minor: float
    bound_to: Worked | None


class Crew:
    """Agents as arrays of what they have, for questions about all of them at once."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self.count = len(agents)
        self._row = {agent.id: row for row, agent in enumerate(agents)}
        self._branch = _rows_by(((a.branch_id,) for a in agents), self.count)
        self._skill = _rows_by((a.skills for a in agents), self.count)
        self._language = _rows_by((a.languages for a in agents), self.count)
        self._any_language = np.array([not a.languages for a in agents], dtype=bool)
        self._certificate = _rows_by((a.certificates for a in agents), self.count)
        self._gender = _rows_by(((a.gender,) if a.gender else () for a in agents), self.count)
        self._excludes = _rows_by((a.excluded_tags for a in agents), self.count)
        limits = [np.inf if a.cash_limit_minor is None else a.cash_limit_minor for a in agents]
        self.cash_limit_minor = np.array(limits, dtype=np.float64)
        self._cash_levels = np.unique(self.cash_limit_minor)

    def asks_of(self, case: Case) -> Asks:
        """What `case` asks, the same for all cases that the same agents may own."""
        # The next limit that is set: who may own it depends on nothing finer.
        level = int(np.searchsorted(self._cash_levels, case.cash_minor))
        cash_minor = 0.0
        if case.cash_minor > 0:
            highest = level == len(self._cash_levels)
            cash_minor = case.cash_minor if highest else self._cash_levels[level]
        return Asks(
            case.branch_id, case.skills, case.languages, case.genders, case.certificates,
            case.tags, case.not_with, case.barred, float(cash_minor), case.bound_to,
        )  # fmt: skip

    def who_may(self, case: Case, available: Flags) -> tuple[Integers, Reason | None]:
        """Rows of the available agents who may own `case`, or the reason why there are none.

        The reason is the first rule, in the order of the reasons, that leaves nobody.
        """
        if case.barred:
            return np.zeros(0, dtype=np.int64), Reason("barred", case.branch_id, (case.barred,))
        left = available & self._has(self._branch, case.branch_id)
        if not left.any():
            return np.flatnonzero(left), Reason("no_agent_in_branch", case.branch_id)
        there = left
        for fits, reason in self._rules(case, there):
            before, left = left, left & fits
            if not left.any():
                return np.flatnonzero(left), self._told(reason, before, case)
        return np.flatnonzero(left), None

    def _rules(self, case: Case, there: Flags) -> Iterator[tuple[Flags, Reason]]:
        branch = case.branch_id
        if case.skills:
            alone = [
                s for s in sorted(case.skills) if not (there & self._has(self._skill, s)).any()
            ]
            yield (
                self._all(self._skill, case.skills),
                (
                    Reason("no_agent_with_skill", branch, tuple(alone))
                    if alone
                    else Reason("no_agent_with_all_skills", branch, tuple(sorted(case.skills)))
                ),
            )
        if case.languages:
            speaks = self._all(self._language, case.languages) | self._any_language
            told = tuple(sorted(case.languages))
            yield speaks, Reason("no_agent_with_language", branch, told)
        for table, asked, code in (
            (self._gender, case.genders, "no_agent_of_gender"),
            (self._certificate, case.certificates, "no_agent_with_certificate"),
        ):
            if asked:
                reason = Reason(code, branch, tuple(sorted(asked)))  # type: ignore[arg-type]
                yield self._all(table, asked), reason
        if case.tags:
            excluded = np.zeros(self.count, dtype=bool)
            for tag in case.tags:
                excluded |= self._has(self._excludes, tag)
            yield ~excluded, Reason("tag_excluded", branch, tuple(sorted(case.tags)))
        if case.not_with:
            apart = np.ones(self.count, dtype=bool)
            apart[[self._row[a] for a in case.not_with if a in self._row]] = False
            yield apart, Reason("conflict_of_interest", branch)
        if case.cash_minor > 0:
            yield self.cash_limit_minor >= case.cash_minor, Reason("above_cash_limits", branch)
        if case.bound_to:
            works = np.zeros(self.count, dtype=bool)
            works[[self._row[a] for a in case.bound_to.agents if a in self._row]] = True
            yield works, Reason("no_agent_of_territory", branch, (case.bound_to.territory,))

    def _told(self, reason: Reason, before: Flags, case: Case) -> Reason:
        """The reason with its numbers; `before` are the agents that all earlier rules left."""
        agents = int(before.sum())
        if reason.code != "above_cash_limits":
            return replace(reason, agents=agents)
        limit_minor = int(self.cash_limit_minor[before].max())
        return replace(reason, agents=agents, cash_minor=case.cash_minor, limit_minor=limit_minor)

    def _all(self, table: dict[object, Flags], asked: Iterable[str]) -> Flags:
        fits = np.ones(self.count, dtype=bool)
        for each in asked:
            fits &= self._has(table, each)
        return fits

    def _has(self, table: dict[object, Flags], key: object) -> Flags:
        return table.get(key, np.zeros(self.count, dtype=bool))


def _rows_by(had: Iterable[Iterable[object]], agents: int) -> dict[object, Flags]:
    table: dict[object, Flags] = {}
    for row, each in enumerate(had):
        for key in each:
            table.setdefault(key, np.zeros(agents, dtype=bool))[row] = True
    return table


def alike(problem: Problem, crew: Crew, columns: Integers) -> Iterable[Integers]:
    """`columns` in groups that ask the same of an agent, in order of first appearance."""
    groups: dict[Asks, list[int]] = {}
    for column in columns.tolist():
        groups.setdefault(crew.asks_of(problem.cases[column]), []).append(column)
    return (np.array(members, dtype=np.int64) for members in groups.values())


def may_own(problem: Problem) -> Flags:
    """Whether each agent may own each case, as (agents, cases), streets and room aside."""
    crew = Crew(problem.agents)
    may = np.zeros((len(problem.agents), len(problem.cases)), dtype=bool)
    everyone = np.ones(len(problem.agents), dtype=bool)
    for members in alike(problem, crew, np.arange(len(problem.cases))):
        rows, _ = crew.who_may(problem.cases[int(members[0])], everyone)
        may[np.ix_(rows, members)] = True
    return may
