"""Meet the late original of a receipt that the desk has entered from paper."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.receipts.errors import PaperReceiptDiffers
from collection.receipts.paper import store
from collection.receipts.receipt import Receipt
from collection.receipts.store import receipt
from core.errors import IdReused
from core.money import Money
from data.session import Session


@dataclass(frozen=True, slots=True)
class Original:
    """What the phone tells of it, and under which number of which lease."""

    id: UUID
    case_id: UUID
    amount: Money
    body_hash: bytes
    lease_id: UUID
    number: int


async def meet_paper(session: Session, original: Original, now: datetime) -> Receipt | None:
    """The receipt in the books that this is the original of; None where the desk entered none.

    It is matched, and nothing is booked: the money is there. The same original again gets the same
    answer; the till is locked. Raises `PaperReceiptDiffers` where it tells of another amount or
    case, and `IdReused`.
    """
    holder = await store.holder(session, original.lease_id, original.number)
    if holder is None or not holder.is_paper:
        return None
    if holder.original_id not in (None, original.id):
        return None  # a second record under one number: refused as any other
    stored = await receipt(session, holder.receipt_id)
    assert stored is not None
    entered = stored.receipt
    if holder.original_id is None:
        if (entered.case_id, entered.amount) != (original.case_id, original.amount):
            raise PaperReceiptDiffers(entered.number.text, entered.amount, original.amount)
        await store.set_original(session, entered.id, original.id, original.body_hash, now)
    elif holder.original_hash != original.body_hash:
        raise IdReused("receipt", str(original.id))
    return entered
