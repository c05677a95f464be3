"""SQL of matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from collection.reconciliation.errors import AlreadyMatched
from data.refused import refused_by
from data.rows_json import as_json
from data.session import Session, rows, savepoint


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A match as it is written: its line ids, its claims as (part id, kind, id)."""

    id: UUID
    line_ids: tuple[UUID, ...]
    claims: tuple[tuple[UUID, str, UUID], ...]
    tier: str
    score: float
    reasons: tuple[str, ...]
    state: str
    rank: int = 1
    is_automatic: bool = False
    short_minor: int = 0
    matched_by: UUID | None = None
    note: str | None = None


_ADD = """
WITH n AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:matches AS jsonb)) AS n (id uuid, line_ids uuid[],
        claims jsonb, tier text, score float, reasons text[], state text, rank int,
        is_automatic boolean, short_minor bigint, matched_by uuid, note text)
), m AS (
    INSERT INTO match (id, branch_id, bank_account_id, tier, score, reasons, state, rank,
        is_automatic, line_count, claim_count, short_minor, currency, made_at, matched_at,
        matched_by, note)
    SELECT id, :branch, :account, tier, score, reasons, state, rank, is_automatic,
           cardinality(line_ids), jsonb_array_length(claims), short_minor, :currency, :now,
           CASE state WHEN 'matched' THEN CAST(:now AS timestamptz) END, matched_by, note
    FROM n RETURNING id
), l AS (
    INSERT INTO match_line (match_id, line_id, branch_id, amount_minor, is_live)
    SELECT n.id, s.id, :branch, s.amount_minor, n.state = 'matched'
    FROM n JOIN m ON m.id = n.id CROSS JOIN unnest(n.line_ids) AS u (line_id)
    JOIN statement_line s ON s.id = u.line_id
), c AS (
    INSERT INTO match_claim (id, match_id, branch_id, claim_id, deposit_id, receipt_id,
        remittance_id, amount_minor, is_live)
    SELECT p.part_id, n.id, :branch, p.id, d.id, r.id, v.id,
           coalesce(d.amount_minor, r.amount_minor, v.amount_minor), n.state = 'matched'
    FROM n JOIN m ON m.id = n.id
    CROSS JOIN jsonb_to_recordset(n.claims) AS p (part_id uuid, kind text, id uuid)
    LEFT JOIN deposit d ON p.kind = 'deposit' AND d.id = p.id
    LEFT JOIN receipt r ON p.kind = 'receipt' AND r.id = p.id
    LEFT JOIN remittance v ON p.kind = 'remittance' AND v.id = p.id
)
SELECT count(*) FROM m
"""


async def add_matches(
    session: Session,
    branch_id: UUID,
    account_id: UUID,
    currency: str,
    new: Sequence[NewMatch],
    now: datetime,
) -> None:
    """Write matches. Raises `AlreadyMatched` where a line or a claim is in a live one."""
    if not new:
        return
    try:
        async with savepoint(session):
            await rows(
                session,
                _ADD,
                matches=as_json([_row(one) for one in new]),
                branch=branch_id,
                account=account_id,
                currency=currency,
                now=now,
            )
    except IntegrityError as refused:
        raise _already(refused) from None


def _row(one: NewMatch) -> dict[str, Any]:
    return {
        "id": one.id,
        "line_ids": one.line_ids,
        "claims": [
            {"part_id": part_id, "kind": kind, "id": claim_id}
            for part_id, kind, claim_id in one.claims
        ],
        "tier": one.tier,
        "score": one.score,
        "reasons": one.reasons,
        "state": one.state,
        "rank": one.rank,
        "is_automatic": one.is_automatic,
        "short_minor": one.short_minor,
        "matched_by": one.matched_by,
        "note": one.note,
    }


def _already(refused: IntegrityError) -> Exception:
    """A refusal by the database as a domain error, by the constraint's name."""
    what = {
        "uq_match_line_live": "A line",
        "uq_match_claim_live": "A deposit, remittance or receipt",
    }.get(refused_by(refused))
    return AlreadyMatched(what) if what else refused


async def drop_proposals(session: Session, account_id: UUID) -> None:
    """Throw away what was proposed for an account: it is proposed anew."""
    await rows(
        session,
        "DELETE FROM match WHERE bank_account_id = :account AND state = 'proposed' RETURNING id",
        account=account_id,
    )


