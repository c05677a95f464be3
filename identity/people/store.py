"""SQL of people: who they are and how their accounts stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from core.geometry import LatLon
from data.columns import ewkt_point
from data.sealed import opened
from data.session import Session, rows, savepoint
from data.tables.identity import AgentProfile, Staff
from identity.errors import NameTaken
from identity.people.person import Person, State, Wanted
from identity.permission import Permission
from identity.role import Role
from identity.secret import NO_PASSWORD

_PEOPLE = """
    SELECT s.id, s.branch_id, b.code AS branch_code, b.name AS branch, s.role, s.composed_role,
           s.full_name, s.username, s.phone,
           CASE WHEN NOT s.is_active THEN 'left'
                WHEN s.suspended_at IS NOT NULL THEN 'suspended'
                WHEN s.locked_until > :now THEN 'locked'
                WHEN s.password_hash = :no_password THEN 'no_password'
                ELSE 'working' END AS state,
           s.locked_until, s.suspended_at,
           (SELECT max(t.issued_at) FROM access_token t WHERE t.staff_id = s.id) AS seen_at,
           NOT EXISTS (SELECT FROM account_opening o
                       WHERE o.staff_id = s.id AND o.vouched_at IS NULL) AS is_vouched,
           r.permissions
    FROM staff s JOIN branch b ON b.id = s.branch_id
    LEFT JOIN composed_role r ON r.name = s.composed_role
    WHERE s.role <> 'integration'
"""
_FITS = """
    (CAST(:q AS text) IS NULL
        OR strpos(lower(p.full_name), lower(:q)) > 0 OR strpos(p.username, lower(:q)) > 0)
    AND (CAST(:role AS text) IS NULL OR p.composed_role = :role
        OR p.role = :role AND p.composed_role IS NULL)
    AND (CAST(:branch AS text) IS NULL OR p.branch_code = :branch)
    AND (CAST(:state AS text) IS NULL OR p.state = :state)
    AND (CAST(:is_vouched AS boolean) IS NULL
        OR p.is_vouched = :is_vouched AND (p.is_vouched OR p.state <> 'left'))
"""


async def people(
    session: Session,
    wanted: Wanted,
    now: datetime,
    *,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Person]:
    """The people in scope that fit, by name, from behind `after` on. Programs are none."""
    after_name, after_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT p.* FROM ({_PEOPLE}) p WHERE {_FITS}
          AND (CAST(:after_name AS text) IS NULL
               OR (p.full_name, p.id) > (:after_name, CAST(:after_id AS uuid)))
        ORDER BY p.full_name, p.id LIMIT :limit
        """,  # noqa: S608 our own constants
        **_parameters(wanted, now),
        after_name=after_name,
        after_id=after_id,
        limit=limit,
    )
    return [_person(r) for r in found]


async def count(session: Session, wanted: Wanted, now: datetime) -> int:
    """How many people in scope fit."""
    found = await rows(
        session,
        f"SELECT count(*) AS people FROM ({_PEOPLE}) p WHERE {_FITS}",  # noqa: S608 our constants
        **_parameters(wanted, now),
    )
    number: int = found[0].people
    return number


async def person(session: Session, staff_id: UUID, now: datetime) -> Person | None:
    """A person in scope."""
    found = await rows(
        session,
        f"{_PEOPLE} AND s.id = :staff",
        staff=staff_id,
        now=now,
        no_password=NO_PASSWORD,
    )
    return _person(found[0]) if found else None


async def count_by_role(session: Session) -> Mapping[str, int]:
    """How many people in scope who have not left have each role, composed ones by their names."""
    found = await rows(
        session,
        "SELECT coalesce(composed_role, role) AS role, count(*) AS people FROM staff"
        " WHERE is_active GROUP BY 1",
    )
    return {r.role: r.people for r in found}


async def count_by_branch(session: Session) -> Mapping[UUID, int]:
    """How many people who have not left each branch in scope has, itself."""
    found = await rows(
        session,
        "SELECT branch_id, count(*) AS people FROM staff WHERE is_active AND role <> 'integration'"
        " GROUP BY branch_id",
    )
    return {r.branch_id: r.people for r in found}


async def branch_parents(session: Session) -> Mapping[UUID, UUID | None]:
    """Each branch in scope with the one above it."""
    found = await rows(session, "SELECT id, parent_id FROM branch")
    return {r.id: r.parent_id for r in found}


async def suspend(session: Session, staff_id: UUID, at: datetime) -> datetime | None:
    """Keep a person in scope out: since when. None when there is none who has not left."""
    found = await rows(
        session,
        "UPDATE staff SET suspended_at = coalesce(suspended_at, :at) WHERE id = :staff"
        " AND is_active AND role <> 'integration' RETURNING suspended_at",
        staff=staff_id,
        at=at,
    )
    return found[0].suspended_at if found else None


async def let_in(session: Session, staff_id: UUID) -> bool:
    """Let a person in scope in again, and forget wrong passwords; False when there is none who has
    not left."""
    changed = await session.execute(
        update(Staff)
        .where(Staff.id == staff_id, Staff.is_active, Staff.role != "integration")
        .values(suspended_at=None, failed_sign_ins=0, locked_until=None)
        .returning(Staff.id)
    )
    return changed.scalar_one_or_none() is not None


async def usernames_taken(session: Session, usernames: Sequence[str]) -> set[str]:
    """Which of these user names somebody has, in whatever branch: the session sees everything."""
    found = await rows(
        session,
        "SELECT username FROM staff WHERE username = ANY (CAST(:names AS text[]))",
        names=list(usernames),
    )
    return {r.username for r in found}


async def add_people(session: Session, people: Sequence[Mapping[str, Any]]) -> None:
    """Store many members of staff at once; the keys are columns. Raises `NameTaken`."""
    try:
        async with savepoint(session):
            await session.execute(insert(Staff), list(people))
    except IntegrityError as refused:
        if "uq_staff_username" not in str(refused.orig):
            raise
        raise NameTaken("username", "of a row") from None


async def add_profiles(
    session: Session, profiles: Sequence[tuple[LatLon, Mapping[str, Any]]]
) -> None:
    """Store homes of many agents, and what else planning must know; the keys are columns."""
    if profiles:
        told = [{"home": ewkt_point(home), **values} for home, values in profiles]
        await session.execute(insert(AgentProfile), told)


def _parameters(wanted: Wanted, now: datetime) -> dict[str, Any]:
    return {
        "q": wanted.q, "role": wanted.role, "branch": wanted.branch_code,
        "state": wanted.state and wanted.state.value, "is_vouched": wanted.is_vouched, "now": now,
        "no_password": NO_PASSWORD,
    }  # fmt: skip


def _person(r: Any) -> Person:
    granted = None if r.permissions is None else tuple(map(Permission, r.permissions))
    return Person(
        r.id, r.branch_id, r.branch_code, r.branch, Role(r.role), r.composed_role, r.full_name,
        r.username, opened(r.phone), State(r.state), r.locked_until, r.suspended_at, r.seen_at,
        r.is_vouched, granted,
    )  # fmt: skip
