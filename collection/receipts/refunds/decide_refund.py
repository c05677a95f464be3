"""Pay a refund out, or decline it: another person than who asked."""

from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.portfolio.store import lock_account
from collection.receipts.refunds import store
from collection.receipts.refunds.errors import NotOwed, OwnRefund, RefundNotFound, RefundSettled
from collection.receipts.refunds.refund import Refund, State, Way, refund_paid_entry
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def pay_out(
    session: Session,
    staff_id: UUID,
    branch_id: UUID,
    refund_id: UUID,
    reference: str | None,
    now: datetime,
) -> Refund:
    """Pay a refund out: cash from the vault of `branch_id`, a transfer with its `reference`, or to
    the account, whose next due it pays.

    The same again gets the same answer. Raises `RefundNotFound`, `OwnRefund`, `RefundSettled`,
    `InvalidField` or `NotOwed`, when less is owed by now.
    """
    refund = await _lock(session, staff_id, refund_id)
    if refund.state is not State.ASKED:
        return _repeated(refund, State.PAID, staff_id, reference)
    if (refund.way is Way.TRANSFER) != (reference is not None):
        told = say("the transfer's reference") if refund.way is Way.TRANSFER else say("nothing")
        raise InvalidField("reference", told)
    owed = await store.owed(session, refund.account_id, refund.receipt_id)
    if owed < refund.amount:
        raise NotOwed(owed)
    if refund.receipt_id is None:
        await store.lessen_advance(session, refund.account_id, refund.amount.amount_minor)
    if refund.way is Way.ACCOUNT:
        await store.add_advance(session, refund.account_id, refund.amount.amount_minor)
    entry = refund_paid_entry(refund, branch_id)
    book = branch_id if refund.way is Way.CASH else refund.branch_id
    await custody.write_entry(session, book, entry, now)
    await store.settle(session, refund_id, State.PAID, staff_id, reference, now)
    return await _settled(session, refund_id)


async def decline(session: Session, staff_id: UUID, refund_id: UUID, now: datetime) -> Refund:
    """Leave the money where it is; raises as `pay_out`."""
    refund = await _lock(session, staff_id, refund_id)
    if refund.state is not State.ASKED:
        return _repeated(refund, State.DECLINED, staff_id, None)
    await store.settle(session, refund_id, State.DECLINED, staff_id, None, now)
    return await _settled(session, refund_id)


async def _lock(session: Session, staff_id: UUID, refund_id: UUID) -> Refund:
    """A refund whose account is locked: what is owed on it changes one at a time."""
    seen = await store.refund(session, refund_id)
    if seen is None:
        raise RefundNotFound(str(refund_id))
    if staff_id == seen.asked_by:
        raise OwnRefund(str(refund_id))
    await lock_account(session, seen.account_id)
    return await _settled(session, refund_id)


def _repeated(refund: Refund, wanted: State, staff_id: UUID, reference: str | None) -> Refund:
    if (refund.state, refund.settled_by, refund.reference) != (wanted, staff_id, reference):
        raise RefundSettled(str(refund.id), refund.state)
    return refund


async def _settled(session: Session, refund_id: UUID) -> Refund:
    known = await store.refund(session, refund_id)
    assert known is not None
    return known
