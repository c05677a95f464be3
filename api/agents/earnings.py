"""What an agent's way and month are worth to that agent."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import Query

from api.deps import Agent, Db, Now
from api.routing import Router
from api.schemas import Answer, Day, MoneyAnswer
from collection.figures.earnings.read_earnings import read_earnings
from identity import store as identity
from tracking.trails.report_day import report_agent_day

router = Router(prefix="/v1/agent", tags=["agent: earnings"])


class GoalAnswer(Answer):
    """A figure of the month with its target, in the unit that `unit` says; money is minor units."""

    figure: str
    label: str
    unit: str
    reached: int
    target: int


class EarningsAnswer(Answer):
    """Of `day`: meters that the trail proves, and the conveyance; null where the branch pays none.
    Of its month: targets as far as reached, and the incentive once it is set."""

    day: date
    approved_m: int
    per_km: MoneyAnswer | None
    conveyance: MoneyAnswer | None
    goals: list[GoalAnswer]
    incentive: MoneyAnswer | None


@router.get("/earnings")
async def get_earnings(
    agent: Agent,
    database: Db,
    now: Now,
    day: Annotated[Day | None, Query(description="today without it")] = None,
) -> EarningsAnswer:
    """Your approved way of a day, what it is paid, and your month. The way is that of the trail:
    positions that are not believed, and gaps, are no way. A late position still adds to it."""
    # Figures are the office's rows; only this agent's are read.
    branch_scope = replace(agent.scope, agent_id=None)
    async with database.transaction(branch_scope, read_only=True) as session:
        report = await report_agent_day(session, agent.id, day, now)
        branch = await identity.branch_of_agent(session, agent.id)
        approved_m = int(report.summary.distance_m)
        found = await read_earnings(session, agent.id, branch, report.day, approved_m, now)
    return EarningsAnswer.model_validate(found)
