"""SQL of receipt books and their leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from collection.receipts.books.book import Book, Fate, Leaf, Missing
from collection.receipts.books.errors import LeafAccounted, LeavesIssued
from collection.receipts.number_sql import FULL_NUMBER
from data.refused import refused_by
from data.session import Session, rows, savepoint
from data.tables.receipt_books import BookLeaf, ReceiptBook


@dataclass(frozen=True, slots=True)
class StoredBook:
    """A book as stored, with the hash of the body that issued it."""

    book: Book
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class BookView:
    """A book, whose it is, how many of its leaves became what, and those that are missing.

    `holder_left`: who holds it has left, and it has not come back.
    """

    book: Book
    agent: str
    issuer: str
    holder_left: bool
    used: int
    cancelled: int
    lost: int
    missing: tuple[Missing, ...]


_BOOK = (
    "b.id, b.branch_id, b.agent_id, b.series, b.first_number, b.last_number, b.held_to,"
    " b.issued_at, b.returned_at"
)


async def add_book(session: Session, book: Book, staff_id: UUID, body_hash: bytes) -> bool:
    """Keep that a book was issued. False when its id is taken; raises `LeavesIssued`."""
    new = (
        insert(ReceiptBook)
        .values(
            id=book.id, branch_id=book.branch_id, agent_id=book.agent_id, series=book.series,
            first_number=book.first, last_number=book.last, held_to=book.held_to,
            issued_at=book.issued_at, issued_by=staff_id, body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(ReceiptBook.id)
    )  # fmt: skip
    try:
        async with savepoint(session):
            return (await session.execute(new)).scalar_one_or_none() is not None
    except IntegrityError as refused:
        if refused_by(refused) == "ex_receipt_book_leaves":
            raise LeavesIssued(book.series) from None
        raise


async def stored_book(session: Session, book_id: UUID) -> StoredBook | None:
    """A book in scope."""
    found = await rows(
        session,
        f"SELECT {_BOOK}, b.body_hash FROM receipt_book b WHERE b.id = :id",  # noqa: S608
        id=book_id,
    )
    return StoredBook(Book(*found[0][:-1]), bytes(found[0].body_hash)) if found else None


async def lock_book(session: Session, book_id: UUID) -> Book | None:
    """A book in scope, locked until the end: its leaves are accounted for one at a time."""
    found = await rows(
        session,
        f"SELECT {_BOOK} FROM receipt_book b WHERE b.id = :id FOR NO KEY UPDATE",  # noqa: S608
        id=book_id,
    )
    return Book(*found[0]) if found else None


async def lock_book_of(session: Session, series: str, number: int) -> Book | None:
    """The book in scope that a leaf is in, for whose holder it counts; locked as `lock_book`."""
    found = await rows(
        session,
        f"SELECT {_BOOK} FROM receipt_book b WHERE b.series = :series"  # noqa: S608
        " AND :number BETWEEN b.first_number AND b.held_to FOR NO KEY UPDATE",
        series=series,
        number=number,
    )
    return Book(*found[0]) if found else None


_LEAVES = f"""
SELECT f.number, f.receipt_id, {FULL_NUMBER} AS receipt, f.fate, f.reason,
       coalesce(f.used_at, f.declared_at) AS noted_at, s.full_name AS noted_by
FROM book_leaf f LEFT JOIN receipt r ON r.id = f.receipt_id
LEFT JOIN receipt_series q ON q.id = r.series_id
LEFT JOIN staff s ON s.id = coalesce(f.used_by, f.declared_by) WHERE f.book_id = :book
"""  # noqa: S608 our own constant


def _leaf(r: Any) -> Leaf:
    fate = None if r.fate is None else Fate(r.fate)
    return Leaf(r.number, r.receipt_id, r.receipt, fate, r.reason, r.noted_at, r.noted_by or "")


async def leaf(session: Session, book_id: UUID, number: int) -> Leaf | None:
    """What became of a leaf; None while nobody has accounted for it."""
    found = await rows(session, f"{_LEAVES} AND f.number = :number", book=book_id, number=number)
    return _leaf(found[0]) if found else None


async def leaves(session: Session, book_id: UUID) -> Sequence[Leaf]:
    """All leaves of a book in scope that somebody has accounted for, in their order."""
    found = await rows(session, f"{_LEAVES} ORDER BY f.number", book=book_id)
    return [_leaf(r) for r in found]


async def last_accounted(session: Session, book_id: UUID) -> int | None:
    """The highest number of a book's leaves that somebody has accounted for."""
    found = await rows(
        session, "SELECT max(number) AS last FROM book_leaf WHERE book_id = :book", book=book_id
    )
    last: int | None = found[0].last
    return last


