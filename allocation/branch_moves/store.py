"""SQL of people who go to another branch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, null, update

from core.clock import day_range
from data.session import Session, rows
from data.tables.access import BranchMove


@dataclass(frozen=True, slots=True)
class NewMove:
    """A move as it is asked for."""

    id: UUID
    branch_id: UUID
    staff_id: UUID
    to_branch_id: UUID
    on_day: date
    reason: str
    cases_to: UUID | None
    asked_by: UUID


@dataclass(frozen=True, slots=True)
class Move:
    """A move with the names of branches and people; `zone` is the former branch's."""

    id: UUID
    staff_id: UUID
    person: str
    branch_id: UUID
    from_branch: str
    to_branch: str
    to_name: str
    zone: str
    on_day: date
    reason: str
    cases_to: UUID | None
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    state: str
    settled_at: datetime | None
    cleared: Mapping[str, Any] | None


_MOVE = """
SELECT m.id, m.staff_id, s.full_name, m.branch_id, f.code, t.code AS to_code, t.name, f.zone,
       m.on_day, m.reason, m.cases_to, m.asked_by, coalesce(a.full_name, '') AS asker, m.asked_at,
       m.state, m.settled_at, m.cleared
FROM branch_move m JOIN staff s ON s.id = m.staff_id JOIN branch f ON f.id = m.branch_id
JOIN branch t ON t.id = m.to_branch_id LEFT JOIN staff a ON a.id = m.asked_by
"""


async def add(session: Session, new: NewMove, now: datetime) -> None:
    """Store a move that is still to be carried out."""
    await session.execute(
        insert(BranchMove).values(
            id=new.id, branch_id=new.branch_id, staff_id=new.staff_id,
            to_branch_id=new.to_branch_id, on_day=new.on_day, reason=new.reason,
            cases_to=new.cases_to, asked_by=new.asked_by, asked_at=now, state="planned",
        )
    )  # fmt: skip


async def move(session: Session, move_id: UUID) -> Move | None:
    """A move in scope."""
    found = await rows(session, f"{_MOVE} WHERE m.id = :id", id=move_id)
    return Move(*found[0]) if found else None


async def planned_of(session: Session, staff_id: UUID) -> Move | None:
    """The move of a person that is still to come."""
    found = await rows(
        session, f"{_MOVE} WHERE m.staff_id = :staff AND m.state = 'planned'", staff=staff_id
    )
    return Move(*found[0]) if found else None


async def planned(session: Session) -> Sequence[Move]:
    """The moves in scope that are still to come, the first day first; at most 500."""
    found = await rows(
        session, f"{_MOVE} WHERE m.state = 'planned' ORDER BY m.on_day, m.id LIMIT 500"
    )
    return [Move(*r) for r in found]


async def lock_planned(session: Session, move_id: UUID) -> Move | None:
    """A move that is still to come, locked until it is settled."""
    found = await rows(
        session, f"{_MOVE} WHERE m.id = :id AND m.state = 'planned' FOR UPDATE OF m", id=move_id
    )
    return Move(*found[0]) if found else None


async def due(session: Session, now: datetime) -> Sequence[UUID]:
    """The moves in scope whose day has come at the former branch, the oldest first."""
    found = await rows(
        session,
        "SELECT m.id FROM branch_move m JOIN branch b ON b.id = m.branch_id"
        " WHERE m.state = 'planned' AND m.on_day <= (CAST(:now AS timestamptz) AT TIME ZONE b.zone)"
        "::date ORDER BY m.id",
        now=now,
    )
    return [r.id for r in found]


async def cash_moved_on(session: Session, agent_id: UUID, day: date, zone: str) -> bool:
    """Whether an agent's cash has moved on a day: taken, handed over or paid in."""
    begins, ends = day_range(day, zone)  # what came later is of later days
    found = await rows(
        session,
        """
        SELECT EXISTS (SELECT FROM receipt WHERE agent_id = :agent
                       AND received_at >= :begins AND received_at < :ends)
            OR EXISTS (SELECT FROM deposit WHERE agent_id = :agent
                       AND greatest(posted_at, acknowledged_at, rejected_at) >= :begins)
            OR EXISTS (SELECT FROM cash_handover WHERE :agent IN (giver_id, taker_id)
                       AND settled_at >= :begins AND settled_at < :ends AND state = 'accepted')
            AS moved
        """,
        agent=agent_id,
        begins=begins,
        ends=ends,
    )
    return bool(found[0].moved)


async def settle(
    session: Session,
    move_id: UUID,
    state: str,
    by: UUID | None,
    cleared: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """Keep that a move is done or withdrawn. Of one that is done the database itself changes where
    the person belongs."""
    await session.execute(
        update(BranchMove)
        .where(BranchMove.id == move_id)
        .values(
            state=state, settled_at=now, settled_by=by,
            cleared=null() if cleared is None else dict(cleared),
        )
    )  # fmt: skip
