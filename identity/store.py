"""SQL of people, branches, devices and who carries them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from core.clock import local_day
from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows, savepoint
from data.tables.identity import (
    AgentProfile,
    Branch,
    Device,
    Staff,
)
from identity.errors import AgentNotFound, BranchNotFound, NameTaken


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
class FieldProfile:
    """What planning must know of an agent beside home and vehicle.

    `round_start` and `round_end` are ``home``, ``branch`` or ``open``; `max_distance_m` is how far
    the agent rides in a shift at most, None for any distance.
    """

    skills: tuple[str, ...]
    languages: tuple[str, ...]
    round_start: str
    round_end: str
    max_distance_m: int | None


async def add(session: Session, table: Any, taken: dict[str, str], **values: Any) -> None:
    """Insert a row; a uniqueness refusal becomes `NameTaken` by constraint (`taken`: to field)."""
    try:
        async with savepoint(session):
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


async def vehicle(session: Session, agent_id: UUID) -> str:
    """How an agent in scope gets about. Raises `AgentNotFound`."""
    found = await rows(
        session, "SELECT vehicle FROM agent_profile WHERE agent_id = :agent", agent=agent_id
    )
    if not found:
        raise AgentNotFound(str(agent_id))
    its: str = found[0].vehicle
    return its


async def set_vehicle(session: Session, agent_id: UUID, its: str) -> None:
    """Set how an agent in scope gets about. Raises `AgentNotFound`."""
    found = await rows(
        session,
        "UPDATE agent_profile SET vehicle = :its WHERE agent_id = :agent RETURNING agent_id",
        its=its,
        agent=agent_id,
    )
    if not found:
        raise AgentNotFound(str(agent_id))


async def add_device(session: Session, **values: Any) -> None:
    """Store an enrolled device."""
    await session.execute(insert(Device).values(**values))


async def field_profile(session: Session, agent_id: UUID) -> FieldProfile:
    """What planning knows of an agent in scope. Raises `AgentNotFound`."""
    found = await rows(
        session,
        "SELECT skills, languages, round_start, round_end, max_distance_m FROM agent_profile"
        " WHERE agent_id = :agent",
        agent=agent_id,
    )
    if not found:
        raise AgentNotFound(str(agent_id))
    r = found[0]
    return FieldProfile(
        tuple(r.skills), tuple(r.languages), r.round_start, r.round_end, r.max_distance_m
    )


async def set_field_profile(session: Session, agent_id: UUID, its: FieldProfile) -> None:
    """Change what planning knows of an agent in scope. Raises `AgentNotFound`."""
    found = await rows(
        session,
        "UPDATE agent_profile SET skills = :skills, languages = :languages, round_start = :start,"
        " round_end = :end, max_distance_m = :metres WHERE agent_id = :agent RETURNING agent_id",
        agent=agent_id, skills=list(its.skills), languages=list(its.languages),
        start=its.round_start, end=its.round_end, metres=its.max_distance_m,
    )  # fmt: skip
    if not found:
        raise AgentNotFound(str(agent_id))


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


async def today_at(session: Session, branch_id: UUID, now: datetime) -> date:
    """The day that it is at a branch in scope."""
    return local_day(now, next(b.zone for b in await branches(session) if b.id == branch_id))


async def branch(session: Session, branch_id: UUID) -> BranchView:
    """A branch in scope by its id."""
    return next(b for b in await branches(session) if b.id == branch_id)


async def branch_by_code(session: Session, code: str) -> BranchView:
    """The branch in scope with this code. Raises `BranchNotFound`."""
    for branch in await branches(session):
        if branch.code == code:
            return branch
    raise BranchNotFound(code)


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


@dataclass(frozen=True, slots=True)
class Carried:
    """A sign-on that another has ended; `agent` and `device` are what people call them."""

    agent_id: UUID
    agent: str
    device_id: UUID
    device: str


async def sign_on(
    session: Session, branch_id: UUID, device_id: UUID, agent_id: UUID, now: datetime
) -> list[Carried]:
    """Put an agent on a device from now on; the sign-ons of either that this ends.

    The same pair again changes nothing. Sign-ons at the same moment come one after the other:
    each locks device, agent and sign-ons in this order, so none waits for another in a circle.
    """
    who = {"device": device_id, "agent": agent_id}
    for lock in (
        "SELECT id FROM device WHERE id = :device FOR NO KEY UPDATE",
        "SELECT agent_id FROM agent_profile WHERE agent_id = :agent FOR NO KEY UPDATE",
    ):
        await session.execute(text(lock), who)
    open_ = await rows(
        session,
        "SELECT device_id = :device AND agent_id = :agent AS same FROM sign_on"
        " WHERE upper_inf(during) AND (device_id = :device OR agent_id = :agent)"
        " ORDER BY id FOR UPDATE",
        **who,
    )
    if open_ and open_[0].same:
        return []
    ended = await rows(
        session,
        """
        UPDATE sign_on s
        SET during = tstzrange(lower(during), greatest(CAST(:now AS timestamptz), lower(during)))
        WHERE upper_inf(during) AND (device_id = :device OR agent_id = :agent)
        RETURNING agent_id,
            coalesce((SELECT full_name FROM staff WHERE id = s.agent_id), 'Another agent') AS agent,
            device_id,
            coalesce((SELECT label FROM device WHERE id = s.device_id), 'another phone') AS device
        """,
        now=now,
        **who,
    )
    # A request that was sent earlier may come to its turn later; it begins where the former ended.
    await session.execute(
        text(
            "INSERT INTO sign_on (id, branch_id, device_id, agent_id, during)"
            " SELECT :id, :branch, :device, :agent, tstzrange(greatest("
            " CAST(:now AS timestamptz), max(upper(during))), NULL)"
            " FROM sign_on WHERE device_id = :device OR agent_id = :agent"
        ),
        {"id": new_id(), "branch": branch_id, "now": now, **who},
    )
    return [Carried(*r) for r in ended]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """An agent whose shift runs, and when their phone was last heard."""

    shift_until: datetime
    heard_at: datetime | None


async def on_duty(
    session: Session, agent_id: UUID, device_id: UUID, now: datetime
) -> OnDuty | None:
    """The agent's running shift, with when the device was last heard; None out of shift."""
    found = await rows(
        session,
        "SELECT upper(s.during) AS shift_until, h.heard_at FROM shift s"
        " LEFT JOIN device_health h ON h.device_id = :device"
        " WHERE s.agent_id = :agent AND s.during @> CAST(:now AS timestamptz)"
        " AND (s.absent_since IS NULL OR s.absent_since > :now)",
        agent=agent_id,
        device=device_id,
        now=now,
    )
    return OnDuty(*found[0]) if found else None


