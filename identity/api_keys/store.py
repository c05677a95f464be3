"""SQL of the keys of other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, or_, update

from data.session import Session, rows
from data.tables.access import ApiKey
from identity.permission import Permission

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """Whose a key is, what it may do, and until when."""

    staff_id: UUID
    branch_id: UUID
    name: str
    permissions: tuple[Permission, ...]
    expires_at: datetime


async def add(
    session: Session, key_id: UUID, its: Key, key_hash: bytes, issued_by: UUID, now: datetime
) -> None:
    """Store a key by its hash."""
    await session.execute(
        insert(ApiKey).values(
            id=key_id, branch_id=its.branch_id, staff_id=its.staff_id, name=its.name,
            permissions=sorted(its.permissions), key_hash=key_hash, issued_by=issued_by,
            issued_at=now, expires_at=its.expires_at,
        )
    )  # fmt: skip


async def lock_in_use(session: Session, key_id: UUID, now: datetime) -> Key | None:
    """A key in scope that still opens something and whose end nobody has asked for, locked."""
    found = await rows(
        session,
        "SELECT staff_id, branch_id, name, permissions, expires_at FROM api_key WHERE id = :id"
        " AND ended_at IS NULL AND expires_at > :now FOR UPDATE",
        id=key_id,
        now=now,
    )
    if not found:
        return None
    r = found[0]
    return Key(r.staff_id, r.branch_id, r.name, tuple(map(Permission, r.permissions)), r.expires_at)


async def end(session: Session, key_id: UUID, at: datetime) -> datetime | None:
    """End a key in scope then, or when it was to end if that is earlier: when it is. None when
    there is none such."""
    found = await rows(
        session,
        "UPDATE api_key SET ended_at = least(ended_at, :at) WHERE id = :id RETURNING ended_at",
        id=key_id,
        at=at,
    )
    if not found:
        return None
    ended_at: datetime = found[0].ended_at
    return ended_at


async def note_use(session: Session, key_hash: bytes, address: str, now: datetime) -> None:
    """Keep when and from where a key was used, to the minute: in between nothing is written."""
    await session.execute(
        update(ApiKey)
        .where(
            ApiKey.key_hash == key_hash,
            or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - USE_NOTED_EVERY),
        )
        .values(last_used_at=now, last_used_from=address)
    )


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as it is listed."""

    id: UUID
    branch: str
    name: str
    permissions: tuple[Permission, ...]
    issued_by: UUID
    issued_by_name: str | None
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None


async def listed(session: Session, *, limit: int) -> Sequence[KeyLine]:
    """The newest keys in scope, those that ended too, with who issued each: without the name if
    that is somebody out of scope."""
    found = await rows(
        session,
        "SELECT k.id, b.code, k.name, k.permissions, k.issued_by, s.full_name,"
        " k.issued_at, k.expires_at, k.ended_at, k.last_used_at, k.last_used_from"
        " FROM api_key k JOIN branch b ON b.id = k.branch_id"
        " LEFT JOIN staff s ON s.id = k.issued_by ORDER BY k.id DESC LIMIT :limit",
        limit=limit,
    )
    return [
        KeyLine(r.id, r.code, r.name, tuple(map(Permission, r.permissions)), *r[4:]) for r in found
    ]


@dataclass(frozen=True, slots=True)
class EndingKey:
    """A key that ends before long, and the days of the last reminder of it."""

    id: UUID
    branch_id: UUID
    name: str
    issued_at: datetime
    expires_at: datetime
    reminded_days: int | None


async def lock_ending(session: Session, now: datetime, *, within_days: int) -> Sequence[EndingKey]:
    """The keys that still open something and end within so many days, locked."""
    found = await rows(
        session,
        "SELECT id, branch_id, name, issued_at, expires_at, reminded_days FROM api_key"
        " WHERE ended_at IS NULL AND expires_at > :now"
        " AND expires_at <= :now + make_interval(days => :days) ORDER BY id FOR UPDATE",
        now=now,
        days=within_days,
    )
    return [EndingKey(*r) for r in found]


async def note_reminder(session: Session, key_id: UUID, days: int) -> None:
    """Keep that administrators were reminded so many days ahead."""
    await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(reminded_days=days))


async def alerted_in_vain(
    session: Session, kind: str, now: datetime
) -> Sequence[tuple[UUID, UUID]]:
    """The keys, with their branches, that have ended and whose alert of a kind is still open."""
    found = await rows(
        session,
        "SELECT k.id, k.branch_id FROM api_key k JOIN alert a ON a.subject_id = k.id"
        " AND a.kind = :kind AND a.cleared_at IS NULL"
        " WHERE k.ended_at IS NOT NULL OR k.expires_at <= :now",
        kind=kind,
        now=now,
    )
    return [(r.id, r.branch_id) for r in found]
