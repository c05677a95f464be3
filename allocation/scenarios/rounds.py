"""Plan the rounds of a day as it is and as it would be; nobody is sent anywhere."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from allocation.proposals.figures import PlannedRounds
from allocation.work import Agent
from routing.planner.plan import Plan
from routing.rounds.day import Prepared, prepare
from routing.rounds.facts import AgentDay, CaseToVisit
from routing.rounds.plan_rounds import SolveAll, city_of
from routing.travel.city import City

AT_ONCE = 16
"""Rounds of which the travel times are in memory at the same time."""

Planned = Callable[[int], Awaitable[None]]
"""Hears how many more rounds are planned."""


async def plan_days(
    days: Sequence[AgentDay], cities: Mapping[UUID, City], solve_all: SolveAll, planned: Planned
) -> PlannedRounds:
    """What the planner makes of these days, all of them. `cities` are by branch."""
    total = PlannedRounds(len(days), 0, 0.0, 0, 0, 0)
    for first in range(0, len(days), AT_ONCE):
        some = days[first : first + AT_ONCE]
        ready = await asyncio.to_thread(_prepared, some, cities)
        plans = await solve_all([one.problem for one in ready])
        for one, plan in zip(ready, plans, strict=True):
            total = _with(total, one, plan)
        await planned(len(some))
    return replace(total, score=round(total.score, 1))


def _prepared(days: Sequence[AgentDay], cities: Mapping[UUID, City]) -> list[Prepared]:
    return [prepare(day, city_of(day, cities[day.branch_id])) for day in days]


def _with(total: PlannedRounds, one: Prepared, plan: Plan) -> PlannedRounds:
    return PlannedRounds(
        total.agents,
        total.visits + len(plan.stops),
        total.score + plan.score,
        total.travel_s + plan.travel_s,
        total.skipped + len(plan.skipped),
        total.beyond + len(one.unplaced),
    )


def would_be_days(
    days: Sequence[AgentDay],
    agents: Sequence[Agent],
    owners: Mapping[UUID, UUID | None],
    visits: Mapping[UUID, CaseToVisit],
) -> list[AgentDay]:
    """The days of `agents` if `owners` had the cases. One who does not exist works like the first
    colleague of the branch, from where that agent starts; what other branches lent stays."""
    having: dict[UUID, list[CaseToVisit]] = {}
    for case_id, agent_id in owners.items():
        if agent_id and case_id in visits:
            having.setdefault(agent_id, []).append(visits[case_id])
    own = {day.agent_id: day for day in days}
    model = {day.branch_id: day for day in reversed(days)}
    found = []
    for agent in agents:
        day = own.get(agent.id)
        if day is None:
            if agent.branch_id not in model:
                continue
            day = _like(model[agent.branch_id], agent)
        lent = [c for c in day.cases if c.case_id not in owners and c.case_id not in visits]
        found.append(day.with_cases((*having.get(agent.id, ()), *lent)))
    return found


def _like(day: AgentDay, agent: Agent) -> AgentDay:
    """A day of an agent who does not exist: a colleague's shift, from home, with an empty till."""
    return replace(
        day, agent_id=agent.id, home=agent.position, start=agent.position, finish=agent.position,
        profile=agent.profile, skills=agent.skills, languages=agent.languages,
        cash_in_hand_minor=0, cases=(),
    )  # fmt: skip
