"""SQL of fences, check-ins and visits."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from core.geometry import METRES_PER_DEGREE, LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.geofence import CheckIn, CheckOut, Visit
from geofence.detect import DetectedVisit
from geofence.fence import Fence
from geofence.ping_window import PingWindow, ping_window
from geofence.place import ManualCheckIn
from geofence.revision import KnownVisit, Revision
from geofence.verdict import Level, Reason, Verdict

if TYPE_CHECKING:
    from geofence import check_in as check_in_use
    from geofence import check_out as check_out_use


@dataclass(frozen=True, slots=True)
class CaseWithFence:
    """Where a case is to be visited; `fence` is None while its address is not on the map."""

    branch_id: UUID
    fence: Fence | None


@dataclass(frozen=True, slots=True)
class StoredCheckIn:
    """A check-in as stored, with the hash of the body that made it."""

    id: UUID
    branch_id: UUID
    case_id: UUID
    device_time: datetime
    server_time: datetime
    distance_m: float | None
    verdict: Verdict
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckOut:
    """A check-out as stored, with the hash of the body that made it."""

    check_out: "check_out_use.CheckOut"
    body_hash: bytes


async def case_with_fence(session: Session, case_id: UUID) -> CaseWithFence | None:
    """A case in scope and its fence."""
    found = await rows(
        session,
        """
        SELECT c.branch_id, f.id, f.lat, f.lon, f.radius_m
        FROM case_file c LEFT JOIN fence f ON f.address_id = c.address_id WHERE c.id = :case
        """,
        case=case_id,
    )
    if not found:
        return None
    r = found[0]
    fence = Fence(r.id, LatLon(r.lat, r.lon), r.radius_m) if r.id else None
    return CaseWithFence(r.branch_id, fence)


async def check_in(session: Session, check_in_id: UUID) -> StoredCheckIn | None:
    """A check-in in scope by its id."""
    row = await session.scalar(select(CheckIn).where(CheckIn.id == check_in_id))
    if row is None:
        return None
    reasons = tuple(Reason(**reason) for reason in row.reasons)
    return StoredCheckIn(
        row.id, row.branch_id, row.case_id, row.device_time, row.server_time, row.distance_m,
        Verdict(Level(row.verdict), reasons), row.body_hash,
    )  # fmt: skip


async def add_check_in(
    session: Session,
    branch_id: UUID,
    agent_id: UUID,
    report: "check_in_use.CheckInReport",
    taken: "check_in_use.CheckIn",
) -> bool:
    """Store a check-in. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(CheckIn)
        .values(
            id=taken.id,
            branch_id=branch_id,
            agent_id=agent_id,
            case_id=taken.case_id,
            device_time=taken.device_time,
            server_time=taken.server_time,
            fix=report.fix.as_json() if report.fix else None,
            distance_m=taken.distance_m,
            reason=report.reason,
            verdict=taken.verdict.level.value,
            reasons=reasons_json(taken.verdict),
            body_hash=report.body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(CheckIn.id)
    )
    return added.scalar_one_or_none() is not None


async def check_out(session: Session, check_out_id: UUID) -> StoredCheckOut | None:
    """A check-out in scope by its id."""
    from geofence.check_out import CheckOut as Answer

    found = await rows(
        session,
        """
        SELECT o.id, o.check_in_id, o.device_time, o.server_time, o.body_hash,
               extract(epoch FROM o.device_time - i.device_time)::float AS stayed_s
        FROM check_out o JOIN check_in i ON i.id = o.check_in_id WHERE o.id = :id
        """,
        id=check_out_id,
    )
    if not found:
        return None
    r = found[0]
    answer = Answer(r.id, r.check_in_id, r.device_time, r.server_time, r.stayed_s)
    return StoredCheckOut(answer, bytes(r.body_hash))


