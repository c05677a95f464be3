"""SQL of fences, check-ins and check-outs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.geometry import LatLon
from data.session import Session, rows
from data.tables.geofence import CheckIn, CheckOut
from geofence.fence import Fence
from geofence.polygon import Polygon
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
        SELECT c.branch_id, f.id, f.lat, f.lon, f.radius_m,
               ST_AsBinary(f.polygon, 'NDR') AS polygon, f.sole_witness
        FROM case_file c LEFT JOIN fence f ON f.address_id = c.address_id WHERE c.id = :case
        """,
        case=case_id,
    )
    if not found:
        return None
    r = found[0]
    return CaseWithFence(r.branch_id, fence_of(r) if r.id else None)


def fence_of(r: Any) -> Fence:
    """The fence of a row with its columns, `polygon` as well-known binary."""
    polygon = None if r.polygon is None else Polygon(bytes(r.polygon))
    return Fence(r.id, LatLon(r.lat, r.lon), r.radius_m, polygon, r.sole_witness)


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
            reason_code=report.reason_code.value if report.reason_code else None,
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
        SELECT o.id, o.check_in_id, o.device_time, o.server_time, o.body_hash, o.distance_m,
               o.reasons,
               extract(epoch FROM o.device_time - i.device_time)::float AS stayed_s
        FROM check_out o JOIN check_in i ON i.id = o.check_in_id WHERE o.id = :id
        """,
        id=check_out_id,
    )
    if not found:
        return None
    r = found[0]
    reasons = tuple(Reason(**reason) for reason in r.reasons)
    answer = Answer(
        r.id, r.check_in_id, r.device_time, r.server_time, r.stayed_s, r.distance_m, reasons
    )
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
            distance_m=left.distance_m,
            reasons=listed(left.reasons),
            body_hash=report.body_hash,
        )
        .on_conflict_do_nothing()
        .returning(CheckOut.id)
    )
    return added.scalar_one_or_none() is not None


def reasons_json(verdict: Verdict) -> list[dict[str, Any]]:
    """The reasons of a verdict as their JSON column holds them."""
    return listed(verdict.reasons)


def listed(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as a JSON column holds them."""
    return [{"code": r.code, "text": r.text, "facts": dict(r.facts)} for r in reasons]


async def taken_down(session: Session, fact_ids: list[UUID]) -> set[UUID]:
    """Which of these ids are of facts from phones that are stored already, whatever they tell."""
    found = await rows(
        session,
        "SELECT id FROM address_pin WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM center_meeting WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM check_in WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM check_out WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM deposit WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM disposition WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM panic WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM promise WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM receipt WHERE id = ANY(:ids)"
        " UNION ALL SELECT id FROM root_cause WHERE id = ANY(:ids)",
        ids=fact_ids,
    )
    return {row.id for row in found}
