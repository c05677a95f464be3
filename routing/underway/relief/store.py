"""SQL of rounds that take over visits."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from core.geometry import LatLon
from data.session import Session, rows
from routing.underway.relief.field import Idle


async def hold_visits(session: Session, case_ids: Sequence[UUID]) -> None:
    """Let nobody check in at the customers of these cases until the transaction ends.

    A check-in that came first has been committed by then; one that comes now waits, and is taken
    down on what is decided. The lock is that of contacts (`lock_customer_of` of the gate).
    """
    await rows(
        session,
        "SELECT pg_advisory_xact_lock(hashtextextended(customer_id::text, 16))"
        " FROM (SELECT DISTINCT customer_id FROM case_file"
        " WHERE id = ANY (CAST(:cases AS uuid[])) ORDER BY customer_id) AS held",
        cases=[str(case) for case in case_ids],
    )


async def idle(session: Session, branch_id: UUID, day: date, now: datetime) -> list[Idle]:
    """The agents of a branch who are at work on `day` and have no round, where last seen or at
    home."""
    found = await rows(
        session,
        """
        SELECT a.agent_id, ST_Y(coalesce(p.location, a.home)::geometry) AS lat,
               ST_X(coalesce(p.location, a.home)::geometry) AS lon
        FROM shift s JOIN agent_profile a USING (agent_id) JOIN branch b ON b.id = a.branch_id
        LEFT JOIN agent_position p ON p.agent_id = a.agent_id AND p.captured_at >= lower(s.during)
        WHERE a.branch_id = :branch AND (lower(s.during) AT TIME ZONE b.zone)::date = :day
          AND upper(s.during) > :now AND s.absent_since IS NULL
          AND NOT EXISTS (SELECT FROM round r WHERE r.agent_id = a.agent_id AND r.day = :day
                          AND r.replaced_at IS NULL)
        ORDER BY a.agent_id
        """,
        branch=branch_id,
        day=day,
        now=now,
    )
    return [Idle(r.agent_id, LatLon(r.lat, r.lon)) for r in found]
