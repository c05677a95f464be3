"""SQL of what is looked up at a counter, by part of a name or a whole number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.receipts.number_sql import FULL_NUMBER
from core.money import Money
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class FoundReceipt:
    """A receipt as somebody finds it again. `reversal` is where undoing it stands, None where
    nobody asked for that or it was declined."""

    id: UUID
    case_id: UUID
    number: str
    customer: str
    account: str
    amount: Money
    mode: str
    mode_reference: str | None
    taken_at: datetime
    taken_by: str
    reversal: str | None


@dataclass(frozen=True, slots=True)
class OwedMoney:
    """What is owed to a customer: an account's advance, or (with `receipt_id`) what a receipt that
    was undone left in suspense. `asked` of it is to be paid back already."""

    account_id: UUID
    receipt_id: UUID | None
    receipt: str | None
    customer: str
    account: str
    owed: Money
    asked: Money


_TAKEN_BY = "coalesce(s.full_name, 'paid online')"


async def receipts(session: Session, words: str, limit: int) -> Sequence[FoundReceipt]:
    """Receipts in scope of a customer, an account, or with this number (or that of its leaf in a
    book); the newest first."""
    found = await rows(
        session,
        f"""
        SELECT r.*, {FULL_NUMBER} AS full_number, u.full_name AS customer, a.source_ref,
               {_TAKEN_BY} AS taken_by_name,
               (SELECT v.state FROM receipt_reversal v
                WHERE v.receipt_id = r.id AND v.state <> 'declined') AS reversal
        FROM receipt r JOIN receipt_series q ON q.id = r.series_id
        JOIN account a ON a.id = r.account_id JOIN customer u ON u.id = a.customer_id
        LEFT JOIN staff s ON s.id = coalesce(r.agent_id, r.taken_by)
        WHERE u.full_name ILIKE '%' || CAST(:words AS text) || '%' OR a.source_ref = :words
           OR {FULL_NUMBER} = upper(:words) OR r.mode_reference = :words
           OR r.id IN (SELECT f.receipt_id FROM book_leaf f JOIN receipt_book b ON b.id = f.book_id
                       WHERE b.series || '-' || f.number = upper(:words))
        ORDER BY r.taken_at DESC, r.id LIMIT :limit
        """,  # noqa: S608 our own constants
        words=words,
        limit=limit,
    )
    return [
        FoundReceipt(
            r.id, r.case_id, r.full_number, r.customer, r.source_ref,
            Money(r.amount_minor, r.currency), r.mode, r.mode_reference, r.taken_at,
            r.taken_by_name, r.reversal,
        )
        for r in found
    ]  # fmt: skip


async def owed(session: Session, words: str | None, limit: int) -> Sequence[OwedMoney]:
    """What is owed to customers in scope, the most first."""
    named = (
        "AND (u.full_name ILIKE '%' || CAST(:words AS text) || '%' OR a.source_ref = :words)"
        if words
        else ""
    )
    given: dict[str, Any] = {"limit": limit} | ({"words": words} if words else {})
    found = await rows(
        session,
        f"""
        WITH owed AS (
            SELECT id AS account_id, NULL::uuid AS receipt_id, NULL AS receipt,
                   advance_minor AS minor FROM account WHERE advance_minor > 0
            UNION ALL
            SELECT r.account_id, r.id, {FULL_NUMBER}, -sum(p.amount_minor)::bigint
            FROM posting p JOIN receipt r ON r.id = p.owner_id
            JOIN receipt_series q ON q.id = r.series_id
            WHERE p.ledger_account = 'suspense' GROUP BY r.id, q.prefix
            HAVING sum(p.amount_minor) < 0
        )
        SELECT o.*, u.full_name AS customer, a.source_ref, a.currency, coalesce((
            SELECT sum(f.amount_minor) FROM refund f WHERE f.account_id = o.account_id
              AND f.receipt_id IS NOT DISTINCT FROM o.receipt_id AND f.state = 'asked'
        ), 0)::bigint AS asked_minor
        FROM owed o JOIN account a ON a.id = o.account_id JOIN customer u ON u.id = a.customer_id
        WHERE true {named} ORDER BY o.minor DESC, o.account_id, o.receipt_id LIMIT :limit
        """,  # noqa: S608 our own constants
        **given,
    )
    return [
        OwedMoney(
            r.account_id, r.receipt_id, r.receipt, r.customer, r.source_ref,
            Money(r.minor, r.currency), Money(r.asked_minor, r.currency),
        )
        for r in found
    ]  # fmt: skip