async def staff_name(session: Session, staff_id: UUID) -> str:
    """What a member of staff in scope is called."""
    (found,) = await rows(session, "SELECT full_name FROM staff WHERE id = :id", id=staff_id)
    name: str = found.full_name
    return name


async def over_take_overs(session: Session, kind: str, now: datetime) -> Sequence[Any]:
    """The open alerts of this kind that are over, as (branch_id, subject_id): the former holder's
    shift has ended; or somebody acknowledged it, and the two no longer share a phone."""
    return await rows(
        session,
        """
        SELECT a.branch_id, a.subject_id FROM alert a
        WHERE a.kind = :kind AND a.cleared_at IS NULL AND (
            NOT EXISTS (SELECT FROM shift s WHERE s.agent_id = a.agent_id
                        AND s.during @> CAST(:now AS timestamptz)
                        AND (s.absent_since IS NULL OR s.absent_since > :now))
            OR a.acknowledged_at IS NOT NULL AND (
                EXISTS (SELECT FROM sign_on o
                        WHERE o.agent_id = a.agent_id AND upper_inf(o.during))
                OR NOT EXISTS (SELECT FROM sign_on o WHERE upper_inf(o.during)
                               AND o.device_id = CAST(a.facts->>'device_id' AS uuid)
                               AND o.agent_id = CAST(a.facts->>'to_agent_id' AS uuid))))
        """,
        kind=kind,
        now=now,
    )


async def sign_off(session: Session, agent_id: UUID, now: datetime) -> None:
    """End an agent's sign-on; nothing happens when there is none."""
    await session.execute(
        text(
            "UPDATE sign_on SET during = tstzrange(lower(during), greatest(:now, lower(during)))"
            " WHERE agent_id = :agent AND upper_inf(during)"
        ),
        {"agent": agent_id, "now": now},
    )
