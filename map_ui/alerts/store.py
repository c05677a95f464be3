"""SQL of alerts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from data.alerts import PANIC
from data.session import Session, rows
from map_ui.alerts.alert import Alert

_COLUMNS = (
    "id, branch_id, kind, title, detail, agent_id, case_id, facts, raised_at, acknowledged_at,"
    " acknowledged_note"
)


async def open_alerts(
    session: Session, *, after: tuple[datetime, UUID] | None = None, limit: int
) -> list[Alert]:
    """Alerts in scope that are not cleared, newest first; those after (raised_at, id) `after`."""
    raised_at, alert_id = after or (None, None)
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM alert WHERE cleared_at IS NULL"  # noqa: S608 our own constant
        " AND (CAST(:id AS uuid) IS NULL OR (raised_at, id) < (CAST(:at AS timestamptz), :id))"
        " ORDER BY raised_at DESC, id DESC LIMIT :limit",
        at=raised_at,
        id=alert_id,
        limit=limit,
    )
    return [Alert(*r) for r in found]


async def most_pressing(session: Session, limit: int) -> list[Alert]:
    """As many of the open alerts in scope: calls for help, what nobody has taken on, the newest."""
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM alert WHERE cleared_at IS NULL"  # noqa: S608 our own constant
        " ORDER BY kind = :panic DESC, acknowledged_at IS NULL DESC, raised_at DESC, id DESC"
        " LIMIT :limit",
        panic=PANIC,
        limit=limit,
    )
    return [Alert(*r) for r in found]


async def acknowledge(
    session: Session, alert_id: UUID, staff_id: UUID, note: str | None, now: datetime
) -> Alert | None:
    """Keep who has taken an alert on, and with what note, unless somebody has; the alert as it is
    then."""
    await session.execute(
        text(
            "UPDATE alert SET acknowledged_at = :now, acknowledged_by = :staff,"
            " acknowledged_note = :note"
            " WHERE id = :alert AND acknowledged_at IS NULL"
        ),
        {"alert": alert_id, "staff": staff_id, "note": note, "now": now},
    )
    found = await rows(
        session,
        f"SELECT {_COLUMNS} FROM alert WHERE id = :alert",  # noqa: S608 our own constant
        alert=alert_id,
    )
    return Alert(*found[0]) if found else None
