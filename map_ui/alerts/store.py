"""SQL of alerts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from data.session import Session, rows
from map_ui.alerts.alert import Alert

_COLUMNS = "id, branch_id, kind, title, detail, agent_id, case_id, raised_at, acknowledged_at"


async def open_alerts(session: Session, *, after: UUID | None = None, limit: int) -> list[Alert]:
    """Alerts in scope that are not cleared, the newest first; those after `after` in this order."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM alert WHERE cleared_at IS NULL"  # noqa: S608 our own constant
        " AND (CAST(:after AS uuid) IS NULL OR id < :after) ORDER BY id DESC LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [Alert(*r) for r in found]


async def acknowledge(
    session: Session, alert_id: UUID, staff_id: UUID, now: datetime
) -> Alert | None:
    """Note who has taken an alert on, unless somebody has; the alert as it is then."""
    await session.execute(
        text(
            "UPDATE alert SET acknowledged_at = :now, acknowledged_by = :staff"
            " WHERE id = :alert AND acknowledged_at IS NULL"
        ),
        {"alert": alert_id, "staff": staff_id, "now": now},
    )
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM alert WHERE id = :alert",  # noqa: S608 our own constant
        alert=alert_id,
    )
    return Alert(*found[0]) if found else None
