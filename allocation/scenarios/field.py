"""Branches as an allocation sees them, and as a scenario would have them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from allocation.policy import Policy
from allocation.territories.proposals.streets import Ground
from allocation.units import OpenCase
from allocation.work import Agent, Carried
from core.errors import InvalidField
from core.geometry import LatLon
from core.said import say


@dataclass(frozen=True, slots=True)
class BranchField:
    """The agents at work and the open cases of a branch, or of branches taken together (`ids`).

    Agents and cases are all of branch `id` here, whatever branch they really are of. `carried` is
    what agents have of branches outside. `capacity` is an agent's part of an equal share of the
    work, 1 where nothing is said. Where some are `handing_on`, what they have goes to the others,
    and nobody else's cases change hands.
    """

    id: UUID
    ids: frozenset[UUID]
    name: str
    location: LatLon | None
    weights: Policy
    agents: tuple[Agent, ...]
    cases: tuple[OpenCase, ...]
    carried: Mapping[UUID, Carried] = field(default_factory=dict)
    capacity: Mapping[UUID, float] = field(default_factory=dict)
    handing_on: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class TerritoryField:
    """A territory that is to be split: the cases in it, and the streets of the branch's city. Its
    `shape` is WKB in degrees, None for one of pin codes only."""

    case_ids: frozenset[UUID]
    shape: bytes | None
    streets: Ground


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a territory that is split: what to call it, who works it, and what is in it."""

    territory: str
    agent_ids: tuple[UUID, ...]
    cases: int
    work_min: int
    is_whole: bool


TerritoryKey = tuple[UUID, str]
"""A territory by its branch and its code."""


@dataclass(frozen=True, slots=True)
class Field:
    """All branches of a scenario. `made_up` are the agents it adds, with what to call them;
    `territories` those that it splits, and `parts` what they were split into."""

    branches: tuple[BranchField, ...]
    made_up: Mapping[UUID, str] = field(default_factory=dict)
    territories: Mapping[TerritoryKey, TerritoryField] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    def branch(self, branch_id: UUID) -> BranchField:
        """The branch, or those taken together, that `branch_id` is of. Raises `InvalidField`."""
        for branch in self.branches:
            if branch_id in branch.ids:
                return branch
        raise InvalidField(
            "changes",
            say(
                "branches of this scenario that are not closed; {branch_id} is not",
                branch_id=branch_id,
            ),
        )

    def agent(self, agent_id: UUID) -> Agent | None:
        """An agent at work; None where there is no such one."""
        for branch in self.branches:
            for agent in branch.agents:
                if agent.id == agent_id:
                    return agent
        return None

    def with_branch(self, changed: BranchField) -> "Field":
        """The same with one branch as it is changed."""
        kept = (changed if branch.id == changed.id else branch for branch in self.branches)
        return replace(self, branches=tuple(kept))


def moved_to(cases: tuple[OpenCase, ...], branch_id: UUID) -> tuple[OpenCase, ...]:
    """The cases as another branch's."""
    return tuple(replace(c, case=replace(c.case, branch_id=branch_id)) for c in cases)