async def declare(
    session: Session, book: Book, number: int, fate: Fate, reason: str, by: UUID, now: datetime
) -> None:
    """Keep what somebody declares of a leaf."""
    await session.execute(
        insert(BookLeaf).values(
            book_id=book.id, number=number, branch_id=book.branch_id, fate=fate.value,
            reason=reason, declared_at=now, declared_by=by,
        )
    )  # fmt: skip


async def use(
    session: Session, book: Book, number: int, receipt_id: UUID, by: UUID, now: datetime
) -> None:
    """Keep that a receipt is on a leaf, whatever was declared of it before. Raises `LeafAccounted`
    for a receipt that is on another one."""
    used = {"receipt_id": receipt_id, "used_at": now, "used_by": by}
    new = (
        insert(BookLeaf)
        .values(book_id=book.id, number=number, branch_id=book.branch_id, **used)
        .on_conflict_do_update(index_elements=["book_id", "number"], set_=used)
    )
    try:
        async with savepoint(session):
            await session.execute(new)
    except IntegrityError as refused:
        if refused_by(refused) == "uq_book_leaf_receipt_id":
            raise LeafAccounted(book.leaf_text(number)) from None
        raise


async def receipt_called(session: Session, number: str) -> UUID | None:
    """The receipt in scope of this number."""
    prefix, _, digits = number.strip().upper().rpartition("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    found = await rows(
        session,
        "SELECT r.id FROM receipt r JOIN receipt_series q ON q.id = r.series_id"
        " WHERE q.prefix = :prefix AND r.number = :number",
        prefix=prefix,
        number=int(digits),
    )
    return found[0].id if found else None


async def is_of(session: Session, receipt_id: UUID, agent_id: UUID) -> bool:
    """Whether an agent took a receipt."""
    found = await rows(
        session,
        "SELECT FROM receipt WHERE id = :id AND agent_id = :agent",
        id=receipt_id,
        agent=agent_id,
    )
    return bool(found)


async def set_returned(
    session: Session, book_id: UUID, held_to: int, staff_id: UUID, now: datetime
) -> None:
    """Keep that a book came back, and to which leaf its holder answers for it."""
    await session.execute(
        update(ReceiptBook)
        .where(ReceiptBook.id == book_id)
        .values(held_to=held_to, returned_at=now, returned_to=staff_id)
    )


# A leaf is missing once a later one is accounted for, the book came back, or its holder left.
_VIEWS = f"""
SELECT {_BOOK}, s.full_name AS agent, i.full_name AS issuer,
       b.returned_at IS NULL AND e.left_at IS NOT NULL AS holder_left,
       f.used, f.cancelled, f.lost, coalesce(m.numbers, '{{}}') AS numbers,
       coalesce(m.since, '{{}}') AS since
FROM receipt_book b JOIN staff s ON s.id = b.agent_id LEFT JOIN staff i ON i.id = b.issued_by
LEFT JOIN leaving e ON e.staff_id = b.agent_id
CROSS JOIN LATERAL (
    SELECT count(receipt_id) AS used, max(number) AS last,
           count(*) FILTER (WHERE receipt_id IS NULL AND fate = 'cancelled') AS cancelled,
           count(*) FILTER (WHERE receipt_id IS NULL AND fate = 'lost') AS lost
    FROM book_leaf WHERE book_id = b.id
) f
CROSS JOIN LATERAL (
    SELECT array_agg(n ORDER BY n) AS numbers, array_agg(since ORDER BY n) AS since FROM (
        SELECT n, coalesce(b.returned_at, e.left_at, (
            SELECT min(least(l.used_at, l.declared_at)) FROM book_leaf l
            WHERE l.book_id = b.id AND l.number > n)) AS since
        FROM generate_series(b.first_number, CASE
            WHEN b.returned_at IS NULL AND e.left_at IS NULL THEN f.last ELSE b.held_to END) AS n
        WHERE NOT EXISTS (SELECT FROM book_leaf l WHERE l.book_id = b.id AND l.number = n)
    ) gap
) m
"""  # noqa: S608 our own constants


