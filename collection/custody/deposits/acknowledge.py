"""Acknowledge a deposit: another person has counted the cash, and it lies in the vault."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.deposits import store
from collection.custody.deposits.deposit import Target
from collection.custody.deposits.transit import leave_transit, lock_deposit
from collection.custody.differences.difference import Count, Sort, differences, total
from collection.custody.differences.store import add_differences, add_false_notes
from collection.custody.errors import (
    AlreadyAcknowledged,
    AlreadyRejected,
    OwnDeposit,
    ProvenByTheBank,
)
from collection.custody.ledger import acknowledgment_entry
from data.live import announce
from data.session import Session


async def acknowledge(
    session: Session, staff_id: UUID, deposit_id: UUID, count: Count | None, now: datetime
) -> datetime:
    """Put a deposit at the branch from transit into the vault: the time when that was done.

    `count` is what was found, None when it is what the agent stated. What is missing, false notes
    too, is owed by the agent; what is over is nobody's yet. The same person again, with the same
    sum, gets the same answer. Raises `DepositNotFound`, `OwnDeposit`, `ProvenByTheBank`,
    `AlreadyRejected`, `AlreadyAcknowledged` or `InvalidField`.
    """
    # 1. Whether this person may count it.
    known = await lock_deposit(session, deposit_id)
    stated = known.deposit.amount
    if known.agent_id == staff_id:
        raise OwnDeposit(str(deposit_id))
    if known.deposit.target is not Target.BRANCH:
        raise ProvenByTheBank(str(deposit_id))
    if known.rejected_at:
        raise AlreadyRejected(str(deposit_id), known.rejected_at)
    good = count.good(stated.currency) if count else stated
    if known.acknowledged_at:
        if (known.acknowledged_by, known.counted) != (staff_id, good):
            raise AlreadyAcknowledged(str(deposit_id), known.acknowledged_at)
        return known.acknowledged_at
    # 2. Out of transit, into the vault; what differs has an owner.
    currency, branch_id = stated.currency, known.branch_id
    found = differences(stated, good, count.false(currency)) if count else ()
    await store.set_acknowledged(session, deposit_id, staff_id, good, now)
    await leave_transit(session, known, stated.amount_minor)
    short, over = (total(found, sort, currency) for sort in (Sort.SHORTAGE, Sort.EXCESS))
    entry = acknowledgment_entry(deposit_id, known.agent_id, branch_id, good, short, over)
    await tills.write_entry(session, branch_id, entry, now)
    await add_differences(session, branch_id, deposit_id, known.agent_id, found, staff_id, now)
    if count:
        await add_false_notes(session, branch_id, deposit_id, count, currency, staff_id, now)
    announce(session, branch_id, "figures", {"agent_id": str(known.agent_id)})
    return now
