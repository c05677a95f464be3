"""Draw the premises of a customer, or go back to the circle around the address."""

from datetime import datetime
from uuid import UUID

from data.session import Session
from geofence.address_points import store as points
from geofence.address_points.errors import AddressNotFound
from geofence.address_points.move_point import look_again, move_point
from geofence.address_points.point import DRAWN, PointVersion, radius_of
from geofence.polygon import Polygon, centroid
from geofence.shapes import store
from geofence.shapes.errors import AddressUnknown, NoShape
from geofence.shapes.shape import AddressToShape, sigma_of


async def draw_shape(
    session: Session, staff_id: UUID, address_id: UUID, polygon: Polygon, now: datetime
) -> AddressToShape:
    """Have a polygon be an address's fence. The same again changes nothing.

    An address that was not on the map gets the polygon's middle as its point. Raises
    `AddressUnknown`.
    """
    await points.lock_fence(session, address_id)
    address = await _address(session, address_id)
    if address.polygon != polygon:
        await apply_shape(session, staff_id, address, polygon, "drawn", now)
        await look_again(session, address.branch_id, address.zone, [address_id], now)
    return await _address(session, address_id)


async def remove_shape(
    session: Session, staff_id: UUID, address_id: UUID, now: datetime
) -> AddressToShape:
    """Have the circle around its point be an address's fence again.

    Raises `AddressUnknown`, or `NoShape` when it is one already.
    """
    await points.lock_fence(session, address_id)
    address = await _address(session, address_id)
    if address.polygon is None or address.fence_id is None:
        raise NoShape(str(address_id))
    await store.set_shape(
        session, address.branch_id, address.fence_id, None, "removed", staff_id, now
    )
    await look_again(session, address.branch_id, address.zone, [address_id], now)
    return await _address(session, address_id)


async def apply_shape(
    session: Session,
    staff_id: UUID,
    address: AddressToShape,
    polygon: Polygon,
    origin: str,
    now: datetime,
) -> None:
    """Store a polygon for an address, and a fence where there was none."""
    if address.fence_id is None:
        await _place(session, staff_id, address, polygon, now)
        address = await _address(session, address.address_id)
    assert address.fence_id is not None
    await store.set_shape(
        session, address.branch_id, address.fence_id, polygon, origin, staff_id, now
    )


async def _place(
    session: Session, staff_id: UUID, address: AddressToShape, polygon: Polygon, now: datetime
) -> None:
    middle, sigma_m = centroid(polygon), sigma_of(polygon)
    added = await points.add_fence(
        session, address.branch_id, address.address_id, middle, radius_of(sigma_m)
    )
    known = await points.known_address(session, address.address_id)
    if known is None:
        raise AddressNotFound(str(address.address_id))
    if added:
        point = PointVersion(1, DRAWN, middle, sigma_m, (), now, staff_id, None, None)
        await move_point(session, known, point, now)


async def _address(session: Session, address_id: UUID) -> AddressToShape:
    found = await store.addresses_named(session, "address_id", [str(address_id)])
    if not found[str(address_id)]:
        raise AddressUnknown(str(address_id))
    return found[str(address_id)][0]