def _view(r: Any) -> BookView:
    book = Book(
        r.id, r.branch_id, r.agent_id, r.series, r.first_number, r.last_number, r.held_to,
        r.issued_at, r.returned_at,
    )  # fmt: skip
    return BookView(
        book, r.agent, r.issuer or "", r.holder_left, r.used, r.cancelled, r.lost,
        tuple(Missing(*each) for each in zip(r.numbers, r.since, strict=True)),
    )  # fmt: skip


async def books(session: Session, *, also_returned: bool, limit: int) -> Sequence[BookView]:
    """Books in scope: those that are out or have leaves missing, then (`also_returned`) the others;
    the latest first."""
    found = await rows(
        session,
        f"{_VIEWS} WHERE :all OR b.returned_at IS NULL OR m.numbers IS NOT NULL"
        " ORDER BY b.returned_at IS NOT NULL AND m.numbers IS NULL, b.issued_at DESC, b.id"
        " LIMIT :limit",
        all=also_returned,
        limit=limit,
    )
    return [_view(r) for r in found]


@dataclass(frozen=True, slots=True)
class HeldBook:
    """A book in its holder's hands. `last_accounted` is the highest leaf that the desk knows of;
    `declared` are those that it has as `cancelled` or `lost`, and no receipt is on."""

    series: str
    first: int
    last: int
    last_accounted: int | None
    used: int
    declared: tuple[tuple[int, Fate], ...]
    missing: tuple[int, ...]

    @property
    def left(self) -> int:
        """How many leaves are behind the last that is accounted for."""
        return self.last - (self.last_accounted or self.first - 1)


async def books_held_by(session: Session, agent_id: UUID) -> Sequence[HeldBook]:
    """The books that an agent has now, the first issued first."""
    found = await rows(
        session,
        """
        SELECT b.series, b.first_number, b.held_to, f.last, f.used, f.numbers, f.fates,
               ARRAY(SELECT n FROM generate_series(b.first_number, f.last) AS n
                     WHERE NOT EXISTS (SELECT FROM book_leaf l
                                       WHERE l.book_id = b.id AND l.number = n)
                     ORDER BY n) AS missing
        FROM receipt_book b CROSS JOIN LATERAL (
            SELECT max(l.number) AS last, count(l.receipt_id) AS used,
                   array_agg(l.number ORDER BY l.number)
                       FILTER (WHERE l.receipt_id IS NULL) AS numbers,
                   array_agg(l.fate ORDER BY l.number) FILTER (WHERE l.receipt_id IS NULL) AS fates
            FROM book_leaf l WHERE l.book_id = b.id
        ) f
        WHERE b.agent_id = :agent AND b.returned_at IS NULL ORDER BY b.issued_at, b.id
        """,
        agent=agent_id,
    )
    return [
        HeldBook(
            r.series, r.first_number, r.held_to, r.last, r.used,
            tuple((n, Fate(fate)) for n, fate in zip(r.numbers or (), r.fates or (), strict=True)),
            tuple(r.missing),
        )
        for r in found
    ]  # fmt: skip


async def books_with_missing(session: Session) -> Sequence[BookView]:
    """The books in scope with leaves that nobody accounts for."""
    found = await rows(session, f"{_VIEWS} WHERE m.numbers IS NOT NULL ORDER BY b.id")
    return [_view(r) for r in found]


async def book_view(session: Session, book_id: UUID) -> BookView | None:
    """A book in scope as people see it."""
    found = await rows(session, f"{_VIEWS} WHERE b.id = :id", id=book_id)
    return _view(found[0]) if found else None
