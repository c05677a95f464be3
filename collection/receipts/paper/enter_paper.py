"""Enter a receipt from the customer's paper: of a phone that was lost before it had sent it, or
written by hand on a leaf of a book, for want of a phone."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from collection.custody.leases import store as leases
from collection.receipts.books import store as books
from collection.receipts.books.book import Book, Leaf, read_number
from collection.receipts.books.errors import OwnBook
from collection.receipts.collect import collect
from collection.receipts.errors import PaperReceiptKnown
from collection.receipts.paper import store
from collection.receipts.receipt import Receipt
from collection.receipts.report import Offline, ReceiptReport
from collection.receipts.store import receipt
from core.errors import InvalidField
from core.said import say
from data.alerts import raise_alert
from data.session import Session

FROM_PAPER = "from_paper"
"""Flags a receipt that the desk entered from paper."""

DECLARED_LEAF = "declared_leaf"
"""Flags a receipt on a leaf that had been declared as cancelled or lost."""

_NUMBER = re.compile(r"(?P<prefix>.+)-(?P<number>\d{3,6})")


@dataclass(frozen=True, slots=True)
class Entered:
    """A receipt from paper, whose it is, and whether the phone's own record has come."""

    receipt: Receipt
    agent_id: UUID
    original_came: bool


async def enter_paper(
    session: Session, staff_id: UUID, printed: str, report: ReceiptReport, now: datetime
) -> Entered:
    """Book it as the agent's, under the number on the paper; the session sees the branch.

    `printed` is a number that the phone gave under its lease: should the phone's own record come,
    it is matched by it and booked no second time. Or it is a leaf's: the receipt is of who holds
    the book, and the leaf is used. The same report again gets the same answer. Raises
    `PaperReceiptKnown` where a receipt has that number already, `OwnBook`, `InvalidField` for a
    number that no lease and no book has, and as `collect`.
    """
    shape = _NUMBER.fullmatch(printed.strip().upper())
    lease_id = await store.lease_called(session, shape["prefix"]) if shape else None
    lease = await leases.lease(session, lease_id) if lease_id else None
    if shape and lease:
        return await _of_a_phone(session, staff_id, lease, int(shape["number"]), report, now)
    leaf = read_number(printed)
    book = await books.lock_book_of(session, *leaf) if leaf else None
    if leaf is None or book is None:
        raise InvalidField(
            "provisional_number",
            say("a number as on the paper, such as LS-001-L7-003, or of a book that is out"),
        )
    return await _of_a_book(session, staff_id, book, leaf[1], report, now)


async def _of_a_phone(
    session: Session,
    staff_id: UUID,
    lease: leases.StoredLease,
    number: int,
    report: ReceiptReport,
    now: datetime,
) -> Entered:
    holder = await store.holder(session, lease.lease.id, number)
    if holder and holder.receipt_id != report.id:
        raise PaperReceiptKnown(await _number_of(session, holder.receipt_id))
    told = replace(report, offline=Offline(lease.lease.id, number), flags=(FROM_PAPER,))
    taken = (await collect(session, lease.agent_id, told, now)).receipt
    came = await store.original_came(session, taken.id)
    if came is None:
        await store.add_paper(session, taken.id, lease.branch_id, staff_id, now)
    return Entered(taken, lease.agent_id, bool(came))


async def _of_a_book(
    session: Session,
    staff_id: UUID,
    book: Book,
    number: int,
    report: ReceiptReport,
    now: datetime,
) -> Entered:
    if book.agent_id == staff_id:
        raise OwnBook
    if not book.was_out(report.taken_at):
        raise InvalidField("taken_at", say("a time at which the agent had the book"))
    leaf = await books.leaf(session, book.id, number)
    if leaf and leaf.receipt_id not in (None, report.id):
        raise PaperReceiptKnown(leaf.receipt or "")
    odd = (FROM_PAPER, DECLARED_LEAF) if leaf and leaf.fate else (FROM_PAPER,)
    told = replace(report, leaf=book.leaf_text(number), flags=odd)
    taken = (await collect(session, book.agent_id, told, now)).receipt
    if leaf is None or leaf.receipt_id is None:
        await store.add_paper(session, taken.id, book.branch_id, staff_id, now)
        await books.use(session, book, number, taken.id, staff_id, now)
        if leaf:
            await _tell(session, book, leaf, taken, now)
    return Entered(taken, book.agent_id, original_came=False)


async def _tell(session: Session, book: Book, leaf: Leaf, taken: Receipt, now: datetime) -> None:
    """Whoever declared it away did not know, or did not say, that a customer has it."""
    await raise_alert(
        session,
        book.branch_id,
        "leaves_declared",
        taken.id,
        say("A customer has a paper receipt that was declared away"),
        say(
            "{leaf}, {amount}: “{reason}”, said {name}. Ask the agent, and the customer.",
            leaf=book.leaf_text(leaf.number),
            amount=taken.amount,
            reason=leaf.reason or "",
            name=leaf.noted_by,
        ),
        now,
        agent_id=book.agent_id,
        case_id=taken.case_id,
    )


async def _number_of(session: Session, receipt_id: UUID) -> str:
    stored = await receipt(session, receipt_id)
    return stored.receipt.number.text if stored else ""
