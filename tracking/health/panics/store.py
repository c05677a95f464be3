"""SQL of calls for help and how they ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.fix import Fix
from core.geometry import LatLon
from data.sealed import opened
from data.session import Session, rows
from data.tables.tracking import Panic


@dataclass(frozen=True, slots=True)
class StoredPanic:
    """A call for help as it was first taken down."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    device_time: datetime
    server_time: datetime
    body_hash: bytes


async def panic(session: Session, panic_id: UUID) -> StoredPanic | None:
    """The call for help in scope with this id."""
    found = await rows(
        session,
        "SELECT id, branch_id, agent_id, device_time, server_time, body_hash FROM panic"
        " WHERE id = :id",
        id=panic_id,
    )
    return StoredPanic(*found[0]) if found else None


async def add_panic(
    session: Session, stored: StoredPanic, source: str, fix: Fix | None, note: str | None
) -> bool:
    """Keep a call for help; False when its id is taken."""
    added = await session.execute(
        insert(Panic)
        .values(
            id=stored.id,
            branch_id=stored.branch_id,
            agent_id=stored.agent_id,
            device_time=stored.device_time,
            server_time=stored.server_time,
            source=source,
            lat=fix.position.lat if fix else None,
            lon=fix.position.lon if fix else None,
            accuracy_m=fix.accuracy_m if fix else None,
            note=note,
            body_hash=stored.body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(Panic.id)
    )
    return added.scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls for help, the number to call back, and the newest position that we know of."""

    branch_id: UUID
    name: str
    phone: str | None
    fix: Fix | None


async def caller(session: Session, agent_id: UUID) -> Caller:
    """What helps to help an agent in scope."""
    (r,) = await rows(
        session,
        "SELECT a.branch_id, s.full_name, s.phone, p.captured_at, p.accuracy_m, p.is_mock,"
        " ST_Y(p.location::geometry) AS lat, ST_X(p.location::geometry) AS lon"
        " FROM agent_profile a JOIN staff s ON s.id = a.agent_id"
        " LEFT JOIN agent_position p ON p.agent_id = a.agent_id WHERE a.agent_id = :agent",
        agent=agent_id,
    )
    fix = None
    if r.captured_at is not None:
        fix = Fix(LatLon(r.lat, r.lon), r.accuracy_m, r.captured_at, r.is_mock)
    return Caller(r.branch_id, r.full_name, opened(r.phone), fix)


async def open_panics(session: Session, agent_id: UUID) -> list[UUID]:
    """An agent's calls for help that nobody has ended."""
    found = await rows(
        session,
        "SELECT id FROM panic p WHERE agent_id = :agent"
        " AND NOT EXISTS (SELECT FROM panic_end e WHERE e.panic_id = p.id) ORDER BY id",
        agent=agent_id,
    )
    return [r.id for r in found]


@dataclass(frozen=True, slots=True)
class PanicEnd:
    """How a call for help ended: when, who saw to it, and what was done."""

    panic_id: UUID
    ended_at: datetime
    ended_by: UUID
    note: str


async def add_ends(
    session: Session, agent_id: UUID, staff_id: UUID, note: str, now: datetime
) -> list[UUID]:
    """End all open calls for help of an agent; which those were."""
    found = await rows(
        session,
        "INSERT INTO panic_end (panic_id, branch_id, ended_at, ended_by, note)"
        " SELECT id, branch_id, :now, :staff, :note FROM panic p WHERE agent_id = :agent"
        " AND NOT EXISTS (SELECT FROM panic_end e WHERE e.panic_id = p.id) ORDER BY id"
        " ON CONFLICT DO NOTHING RETURNING panic_id",
        agent=agent_id,
        staff=staff_id,
        note=note,
        now=now,
    )
    return [r.panic_id for r in found]


async def end_of(session: Session, panic_id: UUID) -> PanicEnd:
    """How a call for help that was ended did."""
    (found,) = await rows(
        session,
        "SELECT panic_id, ended_at, ended_by, note FROM panic_end WHERE panic_id = :id",
        id=panic_id,
    )
    return PanicEnd(*found)
