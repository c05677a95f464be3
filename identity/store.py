"""SQL of people, branches, devices and sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.identity import (
    AccessToken,
    AgentProfile,
    Branch,
    Device,
    Shift,
    SignOn,
    Staff,
)
from identity.errors import AgentNotFound, CarriedByAnother, NameTaken
from identity.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch as callers see it. `location` is None until someone sets it."""

    id: UUID
    code: str
    name: str
    zone: str
    country: str
    currency: str
    location: LatLon | None


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """What sign-in needs to know of a staff account."""

    staff_id: UUID
    password_hash: str
    is_active: bool
    failed_sign_ins: int
    locked_until: datetime | None


async def add(session: Session, table: Any, taken: dict[str, str], **values: Any) -> None:
    """Insert a row; a uniqueness refusal becomes `NameTaken` by constraint (`taken`: to field)."""
    try:
        async with session.begin_nested():
            await session.execute(insert(table).values(**values))
    except IntegrityError as refused:
        for constraint, field in taken.items():
            if constraint in str(refused.orig):
                raise NameTaken(field, str(values[field])) from None
        raise


async def add_branch(session: Session, location: LatLon | None, **values: Any) -> None:
    """Store a branch. Raises `NameTaken`."""
    at = ewkt_point(location) if location else None
    await add(session, Branch, {"uq_branch_code": "code"}, location=at, **values)


async def add_staff(session: Session, **values: Any) -> None:
    """Store a member of staff. Raises `NameTaken`."""
    await add(session, Staff, {"uq_staff_username": "username"}, **values)


async def add_agent_profile(session: Session, home: LatLon, **values: Any) -> None:
    """Store what planning must know of an agent."""
    await session.execute(insert(AgentProfile).values(home=ewkt_point(home), **values))


async def add_device(session: Session, **values: Any) -> None:
    """Store an enrolled device."""
    await session.execute(insert(Device).values(**values))


async def set_shift(
    session: Session,
    branch_id: UUID,
    agent_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    break_from: datetime | None,
    break_s: int,
) -> UUID:
    """Put a shift in place of those it overlaps; returns its id."""
    during = Range(starts_at, ends_at)
    await rows(
        session,
        "DELETE FROM shift WHERE agent_id = :agent AND during && tstzrange(:starts, :ends)"
        " RETURNING id",
        agent=agent_id,
        starts=starts_at,
        ends=ends_at,
    )
    shift_id = new_id()
    await session.execute(
        insert(Shift).values(
            id=shift_id,
            branch_id=branch_id,
            agent_id=agent_id,
            during=during,
            break_from=break_from,
            break_s=break_s,
        )
    )
    return shift_id


async def mark_absent(session: Session, agent_id: UUID, now: datetime, reason: str) -> None:
    """Record that an agent dropped out of the shift that runs now, or starts next today."""
    await session.execute(
        text(
            "UPDATE shift SET absent_since = :now, absent_reason = :reason"
            " WHERE agent_id = :agent AND absent_since IS NULL AND upper(during) > :now"
            " AND lower(during) < CAST(:now AS timestamptz) + interval '16 hours'"
        ),
        {"agent": agent_id, "now": now, "reason": reason},
    )


async def agent_branch(session: Session, agent_id: UUID) -> UUID:
    """The branch of an agent in scope. Raises `AgentNotFound`."""
    found = await rows(
        session, "SELECT branch_id FROM agent_profile WHERE agent_id = :agent", agent=agent_id
    )
    if not found:
        raise AgentNotFound(str(agent_id))
    branch_id: UUID = found[0].branch_id
    return branch_id


async def branch_of_agent(session: Session, agent_id: UUID) -> BranchView:
    """The branch that an agent in scope works for. Raises `AgentNotFound`."""
    branch_id = await agent_branch(session, agent_id)
    return next(b for b in await branches(session) if b.id == branch_id)


async def branch_by_code(session: Session, code: str) -> BranchView | None:
    """The branch in scope with this code."""
    return next((b for b in await branches(session) if b.code == code), None)


async def branches(session: Session) -> Sequence[BranchView]:
    """All branches in scope, by code."""
    found = await rows(
        session,
        "SELECT id, code, name, zone, country, currency, ST_Y(location::geometry) AS lat,"
        " ST_X(location::geometry) AS lon FROM branch ORDER BY code",
    )
    return [
        BranchView(
            r.id, r.code, r.name, r.zone, r.country, r.currency,
            None if r.lat is None else LatLon(r.lat, r.lon),
        )
        for r in found
    ]  # fmt: skip


