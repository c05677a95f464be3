"""SQL of statement files, statements and their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.reconciliation.statement import Line, Statement
from core.ids import new_id
from data.rows_json import as_json
from data.session import Session, rows
from data.tables.reconciliation import Statement as StatementRow
from data.tables.reconciliation import StatementFile


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as it came in, and what became of it."""

    id: UUID
    branch_id: UUID
    bank_account_id: UUID | None
    name: str
    state: str
    report: dict[str, Any] | None
    uploaded_at: datetime
    uploaded_by: UUID | None
    finished_at: datetime | None
    taken_back_because: str | None


_FILE = """
SELECT id, branch_id, bank_account_id, name, state, report, uploaded_at, uploaded_by, finished_at,
       taken_back_because
FROM statement_file
"""


async def one_at_a_time(session: Session, what: UUID) -> None:
    """Wait until nobody else takes in or matches for this branch or account."""
    await rows(session, "SELECT pg_advisory_xact_lock(hashtext(:what))", what=f"reconcile {what}")


async def known_file(session: Session, branch_id: UUID, content_hash: bytes) -> FileView | None:
    """The file of these bytes that was taken in, or is about to be."""
    found = await rows(
        session,
        f"{_FILE} WHERE branch_id = :branch AND content_hash = :hash "
        " AND state NOT IN ('refused', 'taken_back')",
        branch=branch_id,
        hash=content_hash,
    )
    return FileView(*found[0]) if found else None


async def file(session: Session, file_id: UUID) -> FileView | None:
    """A file in scope."""
    found = await rows(session, f"{_FILE} WHERE id = :id", id=file_id)
    return FileView(*found[0]) if found else None


async def files(session: Session, *, limit: int = 50) -> Sequence[FileView]:
    """The last files in scope, the newest first."""
    found = await rows(session, f"{_FILE} ORDER BY uploaded_at DESC, id DESC LIMIT :n", n=limit)
    return [FileView(*r) for r in found]


async def content_of(session: Session, file_id: UUID) -> tuple[bytes, tuple[int, int] | None]:
    """The bytes of a file, and the balances told with it."""
    found = await rows(
        session,
        "SELECT content, told_opening_minor, told_closing_minor FROM statement_file WHERE id = :id",
        id=file_id,
    )
    r = found[0]
    told = None
    if r.told_opening_minor is not None and r.told_closing_minor is not None:
        told = r.told_opening_minor, r.told_closing_minor
    return bytes(r.content), told


async def add_file(session: Session, **values: Any) -> bool:
    """Keep a file, in state ``waiting``. False when its bytes are there already."""
    added = await session.execute(
        upsert(StatementFile)
        .values(state="waiting", **values)
        .on_conflict_do_nothing()
        .returning(StatementFile.id)
    )
    return added.scalar_one_or_none() is not None


async def set_state(
    session: Session, file_id: UUID, state: str, report: dict[str, Any], now: datetime | None
) -> None:
    """Note what became of a file; `now` where that is its end."""
    await session.execute(
        update(StatementFile)
        .where(StatementFile.id == file_id)
        .values(state=state, report=report, finished_at=now)
    )


async def followed_by(
    session: Session, account_id: UUID, new: Statement, first: date
) -> UUID | None:
    """The statement that ends within the `first` day of `new`, at its opening balance."""
    found = await rows(
        session,
        """
        SELECT s.id FROM statement s
        WHERE s.bank_account_id = :account AND s.to_on = :first AND s.closing_minor = :opening
          AND s.taken_back_at IS NULL
          -- One that nothing came of on balance is the same again, not what went before.
          AND NOT (s.opening_minor = :opening AND s.closing_minor = :closing
                   AND s.lines_read = :lines)
          AND EXISTS (SELECT FROM statement_line l
                      WHERE l.statement_id = s.id AND l.booked_on = :first)
        ORDER BY s.taken_in_at DESC LIMIT 1
        """,
        account=account_id,
        first=first,
        opening=new.opening_minor,
        closing=new.closing_minor,
        lines=len(new.lines),
    )
    return found[0].id if found else None


async def counts_before(
    session: Session, follows_id: UUID, day: date
) -> dict[tuple[date, bytes], int]:
    """How many lines of each fingerprint a statement and those it follows have on its last day."""
    found = await rows(
        session,
        """
        WITH RECURSIVE chain AS (
            SELECT id, follows_id, from_on FROM statement WHERE id = :id
            UNION SELECT s.id, s.follows_id, s.from_on FROM statement s
            JOIN chain c ON c.follows_id = s.id
        )
        SELECT fingerprint, max(ordinal) AS last FROM statement_line
        WHERE statement_id IN (SELECT id FROM chain) AND booked_on = :day GROUP BY fingerprint
        """,
        id=follows_id,
        day=day,
    )
    return {(day, bytes(r.fingerprint)): r.last for r in found}


