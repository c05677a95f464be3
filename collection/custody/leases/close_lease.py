"""Close a lease: what it did not fill is room in the till again."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.errors import LeaseNotFound
from collection.custody.leases import store
from collection.custody.leases.lease import Closed, Lease
from data.session import Session


async def return_lease(session: Session, agent_id: UUID, lease_id: UUID, now: datetime) -> Lease:
    """Take back an agent's lease, once its receipts are in; one that is closed stays so.

    Receipts that come later still count, and are flagged where there is no room. Raises
    `LeaseNotFound`.
    """
    await tills.lock_till(session, agent_id)
    return await _close(session, agent_id, lease_id, Closed.RETURNED, now)


async def close_expired(session: Session, now: datetime) -> int:
    """Close all leases in scope whose time is over: how many those were."""
    due = await store.expired(session, now)
    await tills.lock_tills(session, [agent_id for _, agent_id in due])
    for lease_id, agent_id in due:
        await _close(session, agent_id, lease_id, Closed.EXPIRED, now)
    return len(due)


async def _close(
    session: Session, agent_id: UUID, lease_id: UUID, because: Closed, now: datetime
) -> Lease:
    known = await store.lease(session, lease_id)
    if known is None or known.agent_id != agent_id:
        raise LeaseNotFound(str(lease_id))
    if known.lease.closed_at is None:
        await store.close(session, lease_id, because, now)
        await tills.move_cash(session, agent_id, reserved_minor=-known.lease.left.amount_minor)
        known = await store.lease(session, lease_id)
        assert known is not None
    return known.lease
