"""SQL of composed roles and of changes of roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update

from data.session import Session, rows
from data.tables.access import ComposedRole, RoleChange
from identity.permission import Permission


@dataclass(frozen=True, slots=True)
class ComposedLine:
    """A role that an administrator has composed."""

    name: str
    permissions: tuple[Permission, ...]
    composed_at: datetime


async def all_composed(session: Session) -> Sequence[ComposedLine]:
    """All composed roles by name."""
    found = await rows(
        session, "SELECT name, permissions, composed_at FROM composed_role ORDER BY name"
    )
    return [
        ComposedLine(r.name, tuple(map(Permission, r.permissions)), r.composed_at) for r in found
    ]


async def composed(session: Session, name: str) -> frozenset[Permission] | None:
    """What a composed role grants; None when there is none of this name."""
    found = await rows(session, "SELECT permissions FROM composed_role WHERE name = :n", n=name)
    return frozenset(map(Permission, found[0].permissions)) if found else None


async def add(
    session: Session, name: str, permissions: Sequence[str], composed_by: UUID, now: datetime
) -> None:
    """Store a composed role."""
    await session.execute(
        insert(ComposedRole).values(
            name=name, permissions=list(permissions), composed_by=composed_by, composed_at=now
        )
    )


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, as far as a change of role needs to know."""

    branch_id: UUID
    role: str


async def person(session: Session, staff_id: UUID) -> Person | None:
    """A member of staff in scope."""
    found = await rows(session, "SELECT branch_id, role FROM staff WHERE id = :id", id=staff_id)
    return Person(*found[0]) if found else None


async def add_change(
    session: Session,
    change_id: UUID,
    branch_id: UUID,
    staff_id: UUID,
    role: str,
    composed_role: str | None,
    reason: str,
    proposed_by: UUID,
    now: datetime,
) -> None:
    """Store a proposed change; one of the same person that was open is overtaken."""
    await session.execute(
        update(RoleChange)
        .where(RoleChange.staff_id == staff_id, RoleChange.decision.is_(None))
        .values(decision="overtaken", decided_at=now)
    )
    await session.execute(
        insert(RoleChange).values(
            id=change_id, branch_id=branch_id, staff_id=staff_id, role=role,
            composed_role=composed_role, reason=reason, proposed_by=proposed_by, proposed_at=now,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A change of role, as far as deciding it needs to know."""

    staff_id: UUID
    proposed_by: UUID
    decision: str | None
    decided_by: UUID | None


async def lock_change(session: Session, change_id: UUID) -> Change | None:
    """A change in scope, locked until it is decided."""
    found = await rows(
        session,
        "SELECT staff_id, proposed_by, decision, decided_by FROM role_change WHERE id = :id"
        " FOR UPDATE",
        id=change_id,
    )
    return Change(*found[0]) if found else None


async def decide(
    session: Session, change_id: UUID, decision: str, decided_by: UUID, now: datetime
) -> None:
    """Keep a decision. The database itself gives the person the role of an accepted one."""
    await session.execute(
        update(RoleChange)
        .where(RoleChange.id == change_id)
        .values(decision=decision, decided_by=decided_by, decided_at=now)
    )


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of role that waits for a decision, with what the person is now."""

    id: UUID
    staff_id: UUID
    person: str
    branch: str
    role_now: str
    composed_role_now: str | None
    role: str
    composed_role: str | None
    reason: str
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: datetime


async def open_changes(session: Session) -> Sequence[ChangeLine]:
    """The changes in scope that wait for a decision, the oldest first."""
    found = await rows(
        session,
        """
        SELECT c.id, c.staff_id, s.full_name, b.code, s.role AS role_now, s.composed_role AS
               composed_now, c.role, c.composed_role, c.reason, c.proposed_by,
               coalesce(p.full_name, 'Somebody of another branch'), c.proposed_at
        FROM role_change c JOIN staff s ON s.id = c.staff_id JOIN branch b ON b.id = c.branch_id
        LEFT JOIN staff p ON p.id = c.proposed_by
        WHERE c.decision IS NULL ORDER BY c.id LIMIT 500
        """,
    )
    return [ChangeLine(*r) for r in found]
