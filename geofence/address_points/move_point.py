"""Move an address's point: the next version, its fence, and who is to be looked at again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.clock import day_range, local_day
from data.session import Session
from geofence.address_points import store
from geofence.address_points.point import SOURCE, KnownAddress, PointVersion, radius_of
from geofence.place import RADII_PER_SIGMA
from tracking.store import mark_dirty


async def move_point(
    session: Session, known: KnownAddress, point: PointVersion, now: datetime
) -> None:
    """Have `point` hold from now on for an address whose fence is locked."""
    is_source = point.origin == SOURCE
    radius_m = RADII_PER_SIGMA * point.sigma_m if is_source else radius_of(point.sigma_m)
    await store.add_version(session, known, point, radius_m, now)


async def look_again(
    session: Session,
    branch_id: UUID,
    zone: str,
    address_ids: Sequence[UUID],
    now: datetime,
    *,
    also: Sequence[UUID] = (),
) -> None:
    """Have today's visits recomputed of those who work these addresses, or were there, and `also`.

    Earlier days stay as they were decided: they were decided by what was known then.
    """
    begin, _ = day_range(local_day(now, zone), zone)
    agents = {*await store.agents_at(session, list(address_ids), now), *also}
    for agent_id in sorted(agents):
        await mark_dirty(session, branch_id, agent_id, begin, now)
