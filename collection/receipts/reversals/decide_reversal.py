"""Approve or decline that a receipt is undone. Approved, a mirror of its entry undoes it."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.ledger import Kind, mirror, refund_entry
from collection.custody.lots.store import empty_lot
from collection.portfolio.advances.store import give_back
from collection.portfolio.standing import Unpaid, standing_after
from collection.portfolio.store import lock_account, set_standing
from collection.receipts import store as receipts
from collection.receipts.errors import (
    AccountElsewhere,
    AdvancePaidBack,
    OwnReversal,
    ReversalNotFound,
    ReversalSettled,
)
from collection.receipts.mode import MODES
from collection.receipts.refunds.store import owed
from collection.receipts.reversals import store
from collection.receipts.reversals.reversal import Reversal, State
from core.clock import local_day
from core.money import Money
from data.live import announce
from data.session import Session


async def approve(session: Session, staff_id: UUID, reversal_id: UUID, now: datetime) -> Reversal:
    """Undo a receipt. The receipt itself and its number stay.

    What is still in the agent's hands leaves the till; what has gone on is owed to the payer, in
    suspense. The account owes again what it paid. The same person again gets the same answer.
    Raises `ReversalNotFound`, `OwnReversal`, `ReversalSettled`, `AccountElsewhere` or
    `AdvancePaidBack`.
    """
    known = await _lock(session, staff_id, reversal_id)
    done = _repeated(known.reversal, State.APPROVED, staff_id)
    if done:
        return done
    case = await _check_account(session, known, now)
    from_hand = await _undo_money(session, known, now)
    await _undo_payment(session, known, case, now)
    await store.settle(session, reversal_id, State.APPROVED, staff_id, from_hand, now)
    if known.reversal.agent_id:
        announce(session, known.branch_id, "figures", {"agent_id": str(known.reversal.agent_id)})
    return await _settled(session, reversal_id)


async def decline(session: Session, staff_id: UUID, reversal_id: UUID, now: datetime) -> Reversal:
    """Leave the receipt as it is; raises as `approve`."""
    known = await _lock(session, staff_id, reversal_id)
    done = _repeated(known.reversal, State.DECLINED, staff_id)
    if done:
        return done
    await store.settle(session, reversal_id, State.DECLINED, staff_id, 0, now)
    return await _settled(session, reversal_id)


async def _lock(session: Session, staff_id: UUID, reversal_id: UUID) -> store.StoredReversal:
    seen = await store.reversal(session, reversal_id)
    if seen is None:
        raise ReversalNotFound(str(reversal_id))
    if staff_id in (seen.reversal.asked_by, seen.reversal.agent_id, seen.taken_by):
        raise OwnReversal(str(reversal_id))
    if seen.reversal.agent_id:
        await tills.lock_till(session, seen.reversal.agent_id)
    known = await store.reversal(session, reversal_id, lock=True)
    assert known is not None
    return known


def _repeated(reversal: Reversal, wanted: State, staff_id: UUID) -> Reversal | None:
    if reversal.state is State.ASKED:
        return None
    if (reversal.state, reversal.settled_by) != (wanted, staff_id):
        raise ReversalSettled(str(reversal.id), reversal.state)
    return reversal


async def _check_account(
    session: Session, known: store.StoredReversal, now: datetime
) -> receipts.CaseToPay:
    """Lock the account; what the receipt put into suspense must still be there."""
    case = await receipts.case_to_pay(session, known.case_id, now)
    if case is None:
        raise AccountElsewhere(str(known.reversal.receipt_id))
    await lock_account(session, known.account_id)
    left = await owed(session, known.account_id, known.reversal.receipt_id)
    if left.amount_minor < known.suspense_minor:
        raise AdvancePaidBack(str(known.reversal.receipt_id))
    return case


async def _undo_money(session: Session, known: store.StoredReversal, now: datetime) -> int:
    """Mirror the receipt's entry; how much of it was still in the agent's hands."""
    reversal, agent_id = known.reversal, known.reversal.agent_id
    entry = await tills.entry_of(session, Kind.RECEIPT, reversal.receipt_id)
    back = mirror(Kind.RECEIPT_REVERSAL, reversal.id, entry.id, entry.postings)
    await tills.write_entry(session, entry.branch_id, back, now)
    if agent_id is None or not MODES[known.mode].is_cash:
        return 0  # what was taken at the branch is given back out of the vault
    minor = await empty_lot(session, agent_id, reversal.receipt_id)
    await tills.move_cash(session, agent_id, -minor, is_fact=True)
    gone = reversal.amount - Money(minor, reversal.amount.currency)
    if gone.amount_minor:
        owed = refund_entry(reversal.id, reversal.receipt_id, agent_id, gone)
        await tills.write_entry(session, entry.branch_id, owed, now)
    return minor


async def _undo_payment(
    session: Session, known: store.StoredReversal, case: receipts.CaseToPay, now: datetime
) -> None:
    receipt_id = known.reversal.receipt_id
    await give_back(session, known.account_id, known.advance_minor)
    if not await store.take_back(session, receipt_id, known.account_id, known.advance_minor):
        raise AdvancePaidBack(str(receipt_id))
    today = local_day(now, case.zone)
    left = [
        Unpaid(demand.counts_from, Money(demand.unpaid_minor, case.currency))
        for demand in await receipts.lock_open_demands(session, known.account_id)
    ]
    standing = standing_after(left, case.dpd, today, case.currency, case.terms)
    await set_standing(session, known.account_id, standing, today)


async def _settled(session: Session, reversal_id: UUID) -> Reversal:
    known = await store.reversal(session, reversal_id)
    assert known is not None
    return known.reversal
