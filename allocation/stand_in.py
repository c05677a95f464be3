"""An agent drops out: hand today's open visits to neighbors, at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation import store
from allocation.allocate import rules_of, street_travel_s
from allocation.problem import Problem
from allocation.reassignment import reassign
from core.clock import local_day
from data.live import announce
from data.queue import enqueue
from data.session import Session
from identity import store as identity
from identity.policies.store import effective
from routing.travel.city import City

LENT = "another branch has lent it; only that branch can give it to somebody else"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A visit that somebody else makes now."""

    case_id: UUID
    customer: str
    to_agent_id: UUID
    to_agent: str


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A visit that nobody can make today, and why."""

    case_id: UUID
    customer: str
    reason: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in for whom."""

    moved: tuple[HandedOver, ...]
    unplaced: tuple[LeftOpen, ...]


async def stand_in(
    session: Session, agent_id: UUID, zone: str, city: City, reason: str, by: UUID, now: datetime
) -> StandIn:
    """Mark an agent absent and move today's visits that are still open to neighbors with room.

    The rounds of all concerned are planned again by a job that commits with this. Cash in the
    agent's till stays there. Doing it again moves nothing more. Raises `AgentNotFound`.
    """
    # 1. From now on nobody plans with this agent.
    branch_id = await identity.agent_branch(session, agent_id)
    await identity.mark_absent(session, agent_id, now, reason)
    # 2. Who can take what is still open in what is left of the shift.
    day = local_day(now, zone)
    rules = rules_of(await effective(session, branch_id), day, now)
    cases, reached = await store.todays_cases(session, day, rules)
    present = await store.agents_on(session, day, now)
    open_ = [c.case for c in cases if c.case.id not in set(reached)]
    travel_s = street_travel_s(city, present, open_)
    problem = Problem(tuple(present), tuple(open_), travel_s)
    answer = reassign(problem, {agent_id})
    lent = await store.lent_visits(session, agent_id, day)
    # 3. Move it, tell the map, and have the rounds planned again.
    moves = [(move.case_id, move.to_id) for move in answer.moved]
    await store.hand_over(session, moves, f"stands in: {reason}", by, now)
    concerned = sorted({str(to) for _, to in moves} | {str(agent_id)})
    await enqueue(session, "rounds.plan_agents", agent_ids=concerned, day=day.isoformat())
    for other in concerned:
        announce(session, branch_id, "figures", {"agent_id": other})
    called = await store.names(session)
    return StandIn(
        tuple(
            HandedOver(m.case_id, called.customer[m.case_id], m.to_id, called.agent[m.to_id])
            for m in answer.moved
        ),
        (
            *(
                LeftOpen(
                    u.case_id,
                    called.customer[u.case_id],
                    u.reason.sentence(called.branch.get(u.reason.branch_id, "")),
                )
                for u in answer.unplaced
            ),
            *(LeftOpen(case_id, called.customer[case_id], LENT) for case_id in lent),
        ),
    )
