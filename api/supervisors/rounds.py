"""The rounds of agents, as supervisors see them."""

from uuid import UUID

from api.deps import Now, Read, Supervisor
from api.reader import told
from api.routing import Router
from core.clock import local_day
from identity import store as identity
from map_ui import store
from map_ui.errors import NoRoundToday
from map_ui.round_view import RoundView, told_round

router = Router(prefix="/v1", tags=["supervisors: rounds"])


@router.get("/agents/{agent_id}/round")
async def get_round(agent_id: UUID, caller: Supervisor, session: Read, now: Now) -> RoundView:
    """Today's round of an agent: its stops with their status, its ways, and what was left out."""
    branch_id = await identity.agent_branch(session, agent_id)
    round_ = await store.round_of_today(session, agent_id, now)
    if round_ is None:
        zone = next(b.zone for b in await identity.branches(session) if b.id == branch_id)
        raise NoRoundToday(str(agent_id), local_day(now, zone))
    return told_round(round_, told)