async def drop_rivals(session: Session, match_id: UUID) -> None:
    """Throw away the proposals that share a line or a claim with a match."""
    await rows(
        session,
        """
        DELETE FROM match m USING match_line l, match_line o
        WHERE o.match_id = :id AND l.line_id = o.line_id AND m.id = l.match_id
          AND m.state = 'proposed' AND m.id <> :id
        RETURNING m.id
        """,
        id=match_id,
    )
    await rows(
        session,
        """
        DELETE FROM match m USING match_claim c, match_claim o
        WHERE o.match_id = :id AND m.id = c.match_id AND m.state = 'proposed' AND m.id <> :id
          AND c.claim_id = o.claim_id
        RETURNING m.id
        """,
        id=match_id,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A claim of a match: its own id, what it is, whose, and how much."""

    id: UUID
    kind: str
    claim_id: UUID
    agent_id: UUID
    branch_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match with its parts."""

    id: UUID
    branch_id: UUID
    bank_account_id: UUID
    tier: str
    state: str
    short_minor: int
    currency: str
    line_ids: tuple[UUID, ...]
    parts: tuple[Part, ...]


async def match_of(session: Session, match_id: UUID) -> MatchView | None:
    """A match in scope, locked until the end."""
    found = await rows(
        session,
        "SELECT id, branch_id, bank_account_id, tier, state, short_minor, currency FROM match"
        " WHERE id = :id FOR NO KEY UPDATE",
        id=match_id,
    )
    if not found:
        return None
    line_ids = await rows(
        session, "SELECT line_id FROM match_line WHERE match_id = :id ORDER BY line_id", id=match_id
    )
    m = found[0]
    return MatchView(
        m.id, m.branch_id, m.bank_account_id, m.tier, m.state, m.short_minor, m.currency,
        tuple(r.line_id for r in line_ids), await parts_of(session, [match_id]),
    )  # fmt: skip


async def parts_of(session: Session, match_ids: Sequence[UUID]) -> tuple[Part, ...]:
    """The claims of matches."""
    found = await rows(
        session,
        """
        SELECT c.id, CASE WHEN d.id IS NOT NULL THEN 'deposit' WHEN r.id IS NOT NULL THEN 'receipt'
                          ELSE 'remittance' END AS kind,
               c.claim_id,
               coalesce(d.agent_id, r.agent_id, v.remitted_by) AS agent_id,
               coalesce(d.branch_id, r.branch_id, v.branch_id) AS branch_id, c.amount_minor
        FROM match_claim c LEFT JOIN deposit d ON d.id = c.deposit_id
        LEFT JOIN receipt r ON r.id = c.receipt_id
        LEFT JOIN remittance v ON v.id = c.remittance_id
        WHERE c.match_id = ANY(CAST(:ids AS uuid[])) ORDER BY c.id
        """,
        ids=list(match_ids),
    )
    return tuple(Part(*r) for r in found)


async def lock_matches(session: Session, match_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The states of the matches in scope among these, locked until the end, always in the same
    order."""
    found = await rows(
        session,
        "SELECT id, state FROM match WHERE id = ANY(CAST(:ids AS uuid[]))"
        " ORDER BY id FOR NO KEY UPDATE",
        ids=list(match_ids),
    )
    return {r.id: r.state for r in found}


async def live_match_of_line(session: Session, line_id: UUID) -> UUID | None:
    """The match that a line is in."""
    found = await rows(
        session,
        "SELECT match_id FROM match_line WHERE line_id = :id AND is_live",
        id=line_id,
    )
    return found[0].match_id if found else None


async def set_matched(
    session: Session, match_id: UUID, staff_id: UUID, note: str | None, now: datetime
) -> None:
    """A proposal becomes a match by a person. Raises `AlreadyMatched`."""
    try:
        async with savepoint(session):
            await rows(
                session,
                "UPDATE match SET state = 'matched', matched_at = :now, matched_by = :staff,"
                " note = :note WHERE id = :id RETURNING id",
                id=match_id,
                now=now,
                staff=staff_id,
                note=note,
            )
            await _set_live(session, [match_id], is_live=True)
    except IntegrityError as refused:
        raise _already(refused) from None


async def set_undone(
    session: Session,
    match_ids: Sequence[UUID],
    staff_id: UUID | None,
    because: str,
    now: datetime,
) -> None:
    """Matches are none any more; their lines and claims are open again."""
    await rows(
        session,
        "UPDATE match SET state = 'undone', undone_at = :now, undone_by = :staff,"
        " undone_because = :because WHERE id = ANY(CAST(:ids AS uuid[])) RETURNING 1",
        ids=list(match_ids),
        now=now,
        staff=staff_id,
        because=because,
    )
    await _set_live(session, match_ids, is_live=False)


async def _set_live(session: Session, match_ids: Sequence[UUID], *, is_live: bool) -> None:
    for table in ("match_line", "match_claim"):
        await rows(
            session,
            f"UPDATE {table} SET is_live = :live"  # noqa: S608
            " WHERE match_id = ANY(CAST(:ids AS uuid[])) RETURNING 1",
            ids=list(match_ids),
            live=is_live,
        )
