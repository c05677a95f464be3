"""An agent who drops out of a day: what was decided about the visits, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import numpy as np

from allocation.eligibility import may_own
from allocation.problem import Problem
from allocation.units import OpenCase
from allocation.work import Agent

Cause = Literal["told", "not_signed_on"]
Outcome = Literal["returned", "made", "under_way", "moved_on"]

LENT = "another branch has lent it; only that branch can give it to somebody else"
PINNED = "it is pinned to the agent who is not at work"


@dataclass(frozen=True, slots=True)
class Absent:
    """Who drops out and why. `by` is None where a policy decides."""

    agent_id: UUID
    reason: str
    by: UUID | None
    cause: Cause = "told"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that changed hands, or is not made. `to_agent_id` None: nobody makes it, for
    `reason`. `agent_id` had it. `outcome` tells what became of one that changed hands, once the
    agent is back or the day is over."""

    case_id: UUID
    customer: str
    urgency: float
    agent_id: UUID
    agent: str
    to_agent_id: UUID | None
    to_agent: str | None
    reason: str | None = None
    outcome: Outcome | None = None
    returned_at: datetime | None = None

    @property
    def is_out(self) -> bool:
        """Whether somebody else has the case for the day."""
        return self.to_agent_id is not None and self.returned_at is None


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch of a day that an agent is not at work; not over while `ended_at` is None."""

    id: UUID
    agent_id: UUID
    agent: str
    branch_id: UUID
    day: date
    began_at: datetime
    reason: str
    cause: Cause
    told_by: str | None
    ended_at: datetime | None
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A visit that somebody else makes now."""

    case_id: UUID
    customer: str
    to_agent_id: UUID
    to_agent: str


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A visit that nobody makes today, and why. `agent` has the case."""

    case_id: UUID
    customer: str
    agent_id: UUID
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in for whom: `moved` and `unplaced` were the agent's visits.

    Of the neighbors' own `passed_on` go to another neighbor, and `made_way` wait for another day.
    Urgencies are sums of points: `open_urgency` of the agent's open visits, `won_back` of what is
    moved less what made way for it.
    """

    moved: tuple[HandedOver, ...]
    unplaced: tuple[LeftOpen, ...]
    passed_on: tuple[HandedOver, ...]
    made_way: tuple[LeftOpen, ...]
    open_urgency: float
    won_back: float


def stand_in_of(agent_id: UUID, visits: Sequence[Visit]) -> StandIn:
    """What was decided when `agent_id` dropped out."""
    handed = [
        (v, HandedOver(v.case_id, v.customer, v.to_agent_id, v.to_agent or ""))
        for v in visits
        if v.to_agent_id
    ]
    left = [
        (v, LeftOpen(v.case_id, v.customer, v.agent_id, v.agent, v.reason or ""))
        for v in visits
        if v.to_agent_id is None
    ]
    moved = [v.urgency for v, _ in handed if v.agent_id == agent_id]
    made_way = [v.urgency for v, _ in left if v.agent_id != agent_id]
    return StandIn(
        moved=tuple(one for v, one in handed if v.agent_id == agent_id),
        unplaced=tuple(one for v, one in left if v.agent_id == agent_id),
        passed_on=tuple(one for v, one in handed if v.agent_id != agent_id),
        made_way=tuple(one for v, one in left if v.agent_id != agent_id),
        open_urgency=round(sum(v.urgency for v in visits if v.agent_id == agent_id), 1),
        won_back=round(sum(moved) - sum(made_way), 1),
    )


@dataclass(frozen=True, slots=True)
class CameBack:
    """What became of visits that others were to make: counts, and the visits by `outcome`."""

    returned: int
    made: int
    under_way: int
    moved_on: int
    visits: tuple[Visit, ...]


def came_back_of(visits: Sequence[Visit]) -> CameBack:
    """What became of the visits of an absence that is over."""
    handed = tuple(visit for visit in visits if visit.to_agent_id)
    count = {outcome: sum(v.outcome == outcome for v in handed) for outcome in
             ("returned", "made", "under_way", "moved_on")}  # fmt: skip
    return CameBack(**count, visits=handed)


def who_may(
    agents: Sequence[Agent], cases: Sequence[OpenCase], has: Mapping[UUID, UUID]
) -> dict[UUID, frozenset[UUID]]:
    """By case, who of the agents may make the visit for a day.

    Whoever has a visit (`has`, by case) may go on having it. What is pinned, or lent by another
    branch, does not change hands. Members of a center go to one agent together, the first in the
    order of `agents` who may have them all. An agent who is to have no cases gets none.
    """
    wanted = [agent for agent in agents if agent.max_cases != 0]
    work = tuple(one.case for one in cases)
    nowhere = np.zeros((len(wanted), len(work)), dtype=np.float32)
    flags = may_own(Problem(tuple(wanted), work, nowhere))
    may = {
        one.case.id: frozenset(agent.id for row, agent in enumerate(wanted) if flags[row, column])
        if not one.case.pinned
        else frozenset[UUID]()
        for column, one in enumerate(cases)
    }
    for members in _together(cases, has):
        common = frozenset.intersection(*(may[case_id] for case_id in members))
        first = next((agent.id for agent in wanted if agent.id in common), None)
        for case_id in members:
            may[case_id] = frozenset([first]) if first else frozenset()
    return may | {
        case_id: may.get(case_id, frozenset()) | {agent_id} for case_id, agent_id in has.items()
    }


def _together(cases: Sequence[OpenCase], has: Mapping[UUID, UUID]) -> list[list[UUID]]:
    """The members of each center that have nobody."""
    centers: dict[UUID, list[UUID]] = {}
    for one in cases:
        if one.center_id is not None and one.case.id not in has:
            centers.setdefault(one.center_id, []).append(one.case.id)
    return list(centers.values())
