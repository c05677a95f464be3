"""The cash desk: books of numbered paper receipts, who has which leaves and what became of each."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.cursor import Limit
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, Text
from collection.receipts.books import store
from collection.receipts.books.account_for_leaf import declare_leaf, put_beside_receipt
from collection.receipts.books.book import Fate, Leaf
from collection.receipts.books.errors import BookNotFound
from collection.receipts.books.issue_book import BookReport, issue_book
from collection.receipts.books.take_back_book import take_back_book
from data.session import Session

router = Router(prefix="/v1/cash/receipt-books", tags=["cash desk"])

LeafNumber = Annotated[int, Field(ge=1, le=999_999_999)]


class ReceiptBookBody(Body):
    """A book that an agent gets: what is printed on its first and on its last leaf."""

    agent_id: UUID
    series: Annotated[str, Field(min_length=1, max_length=24)]
    first_number: LeafNumber
    last_number: LeafNumber


class MissingLeafAnswer(Answer):
    """A leaf that nobody accounts for, and since when."""

    number: int
    since: Instant


class ReceiptBookAnswer(Answer):
    """A book: its holder answers for the leaves up to `held_to`. `used` have a receipt in the
    books; `missing` are skipped, or were not accounted for when the book came back."""

    id: UUID
    agent_id: UUID
    agent: str
    holder_left: bool
    series: str
    first_number: int
    last_number: int
    held_to: int
    issued_at: Instant
    issuer: str
    returned_at: Instant | None
    used: int
    cancelled: int
    lost: int
    missing: list[MissingLeafAnswer]


class ReceiptBooksAnswer(Answer):
    """Receipt books, those that are out or have leaves missing first."""

    items: list[ReceiptBookAnswer]


class LeafAnswer(Answer):
    """What became of a leaf: the number of its receipt, or what was declared of it and why."""

    number: int
    receipt_id: UUID | None
    receipt: str | None
    fate: Fate | None
    reason: str | None
    noted_at: Instant
    noted_by: str


class LeavesAnswer(Answer):
    """The leaves of a book that somebody has accounted for, in their order."""

    items: list[LeafAnswer]


class DeclaredBody(Body):
    """A leaf that no receipt is on, and how that came about."""

    fate: Literal["cancelled", "lost"]
    reason: Text


class BesideReceiptBody(Body):
    """A leaf that was written for a receipt which the phone took, and could not print."""

    fate: Literal["used"]
    receipt_number: Text


class ReturnBody(Body):
    """The first of the leaves that came back blank; without it none did."""

    blank_from: LeafNumber | None = None


@router.get("")
async def get_receipt_books(
    caller: CashDesk, session: Read, *, also_returned: bool = False, limit: Limit = 100
) -> ReceiptBooksAnswer:
    """Books that are out, and those with leaves that nobody accounts for; all, if asked."""
    found = await store.books(session, also_returned=also_returned, limit=limit)
    return ReceiptBooksAnswer(items=[_answer(one) for one in found])


@router.put("/{id}")
async def put_receipt_book(
    id: FactId,  # noqa: A002
    body: ReceiptBookBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> ReceiptBookAnswer:
    """Give an agent a book. No leaf is in two books."""
    report = BookReport(
        id, body.agent_id, body.series, body.first_number, body.last_number, body.digest()
    )
    book = await issue_book(session, caller.id, report, now)
    return await _book(session, book.id)


@router.get("/{id}/leaves")
async def get_leaves(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
) -> LeavesAnswer:
    """What became of a book's leaves, so far as somebody has accounted for them."""
    await _book(session, id)
    found = await store.leaves(session, id)
    return LeavesAnswer(items=[LeafAnswer.model_validate(leaf) for leaf in found])


@router.put("/{id}/leaves/{number}")
async def put_leaf(
    id: UUID,  # noqa: A002
    number: LeafNumber,
    body: Annotated[DeclaredBody | BesideReceiptBody, Field(discriminator="fate")],
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> LeafAnswer:
    """Declare a leaf as cancelled or lost, or name the receipt that it was written for. Receipts
    that stand on paper only are entered by `PUT /v1/cash/paper-receipts/{id}`."""
    leaf: Leaf
    if isinstance(body, DeclaredBody):
        leaf = await declare_leaf(session, caller.id, id, number, Fate(body.fate), body.reason, now)
    else:
        leaf = await put_beside_receipt(session, caller.id, id, number, body.receipt_number, now)
    return LeafAnswer.model_validate(leaf)


@router.post("/{id}/return")
async def post_return(
    id: UUID,  # noqa: A002
    body: ReturnBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> ReceiptBookAnswer:
    """Take a book back. Its blank leaves may be issued anew; others stay to be accounted for."""
    book = await take_back_book(session, caller.id, id, body.blank_from, now)
    return await _book(session, book.id)


async def _book(session: Session, book_id: UUID) -> ReceiptBookAnswer:
    found = await store.book_view(session, book_id)
    if found is None:
        raise BookNotFound(str(book_id))
    return _answer(found)


def _answer(view: store.BookView) -> ReceiptBookAnswer:
    book = view.book
    return ReceiptBookAnswer(
        id=book.id,
        agent_id=book.agent_id,
        agent=view.agent,
        holder_left=view.holder_left,
        series=book.series,
        first_number=book.first,
        last_number=book.last,
        held_to=book.held_to,
        issued_at=book.issued_at,
        issuer=view.issuer,
        returned_at=book.returned_at,
        used=view.used,
        cancelled=view.cancelled,
        lost=view.lost,
        missing=[MissingLeafAnswer.model_validate(one) for one in view.missing],
    )
