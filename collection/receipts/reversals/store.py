"""SQL of reversals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from collection.receipts.reversals.reversal import Reversal, State
from core.money import Money
from data.session import Session, rows
from data.tables.cash_field import ReceiptReversal


@dataclass(frozen=True, slots=True)
class StoredReversal:
    """A reversal with what it undoes, and the hash of the body that asked for it."""

    reversal: Reversal
    branch_id: UUID
    taken_by: UUID | None
    mode: str
    account_id: UUID
    case_id: UUID
    advance_minor: int
    suspense_minor: int
    body_hash: bytes


_REVERSAL = """
SELECT v.*, r.amount_minor, r.currency, r.mode, r.account_id, r.case_id, r.advance_minor,
       r.suspense_minor, q.prefix, r.number, r.taken_by,
       coalesce(s.full_name, 'paid online') AS full_name,
       coalesce(u.full_name, '') AS customer, coalesce(w.full_name, '') AS asker
FROM receipt_reversal v JOIN receipt r ON r.id = v.receipt_id
JOIN receipt_series q ON q.id = r.series_id LEFT JOIN account a ON a.id = r.account_id
LEFT JOIN customer u ON u.id = a.customer_id LEFT JOIN staff w ON w.id = v.asked_by
LEFT JOIN staff s ON s.id = coalesce(r.agent_id, r.taken_by)
"""


async def reversal(
    session: Session, reversal_id: UUID, *, lock: bool = False
) -> StoredReversal | None:
    """A reversal in scope by its id."""
    tail = " FOR NO KEY UPDATE OF v" if lock else ""
    found = await rows(session, f"{_REVERSAL} WHERE v.id = :id{tail}", id=reversal_id)
    return _stored(found[0]) if found else None


async def reversals(
    session: Session,
    *,
    is_open: bool | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Reversal]:
    """Reversals in scope, the oldest first, behind the one at `after`."""
    asked_at, reversal_id = after or (None, None)
    found = await rows(
        session,
        f"""{_REVERSAL}
        WHERE (CAST(:is_open AS boolean) IS NULL OR (v.state = 'asked') = :is_open)
          AND (CAST(:asked_at AS timestamptz) IS NULL
               OR (v.asked_at, v.id) > (:asked_at, CAST(:id AS uuid)))
        ORDER BY v.asked_at, v.id LIMIT :limit""",
        is_open=is_open,
        asked_at=asked_at,
        id=reversal_id,
        limit=limit,
    )
    return [_stored(r).reversal for r in found]


async def receipt_to_undo(session: Session, receipt_id: UUID) -> tuple[UUID, UUID | None] | None:
    """Branch and agent (None at the branch) of a receipt in scope."""
    found = await rows(
        session, "SELECT branch_id, agent_id FROM receipt WHERE id = :id", id=receipt_id
    )
    return (found[0].branch_id, found[0].agent_id) if found else None


async def ask(
    session: Session,
    reversal_id: UUID,
    branch_id: UUID,
    receipt_id: UUID,
    agent_id: UUID | None,
    reason: str,
    asked_by: UUID,
    body_hash: bytes,
    now: datetime,
) -> bool:
    """Keep that somebody wants a receipt undone. False where that is asked or done already."""
    added = await session.execute(
        insert(ReceiptReversal)
        .values(
            id=reversal_id,
            branch_id=branch_id,
            receipt_id=receipt_id,
            agent_id=agent_id,
            reason=reason,
            asked_by=asked_by,
            asked_at=now,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing()
        .returning(ReceiptReversal.id)
    )
    return added.scalar_one_or_none() is not None


async def settle(
    session: Session,
    reversal_id: UUID,
    state: State,
    staff_id: UUID,
    from_hand_minor: int,
    now: datetime,
) -> None:
    """Note what was decided, by whom."""
    await session.execute(
        update(ReceiptReversal)
        .where(ReceiptReversal.id == reversal_id)
        .values(
            state=state.value,
            settled_at=now,
            settled_by=staff_id,
            from_hand_minor=from_hand_minor,
        )
    )


async def take_back(
    session: Session, receipt_id: UUID, account_id: UUID, advance_minor: int
) -> bool:
    """Have an account's demands (and its advance) be unpaid again by what a receipt paid.

    False when the advance has less by now: it was paid back.
    """
    await session.execute(
        text(
            "UPDATE demand d SET paid_minor = d.paid_minor - a.amount_minor"
            " FROM receipt_allocation a WHERE a.receipt_id = :receipt AND a.demand_id = d.id"
        ),
        {"receipt": receipt_id},
    )
    lessened = await rows(
        session,
        "UPDATE account SET advance_minor = advance_minor - :minor"
        " WHERE id = :account AND advance_minor >= :minor RETURNING id",
        minor=advance_minor,
        account=account_id,
    )
    return bool(lessened)


def _stored(r: Any) -> StoredReversal:
    its = Reversal(
        r.id, r.receipt_id, f"{r.prefix}-{r.number:06d}", r.customer, r.agent_id, r.full_name,
        Money(r.amount_minor, r.currency), r.reason, r.asked_by, r.asker, r.asked_at,
        State(r.state),
        r.settled_at, r.settled_by, Money(r.from_hand_minor, r.currency),
    )  # fmt: skip
    return StoredReversal(
        its,
        r.branch_id,
        r.taken_by,
        r.mode,
        r.account_id,
        r.case_id,
        r.advance_minor,
        r.suspense_minor,
        bytes(r.body_hash),
    )
