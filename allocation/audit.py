"""What an assignment must keep to, measured without the solver: one function per rule.

It reads owners only, so it measures a manager's edited proposal as well as a solver's answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import numpy as np

from allocation.eligibility import misfit
from allocation.policy import Policy
from allocation.problem import Assignment, Owned, Problem
from allocation.work import Agent, Case

Rule = Literal["one_owner", "eligible", "within_limit", "pin_kept"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule. `detail` is a sentence with the numbers."""

    rule: Rule
    detail: str
    case_id: UUID | None = None
    agent_id: UUID | None = None


def audit(
    problem: Problem, assignment: Assignment, policy: Policy | None = None
) -> tuple[Finding, ...]:
    """Every breach, rule by rule; empty when the assignment may be published."""
    return (
        *one_owner(problem, assignment),
        *eligible(problem, assignment),
        *within_limit(problem, assignment, policy or Policy()),
        *pin_kept(problem, assignment),
    )


def one_owner(problem: Problem, assignment: Assignment) -> Iterator[Finding]:
    """Every case has exactly one owner or one reason, and only known cases and agents appear."""
    given = Counter(owned.case_id for owned in assignment.owners)
    left = Counter(lost.case_id for lost in assignment.unplaced)
    for case in problem.cases:
        answers = given[case.id] + left[case.id]
        if answers != 1:
            yield Finding(
                "one_owner",
                f"{given[case.id]} owners and {left[case.id]} reasons; exactly one is right",
                case_id=case.id,
            )
    for case_id in (given.keys() | left.keys()) - problem.case_index.keys():
        yield Finding("one_owner", "the problem has no such case", case_id=case_id)
    for agent_id in {o.agent_id for o in assignment.owners} - problem.agent_index.keys():
        yield Finding("one_owner", "the problem has no such agent", agent_id=agent_id)


def eligible(problem: Problem, assignment: Assignment) -> Iterator[Finding]:
    """Each owner may own the case, and a street leads there; a pin to the owner overrides."""
    for owned, agent, case in _known(problem, assignment):
        if case.pinned and case.incumbent_id == agent.id:
            continue
        row, column = problem.agent_index[agent.id], problem.case_index[case.id]
        why_not = misfit(agent, case)
        if why_not:
            yield Finding("eligible", why_not, *owned)
        elif not np.isfinite(problem.travel_s[row, column]):
            yield Finding("eligible", "no street leads there", *owned)


def within_limit(problem: Problem, assignment: Assignment, policy: Policy) -> Iterator[Finding]:
    """No agent has more work or cases than the limit, except by pins alone."""
    load_s: defaultdict[UUID, int] = defaultdict(int)
    pinned_s: defaultdict[UUID, int] = defaultdict(int)
    cases: Counter[UUID] = Counter()
    pinned: Counter[UUID] = Counter()
    for _, agent, case in _known(problem, assignment):
        load_s[agent.id] += case.service_s
        pinned_s[agent.id] += case.service_s if case.pinned else 0
        cases[agent.id] += case.members
        pinned[agent.id] += case.members if case.pinned else 0
    for agent in problem.agents:
        most = agent.max_cases
        if most is not None and cases[agent.id] > max(most, pinned[agent.id]):
            yield Finding(
                "within_limit",
                f"{cases[agent.id]} cases, {cases[agent.id] - most} above the most",
                agent_id=agent.id,
            )
    for agent, limit_s in zip(problem.agents, problem.limit_s(policy).tolist(), strict=True):
        if load_s[agent.id] > max(limit_s, pinned_s[agent.id]):
            over_min = (load_s[agent.id] - limit_s) / 60
            yield Finding(
                "within_limit",
                f"{load_s[agent.id] / 60:.0f} minutes of work, {over_min:.0f} above the limit",
                agent_id=agent.id,
            )


def pin_kept(problem: Problem, assignment: Assignment) -> Iterator[Finding]:
    """A pinned case is with its incumbent, or with nobody when that agent is missing."""
    owners = {owned.case_id: owned.agent_id for owned in assignment.owners}
    for case in problem.cases:
        expected = case.incumbent_id if case.incumbent_id in problem.agent_index else None
        if case.pinned and owners.get(case.id) != expected:
            yield Finding("pin_kept", "a pinned case changed hands", case.id, owners.get(case.id))


def _known(problem: Problem, assignment: Assignment) -> Iterator[tuple[Owned, Agent, Case]]:
    for owned in assignment.owners:
        row = problem.agent_index.get(owned.agent_id)
        column = problem.case_index.get(owned.case_id)
        if row is not None and column is not None:
            yield owned, problem.agents[row], problem.cases[column]
