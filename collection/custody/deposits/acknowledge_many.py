"""Acknowledge many deposits that were counted one after the other; each stands for itself."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.deposits import store
from collection.custody.deposits.acknowledge import acknowledge
from collection.custody.differences.difference import Count
from core.errors import DomainError
from data.session import Session


async def acknowledge_many(
    session: Session, staff_id: UUID, counts: Mapping[UUID, Count | None], now: datetime
) -> dict[UUID, datetime | DomainError]:
    """By deposit, when it was acknowledged or why it cannot be, as `acknowledge` has it.

    All tills are locked first, in their order: two long lists at once do not block each other.
    """
    await tills.lock_tills(session, await store.agents_of(session, list(counts)))
    done: dict[UUID, datetime | DomainError] = {}
    for deposit_id in sorted(counts):
        try:
            done[deposit_id] = await acknowledge(
                session, staff_id, deposit_id, counts[deposit_id], now
            )
        except DomainError as error:  # raised before anything of this deposit was written
            done[deposit_id] = error
    return done
