"""Enter a receipt from the customer's paper, for a phone that was lost before it had sent it."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from collection.custody.leases import store as leases
from collection.receipts.collect import Offline, ReceiptReport, collect
from collection.receipts.errors import PaperReceiptKnown
from collection.receipts.paper import store
from collection.receipts.receipt import Receipt
from collection.receipts.store import receipt
from core.errors import InvalidField
from core.said import say
from data.session import Session

FROM_PAPER = "from_paper"
"""Flags a receipt that the desk entered from paper."""

_NUMBER = re.compile(r"(?P<prefix>.+)-(?P<number>\d{3,6})")


@dataclass(frozen=True, slots=True)
class Entered:
    """A receipt from paper, whose it is, and whether the phone's own record has come."""

    receipt: Receipt
    agent_id: UUID
    original_came: bool


async def enter_paper(
    session: Session, staff_id: UUID, provisional: str, report: ReceiptReport, now: datetime
) -> Entered:
    """Book it as the agent's, under the number on the paper; the session sees the branch.

    Should the phone's own record come, it is matched by that number and booked no second time. The
    same report again gets the same answer. Raises `PaperReceiptKnown` where a receipt has that
    number already, `InvalidField` for a number that no lease has given, and as `collect`.
    """
    shape = _NUMBER.fullmatch(provisional.strip().upper())
    lease_id = await store.lease_called(session, shape["prefix"]) if shape else None
    lease = await leases.lease(session, lease_id) if lease_id else None
    if shape is None or lease is None:
        raise InvalidField(
            "provisional_number", say("a number as on the paper, such as LS-001-L7-003")
        )
    number = int(shape["number"])
    holder = await store.holder(session, lease.lease.id, number)
    if holder and holder.receipt_id != report.id:
        stored = await receipt(session, holder.receipt_id)
        raise PaperReceiptKnown(stored.receipt.number.text if stored else "")
    told = replace(report, offline=Offline(lease.lease.id, number), flags=(FROM_PAPER,))
    taken = (await collect(session, lease.agent_id, told, now)).receipt
    came = await store.original_came(session, taken.id)
    if came is None:
        await store.add_paper(session, taken.id, lease.branch_id, staff_id, now)
    return Entered(taken, lease.agent_id, bool(came))
