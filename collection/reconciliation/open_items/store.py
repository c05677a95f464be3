"""SQL of what is open, and of what people say about lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from collection.reconciliation.errors import AlreadyMatched
from data.session import Session, rows, savepoint
from data.tables.reconciliation import LineMark

KNOWN_DAYS = 60
"""How long what is proven is kept in mind: its references, and credits that may be taken back."""

# Deposits at a bank, branches' remittances, and receipts that no agent holds, of the account's
# branch and those below it.
_KNOWN_CLAIMS = """
WITH RECURSIVE below AS (
    SELECT id, zone, name FROM branch WHERE id = :branch
    UNION ALL SELECT b.id, b.zone, b.name FROM branch b JOIN below p ON b.parent_id = p.id
), claim AS (
    SELECT 'deposit' AS kind, d.id, d.branch_id, d.agent_id, d.amount_minor, d.slip_no AS reference,
           s.full_name AS words, (d.deposited_at AT TIME ZONE b.zone)::date AS made_on
    FROM deposit d JOIN below b ON b.id = d.branch_id JOIN staff s ON s.id = d.agent_id
    WHERE d.target = 'bank' AND d.rejected_at IS NULL AND d.currency = :currency
    UNION ALL
    SELECT 'receipt', r.id, r.branch_id, r.agent_id, r.amount_minor, r.mode_reference, c.full_name,
           (r.taken_at AT TIME ZONE b.zone)::date
    FROM receipt r JOIN below b ON b.id = r.branch_id JOIN case_file f ON f.id = r.case_id
    JOIN customer c ON c.id = f.customer_id
    WHERE r.mode NOT IN ('cash', 'cheque') AND r.currency = :currency
      AND NOT EXISTS (SELECT FROM receipt_reversal v
                      WHERE v.receipt_id = r.id AND v.state = 'approved')
    UNION ALL
    SELECT 'remittance', v.id, v.branch_id, v.remitted_by, v.amount_minor, v.slip_no, b.name,
           (v.remitted_at AT TIME ZONE b.zone)::date
    FROM remittance v JOIN below b ON b.id = v.branch_id WHERE v.currency = :currency
)
SELECT c.*, m.match_id IS NULL AS is_open
FROM claim c LEFT JOIN match_claim m
    ON m.is_live AND m.claim_id = c.id
WHERE m.match_id IS NULL OR c.made_on >= :since
ORDER BY c.made_on, c.id
"""

_KNOWN_LINES = """
SELECT l.id, l.booked_on, l.valued_on, l.amount_minor, l.bank_references, l.text, l.bank_id,
       l.is_reversal, m.match_id IS NULL AND k.id IS NULL AS is_open
FROM statement_line l LEFT JOIN match_line m ON m.line_id = l.id AND m.is_live
LEFT JOIN line_mark k ON k.line_id = l.id AND k.ended_at IS NULL
JOIN statement s ON s.id = l.statement_id
WHERE l.bank_account_id = :account AND l.taken_back_at IS NULL
  AND ((m.match_id IS NULL AND k.id IS NULL) OR l.booked_on >= :since)
ORDER BY l.booked_on, s.taken_in_at, s.part, l.position
"""


async def known_claims(
    session: Session, branch_id: UUID, currency: str, since: date
) -> Sequence[Any]:
    """What of a branch and those below it may be proven, the oldest first; of what is proven, that
    made since a day."""
    return await rows(session, _KNOWN_CLAIMS, branch=branch_id, currency=currency, since=since)


async def known_lines(session: Session, account_id: UUID, since: date) -> Sequence[Any]:
    """The open lines of an account in the bank's order, and all since a day."""
    return await rows(session, _KNOWN_LINES, account=account_id, since=since)


async def declared_days(
    session: Session, branch_id: UUID, calendar: str
) -> dict[date, tuple[str, str]]:
    """What is declared of whole days of a calendar for a branch: the kind and name of each."""
    found = await rows(
        session,
        """
        SELECT DISTINCT ON (h.day) h.day, h.kind, h.name FROM branch_line(:branch) l
        JOIN holiday h ON h.branch_id = l.branch_id
        WHERE h.calendar = :calendar AND num_nonnulls(h.closed_from, h.closed_to) = 0
        ORDER BY h.day, l.steps, h.declared_at DESC
        """,
        branch=branch_id,
        calendar=calendar,
    )
    return {r.day: (r.kind, r.name) for r in found}


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that is in no match; `is_marked`: a person has said what it is."""

    id: UUID
    branch_id: UUID
    bank_account_id: UUID
    booked_on: date
    valued_on: date
    amount_minor: int
    currency: str
    bank_references: list[str]
    text: str
    bank_id: str | None
    is_reversal: bool
    is_marked: bool


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A deposit at a bank, a branch's remittance, or a receipt that no agent holds.

    `agent` is who took or paid in the money; nobody (None) did for what was paid online.
    """

    id: UUID
    kind: str
    branch_id: UUID
    branch: str
    agent_id: UUID | None
    agent: str
    made_on: date
    amount_minor: int
    currency: str
    reference: str | None
    about: str


