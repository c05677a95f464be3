"""Restore a point that an address has had: undo what was accepted, pinned or drawn."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from data.session import Session
from geofence.address_points import store
from geofence.address_points.errors import AddressNotFound, PointMoved, VersionNotFound
from geofence.address_points.move_point import look_again, move_point
from geofence.address_points.point import KnownAddress


async def address_points(session: Session, address_id: UUID) -> KnownAddress:
    """An address with all the points that it has had. Raises `AddressNotFound`."""
    known = await store.known_address(session, address_id)
    if known is None:
        raise AddressNotFound(str(address_id))
    return known


async def restore_point(
    session: Session,
    staff_id: UUID,
    address_id: UUID,
    version: int,
    seen_version: int,
    note: str | None,
    now: datetime,
) -> KnownAddress:
    """Have the point of `version` (0: the source's) hold again, as a new version.

    `seen_version` is the one that held when the supervisor looked. Raises `AddressNotFound`,
    `PointMoved` or `VersionNotFound`.
    """
    await store.lock_fence(session, address_id)
    known = await address_points(session, address_id)
    if known.version != seen_version:
        raise PointMoved(str(address_id), seen_version, known.version)
    former = known.find(version)
    if former is None:
        raise VersionNotFound(str(address_id), version)
    again = replace(former, version=known.version + 1, made_by=staff_id, note=note)
    await move_point(session, known, again, now)
    await look_again(session, known.branch_id, known.zone, [address_id], now)
    return await address_points(session, address_id)
