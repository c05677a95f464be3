"""The live map: where everybody is, and what happens."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Header, Query, Request
from typing_extensions import TypedDict

from api.deps import Now, Read, Supervisor, TheClock, may_still
from api.routing import Router
from api.sse import EventStream
from api.supervisors.alerts import AlertAnswer
from core.geometry import LatLon
from data.live import LiveBus
from map_ui import store
from map_ui.alerts.store import most_pressing
from map_ui.live_hub import LiveHub
from map_ui.live_view import AgentView, Strip, agent_view, bounds, strip
from map_ui.round_view import fences

router = Router(prefix="/v1", tags=["supervisors: live map"])

MOST_ALERTS = 200
EVENT_ID = r"^\d{1,19}-\d{1,19}$"


class Snapshot(TypedDict):
    """All that the map shows, and where the events go on from."""

    now: datetime
    clock_rate: float
    zone: str
    currency: str
    strip: Strip
    agents: list[AgentView]
    alerts: list[AlertAnswer]
    bounds: list[list[float]]
    last_event_id: str


@router.get("/live/snapshot")
async def get_snapshot(
    request: Request, caller: Supervisor, session: Read, clock: TheClock
) -> Snapshot:
    """Everything the live map shows now, for the caller's branches."""
    # Asked before the rest is read: what happens meanwhile is told again rather than missed.
    live: LiveBus = request.app.state.live
    last_event_id, now = await live.last_id(), clock.now()
    agents = await store.live_agents(session, now)
    home = await store.home(session, caller.branch_id)
    alerts = await most_pressing(session, MOST_ALERTS)
    seen = [LatLon(a.position["lat"], a.position["lon"]) for a in agents if a.position]
    return {
        "now": now,
        "clock_rate": clock.rate,
        "zone": home.zone,
        "currency": home.currency,
        "strip": strip(agents),
        "agents": [agent_view(agent, now) for agent in agents],
        "alerts": [AlertAnswer.model_validate(alert) for alert in alerts],
        "bounds": bounds([*seen, *home.places]),
        "last_event_id": last_event_id,
    }


@router.get("/live/events", response_class=EventStream, status_code=200)
async def get_events(
    request: Request,
    caller: Supervisor,
    last_event_id: Annotated[str, Query(pattern=EVENT_ID)] = "",
    resumed_from: Annotated[str, Header(alias="Last-Event-ID", pattern=EVENT_ID)] = "",
) -> EventStream:
    """What happens from an event id on, as server-sent events.

    `event: batch` at most every 100 ms; `event: reset` when the id is missing or too old and the
    snapshot has to be loaded again. The header, which a browser sends when it resumes, goes before
    the parameter.
    """
    hub: LiveHub = request.app.state.live_hub
    events = hub.events(caller.branch_ids, resumed_from or last_event_id)
    return EventStream(events, partial(may_still, request, caller))


@router.get("/live/fences")
async def get_fences(caller: Supervisor, session: Read, now: Now) -> dict[str, Any]:
    """Today's stops as GeoJSON points, with their status and the radius of their fence."""
    return fences(await store.stops_of_today(session, now))
