"""Give an agent a book of paper receipts, for when phone or printer fail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.receipts.books import store
from collection.receipts.books.book import Book, check_numbers, checked_series
from collection.receipts.books.errors import OwnBook
from core.errors import IdReused, InvalidField
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class BookReport:
    """A book that lies on the desk: its series, its first and last leaf, and who gets it."""

    id: UUID
    agent_id: UUID
    series: str
    first: int
    last: int
    body_hash: bytes


async def issue_book(session: Session, staff_id: UUID, report: BookReport, now: datetime) -> Book:
    """Have an agent answer for the leaves of a book from now on.

    The same report again gets the same answer. Raises `OwnBook`, `InvalidField`, `IdReused`, or
    `LeavesIssued` where one of the leaves is in another book.
    """
    if report.agent_id == staff_id:
        raise OwnBook
    series = checked_series(report.series)
    check_numbers(report.first, report.last)
    till = await custody.till(session, report.agent_id)
    if till is None:
        raise InvalidField("agent_id", say("an agent of your branches who takes money"))
    book = Book(
        report.id, till.branch_id, report.agent_id, series, report.first, report.last, report.last,
        now, None,
    )  # fmt: skip
    if await store.add_book(session, book, staff_id, report.body_hash):
        return book
    known = await store.stored_book(session, report.id)
    if known is None or known.body_hash != report.body_hash:
        raise IdReused("receipt-book", str(report.id))
    return known.book
