"""Open a deposit point, and close one. Rounds know it from the next planning on."""

from datetime import datetime
from uuid import UUID

from core.errors import IdReused
from data.session import Session
from routing.deposit_points import store
from routing.deposit_points.deposit_point import DepositPoint, check_hours
from routing.deposit_points.errors import DepositPointNotFound


async def open_deposit_point(
    session: Session, staff_id: UUID, point: DepositPoint, body_hash: bytes, now: datetime
) -> store.StoredDepositPoint:
    """Keep a deposit point. The same body again gets the same answer.

    Other hours are another point: close the old one. Raises `InvalidField` or `IdReused`.
    """
    check_hours(point.hours)
    await store.add_deposit_point(session, staff_id, point, body_hash, now)
    known = await store.deposit_point(session, point.id)
    if known is None or known.body_hash != body_hash:
        raise IdReused("deposit point", str(point.id))
    return known


async def close_deposit_point(
    session: Session, point_id: UUID, staff_id: UUID, now: datetime
) -> store.StoredDepositPoint:
    """Have no round go there from now on; one that is closed stays so.

    Raises `DepositPointNotFound`.
    """
    await store.close(session, point_id, staff_id, now)
    known = await store.deposit_point(session, point_id)
    if known is None:
        raise DepositPointNotFound(str(point_id))
    return known
