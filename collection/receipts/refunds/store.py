"""SQL of refunds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from collection.receipts.refunds.refund import Refund, State, Way
from core.money import Money
from data.session import Session, rows, run
from data.tables.payments import Refund as RefundRow


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund with whose it is, and the names of who asked and who settled it."""

    refund: Refund
    customer: str
    account: str
    asker: str
    settler: str | None


async def refund(session: Session, refund_id: UUID) -> Refund | None:
    """A refund in scope."""
    found = await rows(session, "SELECT * FROM refund WHERE id = :id", id=refund_id)
    return _refund(found[0]) if found else None


async def body_hash(session: Session, refund_id: UUID) -> bytes | None:
    """The hash of the body that asked for a refund."""
    found = await rows(session, "SELECT body_hash FROM refund WHERE id = :id", id=refund_id)
    return bytes(found[0].body_hash) if found else None


async def refunds(
    session: Session, *, is_open: bool | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[RefundView]:
    """Refunds in scope, the oldest first, behind the one at `after`."""
    asked_at, refund_id = after or (None, None)
    found = await rows(
        session,
        """
        SELECT f.*, u.full_name AS customer, a.source_ref, coalesce(s.full_name, '') AS asker,
               t.full_name AS settler
        FROM refund f JOIN account a ON a.id = f.account_id
        JOIN customer u ON u.id = a.customer_id LEFT JOIN staff s ON s.id = f.asked_by
        LEFT JOIN staff t ON t.id = f.settled_by
        WHERE (CAST(:is_open AS boolean) IS NULL OR (f.state = 'asked') = :is_open)
          AND (CAST(:asked_at AS timestamptz) IS NULL
               OR (f.asked_at, f.id) > (:asked_at, CAST(:id AS uuid)))
        ORDER BY f.asked_at, f.id LIMIT :limit
        """,
        is_open=is_open,
        asked_at=asked_at,
        id=refund_id,
        limit=limit,
    )
    return [RefundView(_refund(r), r.customer, r.source_ref, r.asker, r.settler) for r in found]


async def account_of(
    session: Session, account_id: UUID | None, receipt_id: UUID | None
) -> tuple[UUID, UUID] | None:
    """The account (that of a receipt, if one is given) and its branch, in scope."""
    found = await rows(
        session,
        "SELECT a.id, a.branch_id FROM account a WHERE a.id = coalesce((SELECT account_id FROM"
        " receipt WHERE id = :receipt), CASE WHEN CAST(:receipt AS uuid) IS NULL THEN"
        " CAST(:account AS uuid) END)",
        account=account_id,
        receipt=receipt_id,
    )
    return (found[0].id, found[0].branch_id) if found else None


async def owed(session: Session, account_id: UUID, receipt_id: UUID | None) -> Money:
    """What can be paid back: of the account's advance, or what a receipt has in suspense."""
    found = await rows(
        session,
        "SELECT currency, CASE WHEN CAST(:receipt AS uuid) IS NULL THEN advance_minor ELSE ("
        " SELECT coalesce(-sum(amount_minor), 0) FROM posting"
        " WHERE ledger_account = 'suspense' AND owner_id = :receipt) END AS minor"
        " FROM account WHERE id = :account",
        account=account_id,
        receipt=receipt_id,
    )
    return Money(int(found[0].minor), found[0].currency)


async def add(session: Session, new: Refund, digest: bytes) -> bool:
    """Keep that a refund was asked for. False when its id is taken."""
    added = await session.execute(
        insert(RefundRow)
        .values(
            id=new.id, branch_id=new.branch_id, account_id=new.account_id,
            receipt_id=new.receipt_id, amount_minor=new.amount.amount_minor,
            currency=new.amount.currency, reason=new.reason, way=new.way.value, payee=new.payee,
            asked_by=new.asked_by, asked_at=new.asked_at, body_hash=digest,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(RefundRow.id)
    )  # fmt: skip
    return added.scalar_one_or_none() is not None


async def settle(
    session: Session,
    refund_id: UUID,
    state: State,
    staff_id: UUID,
    reference: str | None,
    now: datetime,
) -> None:
    """Note what was decided, and by whom."""
    await session.execute(
        update(RefundRow)
        .where(RefundRow.id == refund_id)
        .values(state=state.value, settled_by=staff_id, settled_at=now, reference=reference)
    )


async def lessen_advance(session: Session, account_id: UUID, minor: int) -> None:
    """Take a refund off the advance of an account, which is locked and has as much."""
    await run(
        session,
        "UPDATE account SET advance_minor = advance_minor - :minor WHERE id = :account",
        minor=minor,
        account=account_id,
    )


async def add_advance(session: Session, account_id: UUID, minor: int) -> None:
    """Put what waited in suspense to the advance of an account, which is locked."""
    await run(
        session,
        "UPDATE account SET advance_minor = advance_minor + :minor WHERE id = :account",
        minor=minor,
        account=account_id,
    )


def _refund(r: Any) -> Refund:
    return Refund(
        r.id, r.branch_id, r.account_id, r.receipt_id, Money(r.amount_minor, r.currency), r.reason,
        Way(r.way), r.payee, r.asked_by, r.asked_at, State(r.state), r.settled_by, r.settled_at,
        r.reference,
    )  # fmt: skip
