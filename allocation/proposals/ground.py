"""What stands behind figures: cases one by one, with the agents at work and the ways between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np

from allocation.choices import NOBODY
from allocation.problem import Floats, Integers, Problem
from allocation.proposals.proposal import Portfolio, ProposedChange
from allocation.units import OpenCase, Unit

Owners = Mapping[UUID, UUID | None]
"""Who has which case; None is nobody."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A problem over units of cases, told case by case.

    A case takes an equal share of its unit's work, and its way is its unit's: to the middle of a
    center.
    """

    problem: Problem
    units: tuple[Unit, ...]

    @cached_property
    def cases(self) -> tuple[OpenCase, ...]:
        """All cases."""
        return tuple(case for unit in self.units for case in unit.members)

    @cached_property
    def column(self) -> Integers:
        """The unit of each case."""
        sizes = [len(unit.members) for unit in self.units]
        return np.repeat(np.arange(len(self.units)), sizes)

    @cached_property
    def work_s(self) -> Integers:
        """Each case's work."""
        sizes = np.bincount(self.column, minlength=len(self.problem.cases))
        share: Integers = self.problem.service_s[self.column] // sizes[self.column]
        return share

    @cached_property
    def known(self) -> frozenset[tuple[UUID, UUID]]:
        """(case, agent) of agents who know the customer."""
        return frozenset((c.case.id, k.agent_id) for c in self.cases for k in c.case.known_by)

    def rows(self, owners: Sequence[UUID | None]) -> Integers:
        """The row of each case's agent, `NOBODY` for one who is not in the problem."""
        place = self.problem.agent_index
        return np.array([place.get(o, NOBODY) if o else NOBODY for o in owners], dtype=np.int64)

    def travel_s(self, rows: Integers) -> Floats:
        """By street from each case's agent; NaN without an agent or a way."""
        found = np.full(len(rows), np.nan)
        placed = np.flatnonzero(rows != NOBODY)
        found[placed] = self.problem.travel_s[rows[placed], self.column[placed]]
        found[np.isinf(found)] = np.nan
        return found


def portfolios_of(
    ground: Ground,
    owners: Sequence[UUID | None],
    names: Mapping[UUID, str],
    hypothetical: frozenset[UUID] = frozenset(),
) -> list[Portfolio]:
    """What each agent of the problem has when `owners`, case by case, have the cases."""
    rows = ground.rows(owners)
    placed = np.flatnonzero(rows != NOBODY)
    at, many = rows[placed], len(ground.problem.agents)
    money = np.array([c.case.expected_minor for c in ground.cases], dtype=np.float64)
    knows = np.array(
        [(c.case.id, o) in ground.known for c, o in zip(ground.cases, owners, strict=True)],
        dtype=np.float64,
    )
    cases = np.bincount(at, minlength=many)
    work_s = np.bincount(at, ground.work_s[placed], many)
    expected = np.bincount(at, money[placed], many)
    travel_s = np.bincount(at, np.nan_to_num(ground.travel_s(rows)[placed]), many)
    familiar = np.bincount(at, knows[placed], many)
    return [
        Portfolio(
            agent.id, names.get(agent.id, ""), agent.position.lat, agent.position.lon,
            agent.profile.value, agent.id in hypothetical, int(cases[n]), int(work_s[n]),
            int(expected[n]), round(float(travel_s[n]), 1), int(familiar[n]),
        )
        for n, agent in enumerate(ground.problem.agents)
    ]  # fmt: skip


def changes_of(
    ground: Ground,
    owners: Owners,
    reason: str,
    branch_of: Mapping[UUID, UUID],
    hypothetical: frozenset[UUID] = frozenset(),
    labels: Mapping[UUID, str] | None = None,
) -> list[ProposedChange]:
    """The cases among `owners` that would change hands, with what figures need.

    `branch_of` tells the branch of real agents and cases: one that goes to another is lent.
    `hypothetical` are agents and cases that do not exist; `labels` say what to call the latter.
    """
    to = [owners.get(c.case.id, c.owner_id) for c in ground.cases]
    to_rows, from_rows = ground.rows(to), ground.rows([c.owner_id for c in ground.cases])
    to_s, from_s = ground.travel_s(to_rows), ground.travel_s(from_rows)
    return [
        ProposedChange(
            each.case.id,
            each.owner_id,
            to[n],
            reason,
            lend=_lent(each.case.id, to[n], branch_of),
            hypothetical=each.case.id in hypothetical or to[n] in hypothetical,
            label=(labels or {}).get(each.case.id),
            lat=each.case.position.lat,
            lon=each.case.position.lon,
            work_s=int(ground.work_s[n]),
            expected_minor=each.case.expected_minor,
            from_travel_s=_seconds(from_s[n]),
            to_travel_s=_seconds(to_s[n]),
            from_knows=(each.case.id, each.owner_id) in ground.known,
            to_knows=(each.case.id, to[n]) in ground.known,
        )
        for n, each in enumerate(ground.cases)
        if to[n] != each.owner_id
    ]


def _lent(case_id: UUID, to: UUID | None, branch_of: Mapping[UUID, UUID]) -> bool:
    case_branch, agent_branch = branch_of.get(case_id), branch_of.get(to) if to else None
    return None not in (case_branch, agent_branch) and case_branch != agent_branch


def _seconds(travel_s: float) -> float | None:
    return None if np.isnan(travel_s) else round(float(travel_s), 1)
