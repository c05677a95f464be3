"""Replay an agent's day: where they were when, what they did there, and what was planned."""

from datetime import date, datetime
from uuid import UUID

from data.session import Session
from map_ui.replay import store
from map_ui.replay.day import Plan, ReplayedDay
from routing.underway.days import store as days
from routing.underway.days.actual import compare
from tracking.trails.follow import follow


async def replay(session: Session, agent_id: UUID, day: date | None, now: datetime) -> ReplayedDay:
    """A working day of an agent in scope, today when none is given; also one without a plan.

    Raises `AgentNotFound`.
    """
    followed = await follow(session, agent_id, day, now)
    plan = await days.plan_of(session, agent_id, followed.day, None)
    made = await days.visits_of(session, agent_id, followed.day)
    comparison = compare(plan.visits if plan else (), made)
    return ReplayedDay(
        agent=followed.agent,
        day=followed.day,
        currency=await store.currency_of(session, agent_id),
        trail=followed.trail,
        plan=None if plan is None else Plan(plan.revision, plan.distance_m, plan.way),
        comparison=comparison,
        places=await store.places(session, [stop.case_id for stop in comparison.stops]),
        payments=await store.payments(session, agent_id, followed.day),
    )
