"""What a person should decide on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.deps import Now, Read, Supervisor, Tx
from api.schemas import Answer, Instant
from map_ui.alerts.acknowledge import acknowledge
from map_ui.alerts.store import open_alerts

router = APIRouter(prefix="/v1", tags=["supervisors: alerts"])


class AlertAnswer(Answer):
    """Something a person should decide on."""

    id: UUID
    kind: str
    title: str
    detail: str
    agent_id: UUID | None
    case_id: UUID | None
    raised_at: Instant
    acknowledged_at: Instant | None


class AlertsAnswer(Answer):
    """A page of alerts; `next_cursor` is None on the last one."""

    items: list[AlertAnswer]
    next_cursor: UUID | None


@router.get("/alerts")
async def get_alerts(
    caller: Supervisor,
    session: Read,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AlertsAnswer:
    """Alerts of the caller's branches that are not cleared, the newest first."""
    found = await open_alerts(session, after=cursor, limit=limit + 1)
    page = [AlertAnswer.model_validate(alert) for alert in found[:limit]]
    return AlertsAnswer(items=page, next_cursor=page[-1].id if len(found) > limit else None)


@router.post("/alerts/{alert_id}/acknowledge")
async def post_acknowledge(
    alert_id: UUID, caller: Supervisor, session: Tx, now: Now
) -> AlertAnswer:
    """Take an alert on. Whoever comes first is noted; the same again gets the same answer."""
    return AlertAnswer.model_validate(await acknowledge(session, alert_id, caller.id, now))
