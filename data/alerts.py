"""Alerts: one table and one mechanism, for every part. Raised once, acknowledged, cleared."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from data.live import announce
from data.queue import enqueue
from data.session import Session, rows
from data.tables.platform import Alert

PANIC = "panic"
"""The kind of an agent's call for help: no alert goes before it, and it is pushed at once."""

PUSH_AFTER_S = 60
"""How long an alert may wait for somebody at the screen, where no policy says ``push_after_s``."""


async def raise_alert(
    session: Session,
    branch_id: UUID,
    kind: str,
    subject_id: UUID,
    title: str,
    detail: str,
    now: datetime,
    *,
    agent_id: UUID | None = None,
    case_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> bool:
    """Raise an alert, tell the screens, and have it pushed unless somebody acknowledges it soon.

    False when one of this kind about it is open already.
    """
    alert_id = new_id()
    added = await session.execute(
        insert(Alert)
        .values(
            id=alert_id,
            branch_id=branch_id,
            kind=kind,
            subject_id=subject_id,
            agent_id=agent_id,
            case_id=case_id,
            title=title,
            detail=detail,
            facts=facts or {},
            raised_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=["kind", "subject_id"], index_where=text("cleared_at IS NULL")
        )
        .returning(Alert.id)
    )
    if added.scalar_one_or_none() is None:
        return False
    shown = {
        "id": str(alert_id),
        "kind": kind,
        "title": title,
        "detail": detail,
        "agent_id": str(agent_id) if agent_id else None,
        "case_id": str(case_id) if case_id else None,
        "raised_at": now.isoformat(),
        "acknowledged_at": None,
    }
    announce(session, branch_id, "alert", shown)
    # Who is to be told is found out by the job: this transaction may not see them.
    after_s = 0.0 if kind == PANIC else await _push_after_s(session, branch_id)
    await enqueue(session, "push.tell", after_s=after_s, lane="push", alert_id=str(alert_id))
    return True


async def _push_after_s(session: Session, branch_id: UUID) -> float:
    found = await rows(
        session, "SELECT branch_policy(:branch, 'push_after_s') AS value", branch=branch_id
    )
    value = found[0].value
    return float(PUSH_AFTER_S if value is None else value)


async def clear_alert(
    session: Session, branch_id: UUID, kind: str, subject_id: UUID, now: datetime
) -> bool:
    """Clear the open alert of a kind about a subject, and tell the screens; whether there was."""
    cleared = await session.execute(
        update(Alert)
        .where(Alert.kind == kind, Alert.subject_id == subject_id, Alert.cleared_at.is_(None))
        .values(cleared_at=now)
        .returning(Alert.id)
    )
    alert_id = cleared.scalar_one_or_none()
    if alert_id is None:
        return False
    announce(session, branch_id, "alert_cleared", {"id": str(alert_id)})
    return True
