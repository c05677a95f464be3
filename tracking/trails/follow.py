"""Follow an agent: the way they took on a day."""

import asyncio
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from core.clock import local_day
from data.session import Session
from tracking.trails import store
from tracking.trails.day_report import WorkingAgent
from tracking.trails.day_span import day_span
from tracking.trails.trail import Trail, trail_of


class Followed(NamedTuple):
    """Who was followed, on which working day, and where they went."""

    agent: WorkingAgent
    day: date
    trail: Trail


async def follow(session: Session, agent_id: UUID, day: date | None, now: datetime) -> Followed:
    """The trail of an agent in scope on a working day of their zone, today when none is given.

    Raises `AgentNotFound`.
    """
    agent = await store.working_agent(session, agent_id)
    day = day or local_day(now, agent.zone)
    pings = await store.pings_of_day(session, [agent_id], day_span(day, agent.zone, now))
    return Followed(agent, day, await asyncio.to_thread(trail_of, pings[agent_id]))
