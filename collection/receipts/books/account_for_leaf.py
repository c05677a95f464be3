"""Say what became of a leaf: cancelled, lost, or beside a receipt that the phone took."""

from datetime import datetime
from uuid import UUID

from collection.receipts.books import store
from collection.receipts.books.book import Book, Fate, Leaf
from collection.receipts.books.errors import (
    BookNotFound,
    LeafAccounted,
    LeafNotInBook,
    NotOfHolder,
    OwnBook,
)
from collection.receipts.errors import ReceiptNotFound
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def declare_leaf(
    session: Session,
    staff_id: UUID,
    book_id: UUID,
    number: int,
    fate: Fate,
    reason: str,
    now: datetime,
) -> Leaf:
    """Declare a leaf that no receipt is on as cancelled or lost, with why.

    The same again gets the same answer. Raises `BookNotFound`, `LeafNotInBook`, `LeafAccounted`,
    `OwnBook` or `InvalidField`.
    """
    if not reason.strip():
        raise InvalidField("reason", say("how that came about"))
    book = await _lock(session, staff_id, book_id, number)
    known = await store.leaf(session, book_id, number)
    if known:
        if (known.fate, known.reason) != (fate, reason.strip()):
            raise LeafAccounted(book.leaf_text(number))
        return known
    await store.declare(session, book, number, fate, reason.strip(), staff_id, now)
    return await _stored(session, book_id, number)


async def put_beside_receipt(
    session: Session, staff_id: UUID, book_id: UUID, number: int, receipt: str, now: datetime
) -> Leaf:
    """Say that a leaf was written for a receipt that is in the books: the phone took it, and could
    not print.

    The same again gets the same answer. Raises as `declare_leaf`, `ReceiptNotFound`, or
    `NotOfHolder` for another agent's.
    """
    book = await _lock(session, staff_id, book_id, number)
    receipt_id = await store.receipt_called(session, receipt)
    if receipt_id is None:
        raise ReceiptNotFound(receipt)
    known = await store.leaf(session, book_id, number)
    if known:
        if known.receipt_id != receipt_id:
            raise LeafAccounted(book.leaf_text(number))
        return known
    if not await store.is_of(session, receipt_id, book.agent_id):
        raise NotOfHolder(receipt)
    await store.use(session, book, number, receipt_id, staff_id, now)
    return await _stored(session, book_id, number)


async def _lock(session: Session, staff_id: UUID, book_id: UUID, number: int) -> Book:
    book = await store.lock_book(session, book_id)
    if book is None:
        raise BookNotFound(str(book_id))
    if book.agent_id == staff_id:
        raise OwnBook
    if not book.first <= number <= book.held_to:
        raise LeafNotInBook(book.leaf_text(number))
    return book


async def _stored(session: Session, book_id: UUID, number: int) -> Leaf:
    known = await store.leaf(session, book_id, number)
    assert known is not None
    return known
