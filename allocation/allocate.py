"""Give every open case an agent, by branch, with balanced work and short ways."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np

from allocation import store
from allocation.figures import figures_of
from allocation.outcome import store as outcome
from allocation.policy import Policy
from allocation.problem import Problem, Travel, Unplaced
from allocation.solver import assign
from allocation.store import Rules
from allocation.territories.cases.in_territories import in_territories
from allocation.units import decided, units_of
from allocation.work import Agent, Carried, Case
from core.said import say
from data.session import Session
from identity.policies.policy import Policies
from identity.policies.store import effective
from routing.planner.problem import UNREACHABLE_S
from routing.travel.city import City, doors

HEADROOM = 1.1
"""A portfolio is wanted to be within a tenth of the branch's mean: room to keep relations."""

MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True, slots=True)
class Allocated:
    """What an allocation changed."""

    agents: int
    cases: int
    newly_assigned: int
    moved: int
    unplaced: tuple[Unplaced, ...]


async def allocate(
    session: Session, branch_id: UUID, day: date, city: City, now: datetime
) -> Allocated:
    """Assign a branch's open cases to its agents on shift on `day`.

    What each case was given to nobody for is kept, and the run's figures. Running it again with
    nothing changed moves nothing.
    """
    # 1. One at a time, by the branch's own weights.
    await store.lock_allocation(session, branch_id)
    policies = await effective(session, branch_id)
    # 2. Who is at work, and what there is to do: a center's members are one piece of work.
    agents = [a for a in await store.agents_on(session, day, now) if a.branch_id == branch_id]
    cases = await store.open_cases(session, branch_id, rules_of(policies, day, now))
    cases = await in_territories(session, branch_id, cases, policies, day)
    units = units_of(cases)
    work = [unit.work for unit in units]
    carried = await store.borrowed(session, branch_id)
    problem = Problem(
        with_capacity(agents, work, carried), tuple(work), street_travel_s(city, agents, work)
    )
    # 3. Who has what from now on.
    answer = assign(problem, weights_of(policies))
    result = decided(units, answer, frozenset(agent.id for agent in agents))
    await store.hand_over(
        session, result.given, say("allocated by workload and distance"), None, now
    )
    await store.end_owners(session, result.ended, now)
    # 4. Why the others have nobody, and how good it is.
    await outcome.keep_reasons(session, branch_id, result.unplaced, now)
    await outcome.add_run(session, branch_id, day, figures_of(problem, answer), now)
    new = len(result.given) - result.moved
    return Allocated(len(agents), len(cases), new, result.moved, result.unplaced)


def rules_of(policies: Policies, day: date, now: datetime) -> Rules:
    """What cases are read by."""
    since = now - policies.allocation_continuity_months * MONTH
    return Rules(day, now, since, policies.allocation_language)


def weights_of(policies: Policies) -> Policy:
    """A branch's policies as the solver weighs them."""
    return Policy(
        disturbance_s=60 * policies.allocation_disturbance_min,
        continuity_s=60 * policies.allocation_continuity_min,
        fairness_s=60 * policies.allocation_fairness_min,
        territory_s=60 * policies.allocation_territory_min,
        overload_visits=policies.allocation_overload_visits,
    )


def with_capacity(
    agents: Sequence[Agent], cases: Sequence[Case], carried: Mapping[UUID, Carried]
) -> tuple[Agent, ...]:
    """The agents with the work wanted of each: an equal share of their branch's, and headroom.

    What an agent carries of other branches' cases is counted, and taken off.
    """
    work_s: Counter[UUID] = Counter()
    for case in cases:
        work_s[case.branch_id] += case.service_s
    for agent in agents:
        work_s[agent.branch_id] += carried[agent.id].work_s if agent.id in carried else 0
    heads = Counter(agent.branch_id for agent in agents if agent.max_cases != 0)
    return tuple(
        _less(
            replace(
                agent,
                capacity_s=int(HEADROOM * work_s[agent.branch_id] / max(1, heads[agent.branch_id])),
            ),
            carried.get(agent.id),
        )
        for agent in agents
    )


def _less(agent: Agent, carried: Carried | None) -> Agent:
    if carried is None:
        return agent
    most = None if agent.max_cases is None else max(0, agent.max_cases - carried.cases)
    return replace(agent, capacity_s=max(0, agent.capacity_s - carried.work_s), max_cases=most)


def street_travel_s(city: City, agents: Sequence[Agent], cases: Sequence[Case]) -> Travel:
    """Seconds by street from each agent to each case, (agents, cases); infinite without a way."""
    if not agents or not cases:
        return np.zeros((len(agents), len(cases)), dtype=np.float32)
    travel = np.empty((len(agents), len(cases)), dtype=np.float32)
    for profile in {agent.profile for agent in agents}:
        rows = [row for row, agent in enumerate(agents) if agent.profile is profile]
        starts = doors(city, [agents[row].position for row in rows], profile)
        ends = doors(city, [case.position for case in cases], profile)
        travel[rows] = city.travel_s(profile, starts, ends)
    travel[travel >= UNREACHABLE_S] = np.inf
    return travel
