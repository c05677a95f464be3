"""Propose better points from confirmed visits, and let second witnesses confirm the points."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.session import Session
from geofence.address_points import store as points
from geofence.address_points.estimate import Estimate, estimates
from geofence.address_points.move_point import look_again, move_point
from geofence.address_points.point import CONFIRMED, PointVersion
from geofence.address_points.proposals import store
from geofence.address_points.proposals.proposal import is_worth_proposing
from geofence.address_points.witnesses import store as witnesses

LOOK_BACK = timedelta(days=7)
"""A phone's facts may come in a week late (`core/device_time.py`)."""

MEMORY = timedelta(days=365)
"""Who moved house a year ago is visited at a new address by now."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a sweep came to: proposals made, and points that a second witness confirmed."""

    proposals: int
    confirmed: int


async def propose_points(session: Session, now: datetime) -> Proposed:
    """Look at all addresses where something was confirmed lately; asking again adds nothing.

    One sweep runs at a time. A session that sees everything is needed to see all witnesses.
    """
    # 1. What is believed, and what visits say.
    await store.lock_sweep(session)
    addresses = await witnesses.touched(session, now - LOOK_BACK)
    believed = await witnesses.believed(session, addresses)
    visits = await witnesses.confirmed_visits(session, addresses, now - MEMORY)
    found = estimates(believed, visits)
    # 2. A second witness for a point that had one.
    confirmed = [one for one in found if len(one.believed.witnesses) == 1 and one.confirms]
    for estimate in confirmed:
        await _confirm(session, estimate, now)
    # 3. Proposals, but not for points that have just changed: the next sweep looks at those.
    former = await store.newest_of(session, addresses)
    news = [
        one
        for one in found
        if one not in confirmed and is_worth_proposing(one, former.get(one.believed.address_id))
    ]
    await store.add_proposals(session, news, now)
    return Proposed(len(news), len(confirmed))


async def _confirm(session: Session, estimate: Estimate, now: datetime) -> None:
    """Write that others agree: the point stays, and proves visits for its first witness, too."""
    old = estimate.believed
    await points.lock_fence(session, old.address_id)
    known = await points.known_address(session, old.address_id)
    if known is None or known.version != old.version:
        return
    agents = tuple(sorted(old.witnesses | set(estimate.agents)))
    point = PointVersion(
        old.version + 1, CONFIRMED, old.center, old.sigma_m, agents, now, None, None, None
    )
    await move_point(session, known, point, now)
    await look_again(session, old.branch_id, known.zone, [old.address_id], now, also=agents)
