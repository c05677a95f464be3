"""What a person should decide on."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant
from map_ui.alerts.acknowledge import acknowledge
from map_ui.alerts.severity import Severity
from map_ui.alerts.store import open_alerts

router = Router(prefix="/v1", tags=["supervisors: alerts"])


class AlertAnswer(Answer):
    """Something a person should decide on; `severity` 3 is a call for help, 2 is urgent. `facts`
    are those of its kind, for programs."""

    id: UUID
    kind: str
    title: Told
    detail: Told
    severity: Severity
    agent_id: UUID | None
    case_id: UUID | None
    facts: dict[str, Any]
    raised_at: Instant
    acknowledged_at: Instant | None
    acknowledged_note: str | None


class AcknowledgeBody(Body):
    """What whoever takes an alert on says about it, for the others to read."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class AlertsAnswer(Answer):
    """A page of alerts; `next_cursor` is None on the last one."""

    items: list[AlertAnswer]
    next_cursor: str | None


@router.get("/alerts")
async def get_alerts(
    caller: Supervisor, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> AlertsAnswer:
    """Alerts of the caller's branches that are not cleared, the newest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await open_alerts(session, after=after, limit=limit + 1)
    page, next_cursor = cut(found, limit, lambda alert: (alert.raised_at, alert.id))
    items = [AlertAnswer.model_validate(alert) for alert in page]
    return AlertsAnswer(items=items, next_cursor=next_cursor)


@router.post("/alerts/{alert_id}/acknowledge")
async def post_acknowledge(
    alert_id: UUID,
    caller: Supervisor,
    session: Tx,
    now: Now,
    body: AcknowledgeBody | None = None,
) -> AlertAnswer:
    """Take an alert on, with a note or without. Whoever comes first is kept; the same again gets
    the same answer."""
    note = body.note if body else None
    return AlertAnswer.model_validate(await acknowledge(session, alert_id, caller.id, now, note))
