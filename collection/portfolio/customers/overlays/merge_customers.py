"""See two records of one person as one, and undo it. No other row is touched by either."""

from datetime import datetime
from uuid import UUID

from collection.errors import CustomerNotFound
from collection.portfolio.customers.overlays import store
from collection.portfolio.customers.overlays.errors import MergedAlready, NotMerged
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def merge_customers(
    session: Session, kept_id: UUID, merged_id: UUID, reason: str, by: UUID, now: datetime
) -> None:
    """Have a record be seen as part of another. Accounts, receipts and notes stay where they are.

    Raises `CustomerNotFound`, `InvalidField` or `MergedAlready`: a merge is never a chain.
    """
    if kept_id == merged_id:
        raise InvalidField("merged_id", say("another customer than the one that is kept"))
    kept = await store.customer(session, kept_id)
    for customer_id, found in (
        (kept_id, kept), (merged_id, await store.customer(session, merged_id)),
    ):  # fmt: skip
        if found is None:
            raise CustomerNotFound(str(customer_id))
    await store.lock_merges(session)
    in_merge = await store.merged_with(session, [kept_id, merged_id])
    if in_merge is not None:
        raise MergedAlready(str(in_merge))
    await store.add_merge(
        session, branch_id=kept.branch_id if kept else None, kept_id=kept_id,
        merged_id=merged_id, reason=reason, merged_at=now, merged_by=by,
    )  # fmt: skip


async def undo_merge(
    session: Session, merged_id: UUID, because: str, by: UUID, now: datetime
) -> None:
    """Have a record be its own again. Raises `NotMerged`."""
    if not await store.undo_merge(session, merged_id, because, by, now):
        raise NotMerged(str(merged_id))
