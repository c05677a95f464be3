"""What an allocation is given and what it answers: agents, cases, a policy, owners, reasons.

Work is counted in seconds of an agent's time: a visit's service time plus its share of the travel
between visits. Members of a center who move together are one `Case` here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.geometry import LatLon, LocalPlane
from streets.profile import Profile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Travel = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who can own cases. `position` is where the day starts or the middle of the area.

    `capacity_s` is the work wanted of the agent; 0 means no new work at all.
    """

    id: UUID
    branch_id: UUID
    position: LatLon
    capacity_s: int
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    profile: Profile = Profile.TWO_WHEELER


@dataclass(frozen=True, slots=True)
class Case:
    """One piece of work with at most one owner.

    `incumbent_id` is the owner until now. A `pinned` case stays with its incumbent whatever it
    costs and whatever the skills say: a manager decided. `priority` is 1 to 100, high first.
    """

    id: UUID
    branch_id: UUID
    position: LatLon
    service_s: int
    skills: frozenset[str] = frozenset()
    language: str | None = None
    priority: int = 50
    incumbent_id: UUID | None = None
    pinned: bool = False

    def __post_init__(self) -> None:
        if self.service_s <= 0:
            raise ValueError("a case takes at least a second of work")
        if not 1 <= self.priority <= 100:
            raise ValueError("a priority is 1 to 100")
        if self.pinned and self.incumbent_id is None:
            raise ValueError("a case is pinned to its incumbent, and this one has none")


class LoadStep(NamedTuple):
    """From `share` of the capacity on, a second of work costs `price` seconds of travel."""

    share: float
    price: float


@dataclass(frozen=True, slots=True)
class Policy:
    """How the wishes weigh against each other, in seconds of travel.

    `nearest` is how many eligible agents are weighed per case. `disturbance_s` is the travel that
    a change of owner must save before it is worth a broken relation. `load_steps` rise, which
    spreads the work and makes overload the last resort. `overload_visits` is how many visits of
    median length an agent may be given above the capacity; never more.
    """

    nearest: int = 16
    disturbance_s: int = 900
    overload_visits: float = 1.0
    load_steps: tuple[LoadStep, ...] = (
        LoadStep(0.50, 0.05),
        LoadStep(0.75, 0.15),
        LoadStep(0.90, 0.50),
        LoadStep(1.00, 2.00),
    )

    def __post_init__(self) -> None:
        prices = [step.price for step in self.load_steps]
        shares = [step.share for step in self.load_steps]
        if prices != sorted(prices) or shares != sorted(shares) or min(prices, default=0) < 0:
            raise ValueError("load steps rise: the next minute never costs less than the last")
        if self.nearest < 1 or self.disturbance_s < 0 or self.overload_visits < 0:
            raise ValueError("at least one candidate, and no negative weights")


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

    def limit_s(self, policy: Policy) -> Integers:
        """The most work per agent: the capacity and `overload_visits`; 0 where capacity is 0."""
        visit_s = float(np.median(self.service_s)) if self.cases else 0.0
        overload_s = int(policy.overload_visits * visit_s)
        return np.where(self.capacity_s > 0, self.capacity_s + overload_s, 0)


ReasonCode = Literal[
    "no_agent_in_branch",
    "no_agent_with_skill",
    "no_agent_with_all_skills",
    "no_agent_with_language",
    "out_of_reach",
    "capacity_short",
    "pinned_agent_missing",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nobody owns a case: a name for programs, the facts, and a sentence for managers.

    `missing` holds the skills or the language that nobody has. `short_by_min` is the work in the
    branch that found no agent with room, over all its cases.
    """

    code: ReasonCode
    branch_id: UUID
    missing: tuple[str, ...] = ()
    short_by_min: int = 0

    def sentence(self, branch: str) -> str:
        """The reason in words; `branch` is the branch's name."""
        named = ", ".join(self.missing)
        return {
            "no_agent_in_branch": f"branch {branch} has no agent at work",
            "no_agent_with_skill": f"no agent in branch {branch} has skill {named}",
            "no_agent_with_all_skills": f"no agent in branch {branch} has all of {named}",
            "no_agent_with_language": f"no agent in branch {branch} with the skills speaks {named}",
            "out_of_reach": f"no street leads from an eligible agent of branch {branch} to it",
            "capacity_short": f"capacity of branch {branch} short by {self.short_by_min} minutes",
            "pinned_agent_missing": "it is pinned to an agent who is not at work",
        }[self.code]


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


def straight_line_travel_s(
    agents: Sequence[Agent], cases: Sequence[Case], speed_mps: float = 5.0, detour: float = 1.3
) -> Travel:
    """Travel guessed from the distance on the map, for areas without a street network.

    `detour` is street distance over straight distance; 1.3 is usual in towns.
    """
    if not agents or not cases:
        return np.zeros((len(agents), len(cases)), dtype=np.float32)
    plane = LocalPlane(agents[0].position)
    ax, ay = plane.xy(*_columns(agent.position for agent in agents))
    cx, cy = plane.xy(*_columns(case.position for case in cases))
    distance_m = np.hypot(ax[:, None] - cx[None, :], ay[:, None] - cy[None, :])
    return (distance_m * (detour / speed_mps)).astype(np.float32)


def _columns(positions: Iterable[LatLon]) -> tuple[Floats, Floats]:
    table = np.array(list(positions), dtype=np.float64)
    return table[:, 0], table[:, 1]
