"""SQL of transactions: one list of receipts, reversals and deposits, by what is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.figures.period import Question
from collection.figures.store import ASKED, parameters
from collection.figures.transactions.transaction import Kind, State, Total, Transaction
from collection.receipts.number_sql import FULL_NUMBER
from core.money import Money
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted of a span; None is any. `search` is part of a reference or of a customer."""

    kind: Kind | None = None
    state: State | None = None
    mode: str | None = None
    search: str | None = None


_ALL = f"""
days AS (
    SELECT a.branch_id, a.code, CAST(:first AS timestamp) AT TIME ZONE a.zone AS begins,
           (CAST(:last AS date) + 1)::timestamp AT TIME ZONE a.zone AS ends FROM asked a
),
moved AS (
    SELECT r.id, 'receipt' AS kind, r.taken_at AS at, d.code, r.agent_id, r.account_id, r.case_id,
           r.mode, {FULL_NUMBER} AS reference,
           r.amount_minor, r.currency,
           CASE WHEN v.state = 'approved' THEN 'reversed' WHEN v.state = 'asked'
                THEN 'reversal_asked' WHEN l.left_minor > 0 THEN 'in_hand' ELSE 'passed_on'
           END AS state
    FROM days d JOIN receipt r ON r.branch_id = d.branch_id AND r.taken_at >= d.begins
        AND r.taken_at < d.ends
    JOIN receipt_series q ON q.id = r.series_id
    LEFT JOIN receipt_reversal v ON v.receipt_id = r.id AND v.state <> 'declined'
    LEFT JOIN LATERAL (SELECT sum(c.left_minor) AS left_minor FROM cash_lot c
                       WHERE c.receipt_id = r.id) l ON true
    WHERE coalesce(:kind, 'receipt') = 'receipt'
    UNION ALL
    SELECT v.id, 'reversal', v.settled_at, d.code, r.agent_id, r.account_id, r.case_id,
           r.mode, {FULL_NUMBER}, -r.amount_minor, r.currency, 'reversed'
    FROM days d JOIN receipt_reversal v ON v.branch_id = d.branch_id AND v.state = 'approved'
        AND v.settled_at >= d.begins AND v.settled_at < d.ends
    JOIN receipt r ON r.id = v.receipt_id JOIN receipt_series q ON q.id = r.series_id
    WHERE coalesce(:kind, 'reversal') = 'reversal'
    UNION ALL
    SELECT p.id, 'deposit', p.deposited_at, d.code, p.agent_id, NULL, NULL, p.target, p.slip_no,
           p.amount_minor, p.currency,
           CASE WHEN p.rejected_at IS NOT NULL THEN 'rejected'
                WHEN p.acknowledged_at IS NOT NULL OR p.proven_minor = p.amount_minor
                THEN 'acknowledged' ELSE 'in_transit' END
    FROM days d JOIN deposit p ON p.branch_id = d.branch_id AND p.deposited_at >= d.begins
        AND p.deposited_at < d.ends
    WHERE coalesce(:kind, 'deposit') = 'deposit'
),
found AS (
    SELECT m.*, w.full_name AS agent, c.full_name AS customer
    FROM moved m LEFT JOIN staff w ON w.id = m.agent_id LEFT JOIN account a ON a.id = m.account_id
    LEFT JOIN customer c ON c.id = a.customer_id
    WHERE (CAST(:agent AS uuid) IS NULL OR m.agent_id = :agent)
      AND (CAST(:product AS text) IS NULL OR a.product_code = :product)
      AND (CAST(:state AS text) IS NULL OR m.state = :state)
      AND (CAST(:mode AS text) IS NULL OR m.mode = :mode)
      AND (CAST(:search AS text) IS NULL
           OR position(lower(:search) IN lower(coalesce(m.reference, ''))) > 0
           OR position(lower(:search) IN lower(coalesce(c.full_name, ''))) > 0)
)
"""  # noqa: S608 our own constant


def _parameters(question: Question, filters: Filters) -> dict[str, Any]:
    return parameters(question) | {
        "kind": filters.kind, "state": filters.state, "mode": filters.mode,
        "search": filters.search,
    }  # fmt: skip


async def transactions(
    session: Session, question: Question, filters: Filters, now: datetime,
    *, after: tuple[datetime, UUID] | None, limit: int,
) -> Sequence[Transaction]:  # fmt: skip
    """Transactions of a span in scope, the newest first, behind the one at `after`."""
    at, id_ = after or (None, None)
    found = await rows(
        session,
        f"""
        WITH {ASKED}, {_ALL.replace(":kind", "CAST(:kind AS text)")}
        SELECT * FROM found
        WHERE CAST(:at AS timestamptz) IS NULL OR (at, id) < (:at, CAST(:id AS uuid))
        ORDER BY at DESC, id DESC LIMIT :limit
        """,  # noqa: S608 our own constants
        **_parameters(question, filters),
        now=now,
        at=at,
        id=id_,
        limit=limit,
    )
    return [
        Transaction(
            r.id, Kind(r.kind), r.at, r.code, r.agent_id, r.agent, r.customer, r.case_id,
            r.reference, r.mode, Money(r.amount_minor, r.currency), State(r.state),
        )
        for r in found
    ]  # fmt: skip


async def totals(
    session: Session, question: Question, filters: Filters, now: datetime
) -> Sequence[Total]:
    """What all transactions that fit add up to, by kind and state."""
    found = await rows(
        session,
        f"""
        WITH {ASKED}, {_ALL.replace(":kind", "CAST(:kind AS text)")}
        SELECT kind, state, count(*)::int AS count, sum(amount_minor)::bigint AS minor, currency
        FROM found GROUP BY kind, state, currency ORDER BY kind, state
        """,  # noqa: S608 our own constants
        **_parameters(question, filters),
        now=now,
    )
    return [Total(Kind(r.kind), State(r.state), r.count, Money(r.minor, r.currency)) for r in found]
