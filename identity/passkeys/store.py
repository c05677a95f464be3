"""SQL of passkeys. Only a transaction that sees everything sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update

from data.session import Session, rows
from data.tables.identity import Passkey as Row
from identity.passkeys.passkey import Passkey, PasskeyLine


async def add(session: Session, **values: Any) -> None:
    """Keep a person's key."""
    await session.execute(insert(Row).values(**values))


async def key_of(session: Session, credential_id: bytes) -> Passkey | None:
    """A key, locked so that its count goes up one by one."""
    found = await rows(
        session,
        "SELECT id, staff_id, credential_id, public_key, sign_count FROM passkey"
        " WHERE credential_id = :credential FOR UPDATE",
        credential=credential_id,
    )
    return Passkey(*found[0]) if found else None


async def credentials_of(session: Session, staff_id: UUID) -> list[bytes]:
    """Which keys a person has."""
    found = await rows(
        session, "SELECT credential_id FROM passkey WHERE staff_id = :staff", staff=staff_id
    )
    return [bytes(row.credential_id) for row in found]


async def keys_of(session: Session, staff_id: UUID) -> Sequence[PasskeyLine]:
    """A person's keys, the newest first."""
    found = await rows(
        session,
        "SELECT id, name, added_at, last_used_at FROM passkey WHERE staff_id = :staff"
        " ORDER BY added_at DESC, id",
        staff=staff_id,
    )
    return [PasskeyLine(*row) for row in found]


async def note_use(session: Session, key_id: UUID, sign_count: int, now: datetime) -> None:
    """Keep when a key was used, and its count."""
    await session.execute(
        update(Row).where(Row.id == key_id).values(sign_count=sign_count, last_used_at=now)
    )


async def drop(session: Session, staff_id: UUID, *, only: UUID | None = None) -> bool:
    """Forget a person's keys, or `only` one of them: whether there was any."""
    which = [Row.staff_id == staff_id] + ([Row.id == only] if only else [])
    dropped = await session.execute(delete(Row).where(*which).returning(Row.id))
    return bool(dropped.all())
