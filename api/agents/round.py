"""The agent's own round."""

from fastapi import APIRouter

from api.deps import Agent, Now, Read
from core.clock import local_day
from identity import store as identity
from map_ui import store
from map_ui.errors import NoRoundToday
from map_ui.round_view import RoundView

router = APIRouter(prefix="/v1/agent", tags=["agent: round"])


@router.get("/round")
async def get_round(agent: Agent, session: Read, now: Now) -> RoundView:
    """Today's round: its stops with their status, its ways, and what was left out."""
    round_ = await store.round_of_today(session, agent.id, now)
    if round_ is None:
        zone = (await identity.branch_of_agent(session, agent.id)).zone
        raise NoRoundToday(str(agent.id), local_day(now, zone))
    return round_
