"""Draw fences around addresses."""

from datetime import datetime

from data.session import Session
from geofence.address_points import store as points
from geofence.fence import GeocodeQuality, radius_for
from geofence.fences import store


async def draw_fences(session: Session, now: datetime) -> int:
    """Give each address in scope that is on the map a fence, and move those whose address moved.

    The radius goes by how finely the address was found. A point that a supervisor accepted or a
    second agent confirmed stays; one that an agent alone has pinned gives way to the source's.
    Returns how many fences are new.
    """
    radius_m = {quality.value: radius_for(quality) for quality in GeocodeQuality}
    added = await store.add_fences(session, radius_m, now)
    await store.move_fences(session, radius_m, now)
    await points.return_to_source(session, radius_m, now)
    return added
