"""SQL of many proofs at once: sets, never a row at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.custody.ledger import Entry
from core.ids import new_id
from data.rows_json import as_json
from data.session import Session, rows


async def lock_tills_of(session: Session, deposit_ids: Sequence[UUID]) -> None:
    """Lock the tills of the deposits' agents until the end, always in the same order."""
    await rows(
        session,
        "SELECT agent_id FROM till WHERE agent_id IN (SELECT agent_id FROM deposit"
        " WHERE id = ANY(:ids)) ORDER BY agent_id FOR NO KEY UPDATE",
        ids=list(deposit_ids),
    )


@dataclass(frozen=True, slots=True)
class Transit:
    """What of an agent's deposits left transit or came back to it, and how much of that the limit
    waits for."""

    agent_id: UUID
    moved_minor: int
    pending_minor: int


async def prove_whole(session: Session, transit_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Note that statements show all of these deposits and remittances: those that could be proven.

    One in part proven already is not.
    """
    found = await rows(
        session,
        """
        WITH d AS (
            UPDATE deposit SET proven_minor = amount_minor
            WHERE id = ANY(:ids) AND target = 'bank' AND rejected_at IS NULL AND proven_minor = 0
            RETURNING id
        ), v AS (
            UPDATE remittance SET proven_minor = amount_minor
            WHERE id = ANY(:ids) AND proven_minor = 0 RETURNING id
        )
        SELECT id FROM d UNION ALL SELECT id FROM v
        """,
        ids=list(transit_ids),
    )
    return [r.id for r in found]


async def prove_less(session: Session, minor: Mapping[UUID, int]) -> Sequence[UUID]:
    """Note that statements show so much less of these deposits and remittances: those that had it.

    One that was sent back or brought to the branch has not.
    """
    found = await rows(
        session,
        """
        WITH less AS MATERIALIZED (
            SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:minor AS bigint[])) AS l (id, minor)
        ), d AS (
            UPDATE deposit d SET proven_minor = d.proven_minor - less.minor FROM less
            WHERE d.id = less.id AND d.target = 'bank' AND d.rejected_at IS NULL
              AND d.proven_minor >= less.minor RETURNING d.id
        ), v AS (
            UPDATE remittance v SET proven_minor = v.proven_minor - less.minor FROM less
            WHERE v.id = less.id AND v.proven_minor >= less.minor RETURNING v.id
        )
        SELECT id FROM d UNION ALL SELECT id FROM v
        """,
        ids=list(minor),
        minor=list(minor.values()),
    )
    return [r.id for r in found]


async def transit_of_agents(session: Session, minor: Mapping[UUID, int]) -> Sequence[Transit]:
    """What these amounts of deposits make for each agent; remittances are no agent's."""
    found = await rows(
        session,
        """
        SELECT d.agent_id, sum(m.minor)::bigint AS moved_minor,
               coalesce(sum(m.minor) FILTER (WHERE NOT d.frees_at_once), 0)::bigint
                   AS pending_minor
        FROM unnest(CAST(:ids AS uuid[]), CAST(:minor AS bigint[])) AS m (id, minor)
        JOIN deposit d ON d.id = m.id GROUP BY d.agent_id ORDER BY d.agent_id
        """,
        ids=list(minor),
        minor=list(minor.values()),
    )
    return [Transit(*r) for r in found]


_WRITE = """
WITH n AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS n (id uuid, branch_id uuid,
        kind text, source_id uuid, reverses uuid, currency text, postings jsonb)
), entry AS (
    INSERT INTO journal_entry (id, branch_id, kind, source_id, entered_at, reverses_id)
    SELECT id, branch_id, kind, source_id, :now, reverses FROM n
)
INSERT INTO posting (entry_id, line, branch_id, ledger_account, owner_id, amount_minor, currency)
SELECT n.id, p.line, n.branch_id, p.account, p.owner_id, p.minor, n.currency
FROM n CROSS JOIN jsonb_to_recordset(n.postings) AS p (line int, account text, owner_id uuid,
    minor bigint)
RETURNING 1
"""


async def write_entries(
    session: Session, entries: Sequence[tuple[UUID, Entry]], now: datetime
) -> None:
    """Append entries of branches to the journal."""
    if entries:
        await rows(
            session,
            _WRITE,
            entries=as_json([_row(branch_id, entry) for branch_id, entry in entries]),
            now=now,
        )


def _row(branch_id: UUID, entry: Entry) -> dict[str, Any]:
    return {
        "id": new_id(),
        "branch_id": branch_id,
        "kind": entry.kind.value,
        "source_id": entry.source_id,
        "reverses": entry.reverses,
        "currency": entry.postings[0].amount.currency,
        "postings": [
            {
                "line": line,
                "account": posting.account.value,
                "owner_id": posting.owner_id,
                "minor": posting.amount.amount_minor,
            }
            for line, posting in enumerate(entry.postings, start=1)
        ],
    }