async def sign_in_record(session: Session, username: str) -> SignInRecord | None:
    """The account with this user name, locked so that wrong passwords count one by one."""
    found = await rows(
        session,
        "SELECT id, password_hash, is_active, failed_sign_ins, locked_until FROM staff"
        " WHERE username = lower(:username) FOR UPDATE",
        username=username,
    )
    return SignInRecord(*found[0]) if found else None


async def note_sign_in(
    session: Session, staff_id: UUID, failed: int, locked_until: datetime | None
) -> None:
    """Keep the count of wrong passwords, and how long they close the account."""
    await session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(failed_sign_ins=failed, locked_until=locked_until)
    )


async def add_token(session: Session, **values: Any) -> None:
    """Store a token by its hash."""
    await session.execute(insert(AccessToken).values(**values))


async def revoke_token(session: Session, token_hash: bytes, now: datetime) -> None:
    """End a token; nothing happens when it has ended."""
    await session.execute(
        update(AccessToken)
        .where(AccessToken.token_hash == token_hash, AccessToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def principal(session: Session, token_hash: bytes, now: datetime) -> Principal | None:
    """Who bears a valid token, with the branches below their own."""
    found = await rows(
        session,
        """
        WITH RECURSIVE bearer AS (
            SELECT coalesce(s.id, c.id) AS id, coalesce(s.role, 'customer') AS role,
                   coalesce(s.full_name, c.full_name) AS name,
                   coalesce(s.branch_id, c.branch_id) AS branch_id, t.device_id
            FROM access_token t
            LEFT JOIN staff s ON s.id = t.staff_id AND s.is_active
            LEFT JOIN customer c ON c.id = t.customer_id
            WHERE t.token_hash = :token AND t.revoked_at IS NULL AND t.expires_at > :now
              AND (s.id IS NOT NULL OR c.id IS NOT NULL)
        ), below(id) AS (
            SELECT branch_id FROM bearer
            UNION SELECT b.id FROM branch b JOIN below ON b.parent_id = below.id
        )
        SELECT bearer.*, (SELECT array_agg(id) FROM below) AS branch_ids FROM bearer
        """,
        token=token_hash,
        now=now,
    )
    if not found:
        return None
    r = found[0]
    return Principal(r.id, Role(r.role), r.name, r.branch_id, tuple(r.branch_ids), r.device_id)


@dataclass(frozen=True, slots=True)
class DeviceView:
    """An enrolled device that is not revoked."""

    id: UUID
    branch_id: UUID
    label: str


async def device_by_key(session: Session, key_hash: bytes) -> DeviceView | None:
    """The device in scope with this key."""
    found = await rows(
        session,
        "SELECT id, branch_id, label FROM device WHERE key_hash = :key AND revoked_at IS NULL",
        key=key_hash,
    )
    return DeviceView(*found[0]) if found else None


async def sign_on(
    session: Session, branch_id: UUID, device_id: UUID, agent_id: UUID, now: datetime
) -> None:
    """Put an agent on a device from now on. The same pair again changes nothing.

    Raises `CarriedByAnother` when either is signed on elsewhere.
    """
    open_ = await rows(
        session,
        "SELECT d.label, s.device_id = :device AND s.agent_id = :agent AS same"
        " FROM sign_on s JOIN device d ON d.id = s.device_id"
        " WHERE upper_inf(s.during) AND (s.device_id = :device OR s.agent_id = :agent)",
        device=device_id,
        agent=agent_id,
    )
    if open_ and open_[0].same:
        return
    if open_:
        raise CarriedByAnother(open_[0].label)
    try:
        async with session.begin_nested():
            await session.execute(
                insert(SignOn).values(
                    id=new_id(),
                    branch_id=branch_id,
                    device_id=device_id,
                    agent_id=agent_id,
                    during=Range(now, None),
                )
            )
    except IntegrityError:
        raise CarriedByAnother("the other device") from None


async def sign_off(session: Session, agent_id: UUID, now: datetime) -> None:
    """End an agent's sign-on; nothing happens when there is none."""
    await session.execute(
        text(
            "UPDATE sign_on SET during = tstzrange(lower(during), greatest(:now, lower(during)))"
            " WHERE agent_id = :agent AND upper_inf(during)"
        ),
        {"agent": agent_id, "now": now},
    )
