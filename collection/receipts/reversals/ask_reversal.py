"""Ask that a receipt be undone: a typing error, the wrong customer."""

from datetime import datetime
from uuid import UUID

from collection.receipts.errors import AlreadyReversed, ReceiptNotFound
from collection.receipts.reversals import store
from collection.receipts.reversals.reversal import Reversal
from core.errors import IdReused
from data.session import Session


async def ask_reversal(
    session: Session,
    asked_by: UUID,
    reversal_id: UUID,
    receipt_id: UUID,
    reason: str,
    body_hash: bytes,
    now: datetime,
) -> Reversal:
    """Keep that a receipt in scope is to be undone; nothing moves until another person agrees.

    The same again gets the reversal as it stands. Raises `ReceiptNotFound`, `AlreadyReversed`
    (asked or done under another id) or `IdReused`.
    """
    of = await store.receipt_to_undo(session, receipt_id)
    if of is None:
        raise ReceiptNotFound(str(receipt_id))
    branch_id, agent_id = of
    await store.ask(
        session, reversal_id, branch_id, receipt_id, agent_id, reason, asked_by, body_hash, now
    )
    known = await store.reversal(session, reversal_id)
    if known is None:
        raise AlreadyReversed(str(receipt_id))
    if known.body_hash != body_hash or known.reversal.asked_by != asked_by:
        raise IdReused("reversal", str(reversal_id))
    return known.reversal
