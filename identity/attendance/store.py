"""SQL of who drops out of a shift, and who works again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from data.session import Session, rows


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


@dataclass(frozen=True, slots=True)
class Missing:
    """An agent who should be at work and has not signed on to a phone."""

    agent_id: UUID
    agent: str
    branch_id: UUID
    zone: str
    begins_at: datetime
    stand_in: bool


async def missing(session: Session, now: datetime) -> list[Missing]:
    """The agents in scope who are missing by their branch's policies, and have not dropped out.

    A sign-on in the four hours before the shift counts, as does one that nobody has ended.
    """
    found = await rows(
        session,
        """
        SELECT s.agent_id, w.full_name AS agent, s.branch_id, b.zone, lower(s.during) AS begins_at,
               coalesce(branch_policy(s.branch_id, 'missing_stand_in')::boolean, false) AS stand_in
        FROM shift s JOIN branch b ON b.id = s.branch_id JOIN staff w ON w.id = s.agent_id
        WHERE s.during @> CAST(:now AS timestamptz) AND s.absent_since IS NULL AND w.is_active
          AND coalesce(branch_policy(s.branch_id, 'missing_after_min')::int, 0) > 0
          AND lower(s.during) + make_interval(
              mins => branch_policy(s.branch_id, 'missing_after_min')::int) <= :now
          AND NOT EXISTS (
              SELECT FROM sign_on o WHERE o.agent_id = s.agent_id
              AND o.during && tstzrange(lower(s.during) - interval '4 hours', :now, '[]'))
        ORDER BY s.agent_id
        """,
        now=now,
    )
    return [Missing(*r) for r in found]
