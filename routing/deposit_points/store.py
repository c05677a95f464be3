"""SQL of deposit points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.geometry import LatLon
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.routing import DepositPoint as DepositPointRow
from routing.deposit_points.deposit_point import DepositPoint, OpenHours


@dataclass(frozen=True, slots=True)
class StoredDepositPoint:
    """A deposit point as it was opened; `closed_at` is None while rounds may go there."""

    point: DepositPoint
    made_at: datetime
    closed_at: datetime | None
    body_hash: bytes


_POINT = """
SELECT id, branch_id, name, kind, ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lon,
       service_s, hours, made_at, closed_at, body_hash
FROM deposit_point
"""


async def deposit_point(session: Session, point_id: UUID) -> StoredDepositPoint | None:
    """A deposit point in scope by its id."""
    found = await rows(session, f"{_POINT} WHERE id = :id", id=point_id)
    return _stored(found[0]) if found else None


async def deposit_points(
    session: Session, branch_ids: Sequence[UUID] | None = None
) -> list[StoredDepositPoint]:
    """The open deposit points in scope (all, or of these branches), by name."""
    found = await rows(
        session,
        f"{_POINT} WHERE closed_at IS NULL AND (CAST(:branches AS uuid[]) IS NULL"
        " OR branch_id = ANY(CAST(:branches AS uuid[]))) ORDER BY name, id",
        branches=None if branch_ids is None else [str(branch) for branch in branch_ids],
    )
    return [_stored(r) for r in found]


async def add_deposit_point(
    session: Session, staff_id: UUID, point: DepositPoint, body_hash: bytes, now: datetime
) -> None:
    """Store a deposit point; nothing changes where its id is taken."""
    hours = [
        {"weekday": h.weekday, "from": h.from_time.isoformat(), "to": h.to_time.isoformat()}
        for h in point.hours
    ]
    await session.execute(
        insert(DepositPointRow)
        .values(
            id=point.id, branch_id=point.branch_id, name=point.name, kind=point.kind,
            location=ewkt_point(point.position), service_s=point.service_s, hours=hours,
            made_at=now, made_by=staff_id, body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )  # fmt: skip


async def close(session: Session, point_id: UUID, staff_id: UUID, now: datetime) -> None:
    """Close a deposit point that is open."""
    await rows(
        session,
        "UPDATE deposit_point SET closed_at = :now, closed_by = :staff"
        " WHERE id = :id AND closed_at IS NULL RETURNING id",
        id=point_id,
        staff=staff_id,
        now=now,
    )


def _stored(r: Any) -> StoredDepositPoint:
    hours = tuple(
        OpenHours(h["weekday"], time.fromisoformat(h["from"]), time.fromisoformat(h["to"]))
        for h in r.hours
    )
    at = LatLon(r.lat, r.lon)
    point = DepositPoint(r.id, r.branch_id, r.name, r.kind, at, r.service_s, hours)
    return StoredDepositPoint(point, r.made_at, r.closed_at, bytes(r.body_hash))
