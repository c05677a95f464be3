"""Hold a customer's data: for a dispute, a court, a regulator."""

from datetime import datetime
from uuid import UUID

from collection.privacy.errors import HoldNotFound
from collection.privacy.holds import store
from collection.privacy.store import branch_of
from data.session import Session


async def set_hold(
    session: Session, customer_id: UUID, reason: str, by: UUID, now: datetime
) -> UUID:
    """From now on nothing of this customer is removed, by age or by erasure; the hold's id.

    Raises `CustomerNotFound`.
    """
    branch_id = await branch_of(session, customer_id)
    return await store.add(
        session, branch_id=branch_id, customer_id=customer_id, reason=reason, set_at=now, set_by=by
    )


async def lift_hold(session: Session, hold_id: UUID, by: UUID, now: datetime) -> None:
    """End a hold; that it stood is kept. Raises `HoldNotFound`."""
    if not await store.lift(session, hold_id, by, now):
        raise HoldNotFound(str(hold_id))
