"""Send a deposit back: the cash never came, so it is in the agent's hands again."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.deposits import store
from collection.custody.deposits.transit import lock_deposit
from collection.custody.errors import AlreadyAcknowledged, AlreadyRejected, OwnDeposit
from collection.custody.ledger import Kind, mirror
from collection.custody.lots.store import give_lots
from data.live import announce
from data.session import Session


async def reject(
    session: Session, staff_id: UUID, deposit_id: UUID, because: str, now: datetime
) -> datetime:
    """Undo a deposit that nobody has proven: the time when that was done.

    The till may then hold more than its limit: nothing more is taken until it is handed over. The
    same person again gets the same answer. Raises `DepositNotFound`, `OwnDeposit`,
    `AlreadyAcknowledged` (counted, or shown by the bank), or `AlreadyRejected`.
    """
    known = await lock_deposit(session, deposit_id)
    if known.agent_id == staff_id:
        raise OwnDeposit(str(deposit_id))
    if known.rejected_at:
        if known.rejected_by != staff_id:
            raise AlreadyRejected(str(deposit_id), known.rejected_at)
        return known.rejected_at
    if known.acknowledged_at or known.proven.amount_minor:
        raise AlreadyAcknowledged(str(deposit_id), known.acknowledged_at)
    minor = known.deposit.amount.amount_minor
    await store.set_rejected(session, deposit_id, staff_id, because, now)
    await tills.move_cash(
        session,
        known.agent_id,
        minor,
        in_transit_minor=-minor,
        pending_minor=0 if known.deposit.frees_at_once else -minor,
        is_fact=True,
    )
    await give_lots(session, known.branch_id, known.agent_id, known.deposit.covers)
    entry = await tills.entry_of(session, Kind.DEPOSIT, deposit_id)
    back = mirror(Kind.DEPOSIT_REJECTION, deposit_id, entry.id, entry.postings)
    await tills.write_entry(session, known.branch_id, back, now)
    announce(session, known.branch_id, "figures", {"agent_id": str(known.agent_id)})
    return now