async def add_check_out(
    session: Session,
    branch_id: UUID,
    agent_id: UUID,
    report: "check_out_use.CheckOutReport",
    left: "check_out_use.CheckOut",
) -> bool:
    """Store a check-out. False when its check-in has one already."""
    added = await session.execute(
        insert(CheckOut)
        .values(
            id=left.id,
            branch_id=branch_id,
            agent_id=agent_id,
            check_in_id=left.check_in_id,
            device_time=left.device_time,
            server_time=left.server_time,
            fix=report.fix.as_json() if report.fix else None,
            outcome=report.outcome.value,
            note=report.note,
            body_hash=report.body_hash,
        )
        .on_conflict_do_nothing()
        .returning(CheckOut.id)
    )
    return added.scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class DirtyAgent:
    """An agent whose visits wait to be recomputed from `since` on."""

    agent_id: UUID
    branch_id: UUID
    zone: str
    since: datetime
    marks: int


async def lock_dirty_agent(session: Session) -> DirtyAgent | None:
    """The agent who has waited longest and whom no other worker has, until the transaction ends.

    The lock is an advisory one: a lock on the row would make the ingest wait for us.
    """
    found = await rows(
        session,
        "SELECT d.agent_id, d.branch_id, b.zone, d.dirty_from, d.marks"
        " FROM agent_dirty d JOIN branch b ON b.id = d.branch_id ORDER BY d.marked_at LIMIT 64",
    )
    for r in found:
        if await session.scalar(
            select(func.pg_try_advisory_xact_lock(func.hashtextextended(str(r.agent_id), 0)))
        ):
            return DirtyAgent(*r)
    return None


async def settle(session: Session, done: DirtyAgent) -> bool:
    """Take an agent off the list, unless more has come in since it was read."""
    settled = await session.execute(
        text("DELETE FROM agent_dirty WHERE agent_id = :agent AND marks = :marks RETURNING 1"),
        {"agent": done.agent_id, "marks": done.marks},
    )
    return settled.first() is not None


async def last_ping_at(session: Session, agent_id: UUID) -> datetime | None:
    """When the agent's newest ping was captured."""
    found = await rows(
        session, "SELECT captured_at FROM agent_position WHERE agent_id = :agent", agent=agent_id
    )
    return found[0].captured_at if found else None


async def pings_between(
    session: Session, agent_id: UUID, begin: datetime, end: datetime
) -> PingWindow:
    """An agent's pings captured in [begin, end)."""
    found = await rows(
        session,
        """
        SELECT coalesce(array_agg(extract(epoch FROM captured_at)::float8), '{}') AS t_s,
               coalesce(array_agg(lat), '{}') AS lat, coalesce(array_agg(lon), '{}') AS lon,
               coalesce(array_agg(coalesce(accuracy_m, 'NaN')::float8), '{}') AS accuracy_m,
               coalesce(array_agg(is_mock), '{}') AS mock
        FROM ping WHERE agent_id = :agent AND captured_at >= :begin AND captured_at < :end
        """,
        agent=agent_id,
        begin=begin,
        end=end,
    )
    r = found[0]
    t_s, lat, lon, accuracy_m = (np.array(c, float) for c in (r.t_s, r.lat, r.lon, r.accuracy_m))
    return ping_window(t_s, lat, lon, accuracy_m, np.array(r.mock, bool))


NEIGHBOR_M = 150.0
"""How far a noisy fix may put an agent from the right door: beyond, no neighbor competes."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an agent could make visits on a day.

    `fences` are those of the agent's cases and of every customer within `NEIGHBOR_M` of them: who
    lives next door must be a candidate too. `planned` are fences of today's round; `cases` gives
    the open cases of each fence.
    """

    fences: tuple[Fence, ...]
    planned: frozenset[UUID]
    cases: dict[UUID, tuple[UUID, ...]]


