"""Acknowledge a deposit: another person has counted the cash, and it lies in the vault."""

from datetime import datetime
from uuid import UUID

from collection.custody import store
from collection.custody.deposit import Target
from collection.custody.errors import (
    AlreadyAcknowledged,
    DepositNotFound,
    OwnDeposit,
    ProvenByTheBank,
)
from collection.custody.ledger import acknowledgment_entry
from data.live import announce
from data.session import Session


async def acknowledge(
    session: Session, staff_id: UUID, deposit_id: UUID, now: datetime
) -> datetime:
    """Put a deposit at the branch from transit into the vault: the time when that was done.

    The same person again gets the same answer. Raises `DepositNotFound`, `OwnDeposit`,
    `ProvenByTheBank` or `AlreadyAcknowledged`.
    """
    known = await store.deposit(session, deposit_id, lock=True)
    if known is None:
        raise DepositNotFound(str(deposit_id))
    if known.agent_id == staff_id:
        raise OwnDeposit(str(deposit_id))
    if known.deposit.target is not Target.BRANCH:
        raise ProvenByTheBank(str(deposit_id))
    if known.acknowledged_at:
        if known.acknowledged_by != staff_id:
            raise AlreadyAcknowledged(str(deposit_id), known.acknowledged_at)
        return known.acknowledged_at
    await store.set_acknowledged(session, deposit_id, staff_id, now)
    entry = acknowledgment_entry(deposit_id, known.branch_id, known.deposit.amount)
    await store.write_entry(session, known.branch_id, entry, now)
    announce(session, known.branch_id, "figures", {"agent_id": str(known.agent_id)})
    return now