async def closing_before(session: Session, account_id: UUID, day: date) -> int | None:
    """The closing balance of the account's last statement that ends before a day."""
    found = await rows(
        session,
        "SELECT closing_minor FROM statement WHERE bank_account_id = :account AND to_on < :day"
        " AND taken_back_at IS NULL"
        " ORDER BY to_on DESC, taken_in_at DESC LIMIT 1",
        account=account_id,
        day=day,
    )
    return found[0].closing_minor if found else None


async def add_statement(
    session: Session,
    branch_id: UUID,
    account_id: UUID,
    file_id: UUID,
    part: int,
    file_format: str,
    new: Statement,
    identities: Sequence[tuple[bytes, int]],
    follows_id: UUID | None,
    now: datetime,
) -> int:
    """Store a statement with its lines that were not known: how many those are."""
    statement_id = new_id()
    known = await _known(session, account_id, new.lines, identities)
    fresh = [n for n, is_known in enumerate(known) if not is_known]
    await session.execute(
        insert(StatementRow).values(
            id=statement_id,
            branch_id=branch_id,
            bank_account_id=account_id,
            file_id=file_id,
            part=part,
            format=file_format,
            from_on=new.from_on,
            to_on=new.to_on,
            opening_minor=new.opening_minor,
            total_minor=new.total_minor,
            closing_minor=new.closing_minor,
            opening_told=new.opening_told,
            lines_read=len(new.lines),
            lines_added=len(fresh),
            taken_in_at=now,
            follows_id=follows_id,
        )
    )
    if fresh:
        await rows(
            session,
            _ADD_LINES,
            lines=as_json([_row(n, new.lines[n], *identities[n]) for n in fresh]),
            branch=branch_id,
            account=account_id,
            statement=statement_id,
            currency=new.currency,
        )
    return len(fresh)


_ADD_LINES = """
INSERT INTO statement_line (id, branch_id, bank_account_id, statement_id, position, booked_on,
    valued_on, amount_minor, currency, bank_references, text, bank_id, code, is_reversal,
    fingerprint, ordinal)
SELECT n.id, :branch, :account, :statement, n.position, n.booked_on, n.valued_on, n.amount_minor,
       :currency, n.bank_references, n.text, n.bank_id, n.code, n.is_reversal,
       decode(n.fingerprint, 'hex'), n.ordinal
FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS n (id uuid, position int, booked_on date,
    valued_on date, amount_minor bigint, bank_references text[], text text, bank_id text,
    code text, is_reversal boolean, fingerprint text, ordinal int)
RETURNING id
"""


def _row(n: int, line: Line, fingerprint: bytes, ordinal: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "position": n + 1,
        "booked_on": line.booked_on,
        "valued_on": line.valued_on,
        "amount_minor": line.amount_minor,
        "bank_references": line.references,
        "text": line.text,
        "bank_id": line.bank_id,
        "code": line.code,
        "is_reversal": line.is_reversal,
        "fingerprint": fingerprint.hex(),
        "ordinal": ordinal,
    }


async def _known(
    session: Session,
    account_id: UUID,
    lines: Sequence[Line],
    identities: Sequence[tuple[bytes, int]],
) -> list[bool]:
    """Of each line, whether it is there already."""
    if not lines:
        return []
    found = await rows(
        session,
        """
        SELECT booked_on, fingerprint, ordinal FROM statement_line
        WHERE bank_account_id = :account AND booked_on BETWEEN :first AND :last
          AND taken_back_at IS NULL
        """,
        account=account_id,
        first=min(line.booked_on for line in lines),
        last=max(line.booked_on for line in lines),
    )
    there = {(r.booked_on, bytes(r.fingerprint), r.ordinal) for r in found}
    return [
        (line.booked_on, *identity) in there
        for line, identity in zip(lines, identities, strict=True)
    ]


async def totals_by_day(
    session: Session, account_id: UUID, first: date, last: date
) -> dict[date, int]:
    """What the known lines of each day make, in minor units."""
    found = await rows(
        session,
        "SELECT booked_on, sum(amount_minor)::bigint AS minor FROM statement_line"
        " WHERE bank_account_id = :account AND booked_on BETWEEN :first AND :last"
        " AND taken_back_at IS NULL"
        " GROUP BY booked_on",
        account=account_id,
        first=first,
        last=last,
    )
    return {r.booked_on: r.minor for r in found}


async def goes_on(session: Session, account_id: UUID, last: date, closing_minor: int) -> bool:
    """Whether another statement has more of this day than one that ends with this balance."""
    found = await rows(
        session,
        "SELECT EXISTS (SELECT FROM statement WHERE bank_account_id = :account"
        " AND taken_back_at IS NULL AND from_on <= :last AND (to_on > :last OR (to_on = :last"
        " AND closing_minor <> :closing))) AS more",
        account=account_id,
        last=last,
        closing=closing_minor,
    )
    more: bool = found[0].more
    return more
