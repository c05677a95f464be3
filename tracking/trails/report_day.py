"""Report the day of an agent, or of all agents of a branch."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from core.clock import local_day
from data.session import Session
from identity.errors import BranchNotFound
from identity.store import branch_by_code
from tracking.trails import store
from tracking.trails.day_pings import DayPings
from tracking.trails.day_report import DayFacts, DayReport, WorkingAgent, day_report
from tracking.trails.day_span import DaySpan, day_span
from tracking.trails.trail import trail_of

AT_ONCE = 50
"""Agents whose pings are in memory at one time: with 5,000 each, about 30 MB."""


async def report_agent_day(
    session: Session, agent_id: UUID, day: date | None, now: datetime
) -> DayReport:
    """The day of an agent in scope, today when none is given. Raises `AgentNotFound`."""
    agent = await store.working_agent(session, agent_id)
    day = day or local_day(now, agent.zone)
    return (await _reports(session, [agent], day_span(day, agent.zone, now)))[0]


async def report_branch_day(
    session: Session, code: str, day: date | None, now: datetime
) -> tuple[date, list[DayReport]]:
    """The day of each agent of a branch in scope, by name. Raises `BranchNotFound`."""
    branch = await branch_by_code(session, code)
    if branch is None:
        raise BranchNotFound(code)
    day = day or local_day(now, branch.zone)
    span = day_span(day, branch.zone, now)
    agents = await store.working_agents(session, branch.id, span)
    reports = []
    for first in range(0, len(agents), AT_ONCE):
        reports += await _reports(session, agents[first : first + AT_ONCE], span)
    return day, reports


async def _reports(
    session: Session, agents: Sequence[WorkingAgent], span: DaySpan
) -> list[DayReport]:
    facts = await store.day_facts(session, agents, span)
    pings = await store.pings_of_day(session, [agent.id for agent in agents], span)
    # Half a second for a large branch, which the other requests of this process must not wait for.
    return await asyncio.to_thread(_worked_out, span.day, facts, pings)


def _worked_out(
    day: date, facts: Sequence[DayFacts], pings: dict[UUID, DayPings]
) -> list[DayReport]:
    return [day_report(day, each, trail_of(pings[each.agent.id])) for each in facts]