async def ground_of(session: Session, agent_id: UUID, day: date) -> Ground:
    """The candidate fences of an agent on a day, with their cases."""
    found = await rows(
        session,
        """
        WITH planned AS (
            SELECT s.case_id FROM round r JOIN stop s ON s.round_id = r.id
            WHERE r.agent_id = :agent AND r.day = :day AND r.replaced_at IS NULL
        ), own AS (
            SELECT case_id FROM assignment WHERE agent_id = :agent AND upper_inf(during)
            UNION SELECT case_id FROM planned
            UNION SELECT case_id FROM check_in WHERE agent_id = :agent
                AND device_time > CAST(:day AS date) - 1 AND device_time < CAST(:day AS date) + 2
        ), near AS (
            SELECT DISTINCT n.id FROM own JOIN case_file c ON c.id = own.case_id
            JOIN fence f ON f.address_id = c.address_id
            JOIN fence n ON n.lat BETWEEN f.lat - :near_deg AND f.lat + :near_deg
                AND n.lon BETWEEN f.lon - :near_deg / cos(radians(f.lat))
                              AND f.lon + :near_deg / cos(radians(f.lat))
        )
        SELECT f.id, f.lat, f.lon, f.radius_m,
               coalesce(array_agg(c.id ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL), '{}')
                   AS cases,
               coalesce(bool_or(c.id IN (SELECT case_id FROM planned)), false) AS planned
        FROM near JOIN fence f ON f.id = near.id
        LEFT JOIN case_file c ON c.address_id = f.address_id AND c.closed_at IS NULL
        GROUP BY f.id
        """,
        agent=agent_id,
        day=day,
        near_deg=NEIGHBOR_M / METRES_PER_DEGREE,
    )
    return Ground(
        tuple(Fence(r.id, LatLon(r.lat, r.lon), r.radius_m) for r in found),
        frozenset(r.id for r in found if r.planned),
        {r.id: tuple(r.cases) for r in found},
    )


async def check_ins_between(
    session: Session, agent_id: UUID, begin: datetime, end: datetime
) -> list[ManualCheckIn]:
    """An agent's check-ins in [begin, end), as the detector takes them."""
    found = await rows(
        session,
        "SELECT f.id, extract(epoch FROM i.device_time)::float8 AS at_s FROM check_in i"
        " JOIN case_file c ON c.id = i.case_id JOIN fence f ON f.address_id = c.address_id"
        " WHERE i.agent_id = :agent AND i.device_time >= :begin AND i.device_time < :end",
        agent=agent_id,
        begin=begin,
        end=end,
    )
    return [ManualCheckIn(r.id, r.at_s) for r in found]


async def current_visits(session: Session, agent_id: UUID, day: date) -> list[KnownVisit]:
    """The visits of an agent's day as they stand."""
    found = await rows(
        session,
        "SELECT id, fence_ids, extract(epoch FROM began_at)::float8 AS began_at,"
        " extract(epoch FROM ended_at)::float8 AS ended_at, is_closed, verdict, version"
        " FROM visit WHERE agent_id = :agent AND day = :day AND replaced_at IS NULL",
        agent=agent_id,
        day=day,
    )
    return [
        KnownVisit(r.id, tuple(r.fence_ids), r.began_at, r.ended_at, r.is_closed,
                   Level(r.verdict), r.version)
        for r in found
    ]  # fmt: skip


async def write_revision(
    session: Session,
    agent: DirtyAgent,
    day: date,
    revision: Revision,
    ground: Ground,
    now: datetime,
) -> None:
    """Store new versions of visits and put the old ones aside; nothing is edited."""
    replaced = [str(v.id) for v in revision.outdated]
    if replaced:
        await session.execute(
            text("UPDATE visit SET replaced_at = :now WHERE id = ANY(CAST(:ids AS uuid[]))"),
            {"now": now, "ids": replaced},
        )
    for change in revision.changes:
        visit = change.visit
        await session.execute(
            insert(Visit).values(
                id=new_id(),
                branch_id=agent.branch_id,
                agent_id=agent.agent_id,
                day=day,
                fence_ids=list(visit.fence_ids),
                case_ids=cases_of(visit, ground),
                began_at=datetime.fromtimestamp(visit.began_at, UTC),
                ended_at=datetime.fromtimestamp(visit.ended_at, UTC),
                is_closed=visit.closed,
                location=ewkt_point(visit.position),
                uncertainty_m=visit.uncertainty_m,
                ping_count=visit.pings,
                posterior=visit.posterior,
                verdict=visit.verdict.level.value,
                reasons=reasons_json(visit.verdict),
                version=change.version,
                decided_at=now,
                change=change.why,
            )
        )


def cases_of(visit: DetectedVisit, ground: Ground) -> list[UUID]:
    """The open cases at a visit's place."""
    return [case for fence in visit.fence_ids for case in ground.cases.get(fence, ())]


def reasons_json(verdict: Verdict) -> list[dict[str, Any]]:
    """The reasons of a verdict as their JSON column holds them."""
    return [{"code": r.code, "text": r.text, "facts": dict(r.facts)} for r in verdict.reasons]