_LINE = """
SELECT l.id, l.branch_id, l.bank_account_id, l.booked_on, l.valued_on, l.amount_minor, l.currency,
       l.bank_references, l.text, l.bank_id, l.is_reversal, k.id IS NOT NULL AS is_marked
FROM statement_line l LEFT JOIN line_mark k ON k.line_id = l.id AND k.ended_at IS NULL
"""

_CLAIM = """
SELECT c.* FROM (
    SELECT d.id, 'deposit' AS kind, d.branch_id, b.name AS branch, d.agent_id, s.full_name AS agent,
           (d.deposited_at AT TIME ZONE b.zone)::date AS made_on, d.amount_minor, d.currency,
           d.slip_no AS reference, s.full_name AS about
    FROM deposit d JOIN branch b ON b.id = d.branch_id JOIN staff s ON s.id = d.agent_id
    WHERE d.target = 'bank' AND d.rejected_at IS NULL
    UNION ALL
    SELECT r.id, 'receipt', r.branch_id, b.name, s.id, coalesce(s.full_name, 'paid online'),
           (r.taken_at AT TIME ZONE b.zone)::date, r.amount_minor, r.currency, r.mode_reference,
           u.full_name
    FROM receipt r JOIN branch b ON b.id = r.branch_id
    LEFT JOIN staff s ON s.id = coalesce(r.agent_id, r.taken_by)
    JOIN case_file f ON f.id = r.case_id JOIN customer u ON u.id = f.customer_id
    WHERE r.mode NOT IN ('cash', 'cheque')
      AND NOT EXISTS (SELECT FROM receipt_reversal v
                      WHERE v.receipt_id = r.id AND v.state = 'approved')
    UNION ALL
    SELECT v.id, 'remittance', v.branch_id, b.name, v.remitted_by, s.full_name,
           (v.remitted_at AT TIME ZONE b.zone)::date, v.amount_minor, v.currency, v.slip_no, b.name
    FROM remittance v JOIN branch b ON b.id = v.branch_id JOIN staff s ON s.id = v.remitted_by
) c
"""
_UNPROVEN = """
NOT EXISTS (SELECT FROM match_claim m WHERE m.is_live AND m.claim_id = c.id)
"""


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """A match with the ids of its lines and claims, who made it and who undid it."""

    id: UUID
    tier: str
    score: float
    reasons: list[str]
    state: str
    rank: int
    is_automatic: bool
    short_minor: int
    currency: str
    made_at: datetime
    matched_at: datetime | None
    matched_by: str | None
    note: str | None
    undone_at: datetime | None
    undone_by: str | None
    undone_because: str | None
    line_ids: list[UUID]
    claim_ids: list[UUID]


async def lines_by_id(
    session: Session, line_ids: Sequence[UUID], *, even_taken_back: bool = False
) -> dict[UUID, OpenLine]:
    """Lines in scope, matched or not, by their ids."""
    found = await rows(
        session,
        f"{_LINE} WHERE l.id = ANY(:ids) AND (:even OR l.taken_back_at IS NULL)",
        ids=list(line_ids),
        even=even_taken_back,
    )
    return {r.id: OpenLine(*r) for r in found}


async def claims_by_id(session: Session, claim_ids: Sequence[UUID]) -> dict[UUID, OpenClaim]:
    """Claims in scope, proven or not, by their ids."""
    found = await rows(session, f"{_CLAIM} WHERE c.id = ANY(:ids)", ids=list(claim_ids))
    return {r.id: OpenClaim(*r) for r in found}


async def open_lines(session: Session, account_id: UUID, *, limit: int) -> Sequence[OpenLine]:
    """Lines of an account in no match and without a mark, the oldest first."""
    found = await rows(
        session,
        f"""
        {_LINE} WHERE l.bank_account_id = :account AND k.id IS NULL AND l.taken_back_at IS NULL
          AND NOT EXISTS (SELECT FROM match_line m WHERE m.line_id = l.id AND m.is_live)
        ORDER BY l.booked_on, l.id LIMIT :limit
        """,
        account=account_id,
        limit=limit,
    )
    return [OpenLine(*r) for r in found]


