"""SQL of taking a file back: what stands in the way, and how its lines count no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from core.money import Money
from core.said import say
from data.session import Session, rows
from data.tables.reconciliation import StatementFile

_IN_THE_WAY = """
WITH line AS (
    SELECT l.id, l.booked_on, l.amount_minor, l.currency
    FROM statement_line l JOIN statement s ON s.id = l.statement_id WHERE s.file_id = :file
)
SELECT 'matched' AS what, l.booked_on AS day, l.amount_minor, l.currency, p.full_name AS name
FROM line l JOIN match_line x ON x.line_id = l.id AND x.is_live JOIN match m ON m.id = x.match_id
LEFT JOIN staff p ON p.id = m.matched_by WHERE NOT m.is_automatic
UNION ALL
SELECT 'set_aside', l.booked_on, l.amount_minor, l.currency, p.full_name
FROM line l JOIN line_mark k ON k.line_id = l.id AND k.ended_at IS NULL
LEFT JOIN staff p ON p.id = k.made_by
UNION ALL
SELECT DISTINCT 'told_again', n.from_on, CAST(NULL AS bigint), CAST(NULL AS text), f.name
FROM statement s JOIN statement n ON n.bank_account_id = s.bank_account_id
    AND n.file_id <> s.file_id AND n.taken_back_at IS NULL
    AND (n.follows_id = s.id OR (n.taken_in_at >= s.taken_in_at AND n.lines_added < n.lines_read
         AND n.from_on <= s.to_on AND n.to_on >= s.from_on))
JOIN statement_file f ON f.id = n.file_id WHERE s.file_id = :file
ORDER BY 1, 2, 5
"""


async def in_the_way(session: Session, file_id: UUID) -> tuple[str, ...]:
    """What was built on a file's lines: what people matched or set aside, and later files that told
    some of them again or go on within its last day."""
    return tuple(_obstacle(r) for r in await rows(session, _IN_THE_WAY, file=file_id))


def _obstacle(r: Any) -> str:
    if r.what == "told_again":
        return say("“{name}” tells days of it, too", name=r.name)
    amount, name = Money(r.amount_minor, r.currency), r.name or "–"
    if r.what == "matched":
        return say("{amount} of {day} was matched by {name}", amount=amount, day=r.day, name=name)
    return say("{amount} of {day} was set aside by {name}", amount=amount, day=r.day, name=name)


async def accounts_of(session: Session, file_id: UUID) -> Sequence[UUID]:
    """The accounts that a file's statements are of, always in the same order."""
    found = await rows(
        session,
        "SELECT DISTINCT bank_account_id AS id FROM statement WHERE file_id = :file ORDER BY 1",
        file=file_id,
    )
    return [r.id for r in found]


async def standing_matches(session: Session, file_id: UUID) -> Sequence[UUID]:
    """The matches that lines of a file are in."""
    found = await rows(
        session,
        """
        SELECT DISTINCT x.match_id AS id FROM match_line x
        JOIN statement_line l ON l.id = x.line_id JOIN statement s ON s.id = l.statement_id
        WHERE x.is_live AND s.file_id = :file ORDER BY 1
        """,
        file=file_id,
    )
    return [r.id for r in found]


async def drop_proposals_of_file(session: Session, file_id: UUID) -> None:
    """Throw away what was proposed for a file's lines."""
    await rows(
        session,
        """
        DELETE FROM match m USING match_line x, statement_line l, statement s
        WHERE x.match_id = m.id AND l.id = x.line_id AND s.id = l.statement_id
          AND s.file_id = :file AND m.state = 'proposed' RETURNING m.id
        """,
        file=file_id,
    )


async def set_taken_back(
    session: Session, file_id: UUID, staff_id: UUID, because: str, now: datetime
) -> None:
    """A file's lines count no more. They are kept, as what was undone tells of them."""
    for sql in (
        "UPDATE statement_line SET taken_back_at = :now WHERE statement_id IN"
        " (SELECT id FROM statement WHERE file_id = :file) RETURNING 1",
        "UPDATE statement SET taken_back_at = :now WHERE file_id = :file RETURNING 1",
    ):
        await rows(session, sql, file=file_id, now=now)
    await session.execute(
        update(StatementFile)
        .where(StatementFile.id == file_id)
        .values(
            state="taken_back", taken_back_at=now, taken_back_by=staff_id,
            taken_back_because=because,
        )
    )  # fmt: skip
