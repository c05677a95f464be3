"""Give every open case an agent, by branch, with balanced work and short ways."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import numpy as np

from allocation import store
from allocation.problem import Assignment, Problem, Travel, Unplaced
from allocation.solver import assign
from allocation.work import Agent, Case
from data.session import Session
from routing.planner.problem import UNREACHABLE_S
from routing.travel.city import City, doors

HEADROOM = 1.1
"""A portfolio is wanted to be within a tenth of the branch's mean: room to keep relations."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """What an allocation changed."""

    agents: int
    cases: int
    newly_assigned: int
    moved: int
    unplaced: tuple[Unplaced, ...]


async def allocate(session: Session, day: date, city: City, now: datetime) -> Allocated:
    """Assign the open cases in scope to the agents on shift on `day`.

    Running it again with nothing changed moves nothing.
    """
    agents = await store.agents_on(session, day, now)
    cases = await store.open_cases(session)
    problem = Problem(
        with_capacity(agents, cases), tuple(cases), street_travel_s(city, agents, cases)
    )
    answer = assign(problem)
    moves = changes(problem, answer)
    await store.hand_over(session, moves, "allocated by workload and distance", None, now)
    moved = len(answer.moved)
    return Allocated(len(agents), len(cases), len(moves) - moved, moved, answer.unplaced)


def with_capacity(agents: Sequence[Agent], cases: Sequence[Case]) -> tuple[Agent, ...]:
    """The agents with the work wanted of each: an equal share of their branch's, and headroom."""
    work_s: Counter[UUID] = Counter()
    for case in cases:
        work_s[case.branch_id] += case.service_s
    heads = Counter(agent.branch_id for agent in agents)
    return tuple(
        replace(agent, capacity_s=int(HEADROOM * work_s[agent.branch_id] / heads[agent.branch_id]))
        for agent in agents
    )


def street_travel_s(city: City, agents: Sequence[Agent], cases: Sequence[Case]) -> Travel:
    """Seconds by street from each agent to each case, (agents, cases); infinite without a way."""
    if not agents or not cases:
        return np.zeros((len(agents), len(cases)), dtype=np.float32)
    starts = doors(city, [agent.position for agent in agents]).node
    ends = doors(city, [case.position for case in cases]).node
    travel = city.times.matrix(np.maximum(starts, 0), np.maximum(ends, 0)).astype(np.float32)
    travel[travel >= UNREACHABLE_S] = np.inf
    travel[starts < 0, :] = np.inf
    travel[:, ends < 0] = np.inf
    return travel


def changes(problem: Problem, answer: Assignment) -> list[tuple[UUID, UUID]]:
    """(case, agent) of every case whose owner is not the one it had."""
    before = {case.id: case.incumbent_id for case in problem.cases}
    return [(case, agent) for case, agent in answer.owners if before[case] != agent]
