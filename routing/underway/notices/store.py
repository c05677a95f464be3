"""SQL of notices, and of the shifts that they change."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from data.session import Session, rows, savepoint
from data.tables.underway import DayNotice
from routing.underway.notices.notice import Kind, NewNotice, Notice, RunningShift


async def notice(session: Session, notice_id: UUID) -> Notice | None:
    """A notice in scope."""
    found = await rows(
        session,
        "SELECT id, agent_id, kind, at, facts, reason, told_at, told_by, body_hash"
        " FROM day_notice WHERE id = :id",
        id=notice_id,
    )
    if not found:
        return None
    r = found[0]
    return Notice(
        r.id, r.agent_id, Kind(r.kind), r.at, r.facts, r.reason, r.told_at, r.told_by,
        bytes(r.body_hash),
    )  # fmt: skip


async def add(
    session: Session,
    branch_id: UUID,
    day: date,
    new: NewNotice,
    facts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Take a notice down; False when its id is taken."""
    try:
        async with savepoint(session):
            await session.execute(
                insert(DayNotice).values(
                    id=new.id,
                    branch_id=branch_id,
                    agent_id=new.agent_id,
                    day=day,
                    kind=new.kind.value,
                    at=new.at,
                    facts=dict(facts),
                    reason=new.reason,
                    told_at=now,
                    told_by=new.told_by,
                    body_hash=new.body_hash,
                )
            )
    except IntegrityError:
        return False
    return True


async def running_shift(session: Session, agent_id: UUID, now: datetime) -> RunningShift | None:
    """The agent's shift that runs now or is still to come on the branch's working day; locked."""
    found = await rows(
        session,
        """
        SELECT s.id, s.branch_id, b.zone, lower(s.during) AS starts_at, upper(s.during) AS ends_at
        FROM shift s JOIN branch b ON b.id = s.branch_id
        WHERE s.agent_id = :agent AND s.absent_since IS NULL AND upper(s.during) > :now
          AND (lower(s.during) AT TIME ZONE b.zone)::date
              <= (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date
        ORDER BY lower(s.during) LIMIT 1 FOR UPDATE OF s
        """,
        agent=agent_id,
        now=now,
    )
    return RunningShift(*found[0]) if found else None


async def end_shift(session: Session, shift_id: UUID, at: datetime) -> None:
    """Let a shift end at another time."""
    await rows(
        session,
        "UPDATE shift SET during = tstzrange(lower(during), :at) WHERE id = :id RETURNING 1",
        id=shift_id,
        at=at,
    )
