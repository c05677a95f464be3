"""SQL of receipts that were entered from paper."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update

from data.session import Session, rows
from data.tables.cash_field import PaperReceipt


@dataclass(frozen=True, slots=True)
class Holder:
    """The receipt that has a provisional number. `is_paper`: the desk entered it; then
    `original_id` and `original_hash` are of the phone's own record, where that has come."""

    receipt_id: UUID
    is_paper: bool
    original_id: UUID | None
    original_hash: bytes | None


async def lease_called(session: Session, prefix: str) -> UUID | None:
    """The id of the lease under which a paper was numbered; a lease's prefix is its own."""
    found = await rows(
        session, "SELECT id FROM offline_lease WHERE prefix = :prefix", prefix=prefix
    )
    return found[0].id if found else None


async def holder(session: Session, lease_id: UUID, number: int) -> Holder | None:
    """Which receipt has this number under a lease; the agent's till is locked."""
    found = await rows(
        session,
        "SELECT r.id, p.receipt_id IS NOT NULL AS is_paper, p.original_id, p.original_hash"
        " FROM receipt r LEFT JOIN paper_receipt p ON p.receipt_id = r.id"
        " WHERE r.lease_id = :lease AND r.lease_number = :number",
        lease=lease_id,
        number=number,
    )
    if not found:
        return None
    [r] = found
    its_hash = None if r.original_hash is None else bytes(r.original_hash)
    return Holder(r.id, r.is_paper, r.original_id, its_hash)


async def add_paper(
    session: Session, receipt_id: UUID, branch_id: UUID, staff_id: UUID, now: datetime
) -> None:
    """Note who entered a receipt from paper."""
    await session.execute(
        insert(PaperReceipt).values(
            receipt_id=receipt_id, branch_id=branch_id, entered_by=staff_id, entered_at=now
        )
    )


async def set_original(
    session: Session, receipt_id: UUID, original_id: UUID, body_hash: bytes, now: datetime
) -> None:
    """Note that the phone's own record of a receipt has come."""
    await session.execute(
        update(PaperReceipt)
        .where(PaperReceipt.receipt_id == receipt_id)
        .values(original_id=original_id, original_hash=body_hash, came_at=now)
    )


async def original_came(session: Session, receipt_id: UUID) -> bool | None:
    """Whether the original of a paper receipt has come; None for one that is none."""
    found = await rows(
        session,
        "SELECT original_id IS NOT NULL AS came FROM paper_receipt WHERE receipt_id = :id",
        id=receipt_id,
    )
    return found[0].came if found else None
