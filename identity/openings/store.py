"""SQL of openings of accounts. Migration 0074 has the rules as functions of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.session import Session, rows
from identity.permission import GRANTS, Permission
from identity.role import Role


@dataclass(frozen=True, slots=True)
class Account:
    """A person's or a program's account, as far as opening it needs to know."""

    role: Role
    permissions: frozenset[Permission]


async def account(session: Session, staff_id: UUID) -> Account | None:
    """An account of a person; None when there is none in scope."""
    found = await rows(
        session,
        "SELECT s.role, r.permissions FROM staff s LEFT JOIN composed_role r"
        " ON r.name = s.composed_role WHERE s.id = :staff AND s.role <> 'integration'",
        staff=staff_id,
    )
    if not found:
        return None
    role = Role(found[0].role)
    composed = found[0].permissions
    granted = GRANTS[role] if composed is None else frozenset(map(Permission, composed))
    return Account(role, granted)


@dataclass(frozen=True, slots=True)
class Named:
    """A person who was looked for by user name."""

    id: UUID
    branch_id: UUID
    full_name: str


async def named(session: Session, username: str) -> Named | None:
    """The person with this user name; None when there is none who has not left."""
    found = await rows(
        session,
        "SELECT id, branch_id, full_name FROM staff WHERE username = :username AND is_active"
        " AND role <> 'integration'",
        username=username,
    )
    return Named(*found[0]) if found else None


async def note(
    session: Session, staff_ids: Sequence[UUID], how: str, by: UUID, now: datetime
) -> None:
    """Keep that `by` alone has opened these accounts; agents' do not count, nor does anybody's
    while there is no other administrator who could vouch for them."""
    await rows(
        session,
        "SELECT note_openings(CAST(:staff AS uuid[]), :how, :by, :now)",
        staff=list(staff_ids),
        how=how,
        by=by,
        now=now,
    )


async def have_one_hand(session: Session, one: UUID, other: UUID) -> bool:
    """Whether two accounts are the same, or somebody alone has opened the one or both of them."""
    found = await rows(session, "SELECT hands(:one) && hands(:other)", one=one, other=other)
    return bool(found[0][0])


async def is_a_hand(session: Session, staff_id: UUID, *, of: UUID) -> bool:
    """Whether somebody may be behind an account: it is theirs, or they alone have opened it."""
    found = await rows(session, "SELECT :staff = ANY (hands(:of))", staff=staff_id, of=of)
    return bool(found[0][0])


async def vouch(session: Session, staff_id: UUID, by: UUID | None, now: datetime) -> bool:
    """Let an account count as its own person's; False when `by` has a hand in it themselves.
    `by` is None for who runs the server."""
    found = await rows(
        session,
        "SELECT vouch(:staff, CAST(:by AS uuid), :now)",
        staff=staff_id,
        by=by,
        now=now,
    )
    return bool(found[0][0])


@dataclass(frozen=True, slots=True)
class Opening:
    """That somebody alone has opened an account, with who has vouched for it since."""

    how: str
    opened_by: UUID
    opened_by_name: str | None
    opened_at: datetime
    vouched_at: datetime | None
    vouched_by: UUID | None
    vouched_by_name: str | None


async def openings(session: Session, staff_id: UUID) -> Sequence[Opening]:
    """How the account of a person in scope was opened, the newest first. Names of other branches'
    people are None."""
    found = await rows(
        session,
        """
        SELECT o.how, o.opened_by, by.full_name, o.opened_at, o.vouched_at, o.vouched_by,
               v.full_name
        FROM account_opening o LEFT JOIN staff by ON by.id = o.opened_by
        LEFT JOIN staff v ON v.id = o.vouched_by
        WHERE o.staff_id = :staff ORDER BY o.opened_at DESC, o.id
        """,
        staff=staff_id,
    )
    return [Opening(*r) for r in found]