async def open_claims(session: Session, currency: str, *, limit: int) -> Sequence[OpenClaim]:
    """Deposits, remittances and receipts in scope that no line shows, the oldest first."""
    found = await rows(
        session,
        f"""
        {_CLAIM} WHERE c.currency = :currency AND {_UNPROVEN}
        ORDER BY c.made_on, c.id LIMIT :limit
        """,
        currency=currency,
        limit=limit,
    )
    return [OpenClaim(*r) for r in found]


_MATCHES = """
SELECT m.id, m.tier, m.score, m.reasons, m.state, m.rank, m.is_automatic, m.short_minor,
       m.currency, m.made_at, m.matched_at, w.full_name AS matched_by, m.note, m.undone_at,
       u.full_name AS undone_by, m.undone_because,
       ARRAY(SELECT l.line_id FROM match_line l WHERE l.match_id = m.id) AS line_ids,
       ARRAY(SELECT c.claim_id FROM match_claim c
             WHERE c.match_id = m.id) AS claim_ids
FROM match m LEFT JOIN staff w ON w.id = m.matched_by LEFT JOIN staff u ON u.id = m.undone_by
"""


async def matches(
    session: Session, account_id: UUID, state: str, *, limit: int
) -> Sequence[MatchFacts]:
    """Matches of an account in a state with their lines and claims, the latest or best first."""
    found = await rows(
        session,
        f"{_MATCHES} WHERE m.bank_account_id = :account AND m.state = :state"
        " ORDER BY m.matched_at DESC, m.score DESC, m.rank, m.id LIMIT :limit",
        account=account_id,
        state=state,
        limit=limit,
    )
    return [MatchFacts(*r) for r in found]


_OF_CLAIM = """
WHERE m.state <> 'proposed' AND m.id IN
    (SELECT match_id FROM match_claim WHERE claim_id = :id)
ORDER BY m.matched_at DESC, m.id
"""


async def matches_of_claim(session: Session, claim_id: UUID) -> Sequence[MatchFacts]:
    """All that a claim was matched with, undone ones too, the latest first."""
    found = await rows(
        session,
        _MATCHES + _OF_CLAIM,
        id=claim_id,
    )
    return [MatchFacts(*r) for r in found]


async def add_mark(session: Session, **values: Any) -> None:
    """Say what a line is. Raises `AlreadyMatched` where somebody has."""
    try:
        async with savepoint(session):
            await session.execute(insert(LineMark).values(**values))
    except IntegrityError:
        raise AlreadyMatched("This line") from None


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line that somebody has set aside: as what, why, when and who (None to those who do not see
    them)."""

    line: OpenLine
    kind: str
    reason: str
    made_at: datetime
    made_by: str | None


async def marked_lines(session: Session, account_id: UUID, *, limit: int) -> Sequence[MarkedLine]:
    """Lines of an account that are set aside, the latest first."""
    found = await rows(
        session,
        """
        SELECT k.line_id, k.kind, k.reason, k.made_at, s.full_name
        FROM line_mark k JOIN statement_line l ON l.id = k.line_id
        LEFT JOIN staff s ON s.id = k.made_by
        WHERE l.bank_account_id = :account AND k.ended_at IS NULL AND l.taken_back_at IS NULL
        ORDER BY k.made_at DESC, k.id LIMIT :limit
        """,
        account=account_id,
        limit=limit,
    )
    lines = await lines_by_id(session, [r.line_id for r in found])
    return [MarkedLine(lines[r.line_id], r.kind, r.reason, r.made_at, r.full_name) for r in found]


async def end_mark(
    session: Session, line_id: UUID, staff_id: UUID, because: str, now: datetime
) -> bool:
    """Take back what was said of a line. False when nothing was."""
    ended = await rows(
        session,
        "UPDATE line_mark SET ended_at = :now, ended_by = :staff, ended_because = :because"
        " WHERE line_id = :line AND ended_at IS NULL RETURNING id",
        line=line_id,
        staff=staff_id,
        because=because,
        now=now,
    )
    return bool(ended)


async def is_matched(session: Session, line_id: UUID) -> bool:
    """Whether a line is in a match that stands."""
    found = await rows(
        session,
        "SELECT EXISTS (SELECT FROM match_line WHERE line_id = :id AND is_live) AS is_it",
        id=line_id,
    )
    is_it: bool = found[0].is_it
    return is_it


async def drop_proposals_of(session: Session, line_id: UUID) -> None:
    """Throw away what was proposed for a line."""
    await rows(
        session,
        "DELETE FROM match m USING match_line l WHERE l.match_id = m.id AND l.line_id = :id"
        " AND m.state = 'proposed' RETURNING m.id",
        id=line_id,
    )
