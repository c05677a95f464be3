"""SQL of who drops out of a shift, and who works again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from data.session import Session


async def mark_absent(session: Session, agent_id: UUID, now: datetime, reason: str) -> None:
    """Record that an agent dropped out of the shift that runs now, or starts next today."""
    await session.execute(
        text(
            "UPDATE shift SET absent_since = :now, absent_reason = :reason"
            " WHERE agent_id = :agent AND absent_since IS NULL AND upper(during) > :now"
            " AND lower(during) < CAST(:now AS timestamptz) + interval '16 hours'"
        ),
        {"agent": agent_id, "now": now, "reason": reason},
    )


async def mark_present(session: Session, agent_id: UUID, now: datetime) -> None:
    """Record that an agent who dropped out works again, in the shift that is not over yet."""
    await session.execute(
        text(
            "UPDATE shift SET absent_since = NULL, absent_reason = NULL"
            " WHERE agent_id = :agent AND absent_since IS NOT NULL AND upper(during) > :now"
            " AND lower(during) < CAST(:now AS timestamptz) + interval '16 hours'"
        ),
        {"agent": agent_id, "now": now},
    )
