"""Compare a day with its plan."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from data.session import Session
from routing.underway.days import store
from routing.underway.days.actual import Comparison, compare
from routing.underway.days.store import PlanOfDay
from routing.underway.errors import NoSuchRound
from tracking.trails.follow import follow
from tracking.trails.trail import Trail


@dataclass(frozen=True, slots=True, eq=False)
class DayBesidePlan:
    """An agent's day: the plan with its way, the comparison, and the trail that pings show."""

    plan: PlanOfDay
    comparison: Comparison
    trail: Trail


async def compare_day(
    session: Session, agent_id: UUID, day: date, revision: int | None, now: datetime
) -> DayBesidePlan:
    """A day of an agent in scope beside a revision of its plan, the last one when none is given.

    Raises `AgentNotFound` or `NoSuchRound`.
    """
    followed = await follow(session, agent_id, day, now)
    plan = await store.plan_of(session, agent_id, day, revision)
    if plan is None:
        raise NoSuchRound(str(agent_id), day, revision)
    made = await store.visits_of(session, agent_id, day)
    return DayBesidePlan(plan, compare(plan.visits, made), followed.trail)
