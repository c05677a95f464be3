"""Acknowledge an alert: somebody has taken it on."""

from datetime import datetime
from uuid import UUID

from data.live import announce
from data.session import Session
from map_ui.alerts import store
from map_ui.alerts.alert import Alert
from map_ui.errors import AlertNotFound


async def acknowledge(
    session: Session, alert_id: UUID, staff_id: UUID, now: datetime, note: str | None = None
) -> Alert:
    """The alert, acknowledged by whoever came first, with their note on what they do about it.

    Raises `AlertNotFound`.
    """
    alert = await store.acknowledge(session, alert_id, staff_id, note, now)
    if alert is None:
        raise AlertNotFound(str(alert_id))
    announce(session, alert.branch_id, "alert", alert.view())
    return alert
