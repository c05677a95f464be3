"""SQL of passwords and of the codes that replace them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from data.session import Session, rows
from data.tables.identity import PasswordCode, Staff


@dataclass(frozen=True, slots=True)
class Person:
    """Whose password it is."""

    staff_id: UUID
    branch_id: UUID
    role: str
    username: str
    full_name: str
    password_hash: str
    is_active: bool


async def person(
    session: Session, *, staff_id: UUID | None = None, username: str | None = None
) -> Person | None:
    """The member of staff with this id or user name, locked so that changes come one by one."""
    found = await rows(
        session,
        "SELECT id, branch_id, role, username, full_name, password_hash, is_active FROM staff"
        " WHERE id = CAST(:staff AS uuid) OR username = lower(CAST(:username AS text))"
        " FOR NO KEY UPDATE",
        staff=staff_id,
        username=username,
    )
    return Person(*found[0]) if found else None


async def set_password(session: Session, staff_id: UUID, password_hash: str) -> None:
    """Put a password in place of the old one; nothing is counted against it yet."""
    await session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(password_hash=password_hash, failed_sign_ins=0, locked_until=None)
    )


async def set_code(session: Session, staff_id: UUID, **values: Any) -> None:
    """Keep a code by its hash, in place of an earlier one."""
    await session.execute(
        insert(PasswordCode)
        .values(staff_id=staff_id, **values)
        .on_conflict_do_update(index_elements=["staff_id"], set_=values)
    )


async def set_codes(
    session: Session,
    branch_of: Mapping[UUID, UUID],
    hash_of: Mapping[UUID, bytes],
    *,
    issued_by: UUID,
    issued_at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a code for each of many people by its hash, in place of an earlier one."""
    new = insert(PasswordCode)
    told = {
        name: new.excluded[name]
        for name in ("branch_id", "code_hash", "issued_by", "issued_at", "expires_at")
    }
    await session.execute(
        new.on_conflict_do_update(index_elements=["staff_id"], set_=told),
        [
            {
                "staff_id": staff_id, "branch_id": branch_of[staff_id], "code_hash": code_hash,
                "issued_by": issued_by, "issued_at": issued_at, "expires_at": expires_at,
            }
            for staff_id, code_hash in hash_of.items()
        ],
    )  # fmt: skip


async def code_hash(session: Session, staff_id: UUID, now: datetime) -> bytes | None:
    """The hash of a person's code that is still good. Who handed it out knows it, so it opens
    nothing once they have left, nor while they are suspended."""
    found = await rows(
        session,
        "SELECT c.code_hash FROM password_code c JOIN staff i ON i.id = c.issued_by"
        " AND i.is_active AND i.suspended_at IS NULL"
        " WHERE c.staff_id = :staff AND c.expires_at > :now",
        staff=staff_id,
        now=now,
    )
    return bytes(found[0].code_hash) if found else None


async def drop_code(session: Session, staff_id: UUID) -> None:
    """Forget a person's code; nothing happens when there is none."""
    await session.execute(delete(PasswordCode).where(PasswordCode.staff_id == staff_id))
