"""Take a book back: its blank leaves are nobody's, the others must be accounted for."""

from datetime import datetime
from uuid import UUID

from collection.receipts.books import store
from collection.receipts.books.book import Book
from collection.receipts.books.errors import BookNotFound, BookReturned, LeafNotBlank, OwnBook
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def take_back_book(
    session: Session, staff_id: UUID, book_id: UUID, blank_from: int | None, now: datetime
) -> Book:
    """End that an agent holds a book; the leaves from `blank_from` on came back blank (None: none
    did), and may be issued anew.

    Leaves before it that nobody has accounted for stay to be, by who held the book. The same again
    gets the same answer. Raises `BookNotFound`, `OwnBook`, `BookReturned`, `LeafNotBlank` or
    `InvalidField`.
    """
    book = await store.lock_book(session, book_id)
    if book is None:
        raise BookNotFound(str(book_id))
    if book.agent_id == staff_id:
        raise OwnBook
    if blank_from is not None and not book.first <= blank_from <= book.last:
        raise InvalidField(
            "blank_from", say("from {first} to {last}", first=book.first, last=book.last)
        )
    held_to = book.last if blank_from is None else blank_from - 1
    if book.returned_at:
        if book.held_to != held_to:
            raise BookReturned(str(book_id), book.returned_at)
        return book
    last_accounted = await store.last_accounted(session, book_id)
    if last_accounted is not None and last_accounted > held_to:
        raise LeafNotBlank(book.leaf_text(last_accounted))
    await store.set_returned(session, book_id, held_to, staff_id, now)
    returned = await store.lock_book(session, book_id)
    assert returned is not None
    return returned
