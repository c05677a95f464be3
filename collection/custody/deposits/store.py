"""SQL of deposits: what was handed over, and whose receipts' cash it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.custody.denominations import Denomination as Counted
from collection.custody.deposits.deposit import Deposit, Target
from collection.custody.lots.lot import Part
from core.money import Money
from data.session import Session, rows
from data.tables.custody import Denomination, DepositAllocation
from data.tables.custody import Deposit as DepositRow


@dataclass(frozen=True, slots=True)
class StoredDeposit:
    """A deposit as stored: whose it is, what became of it, and the hash of the body that made it.

    `counted` is what somebody else found of it, `proven` what the bank's statements show.
    """

    deposit: Deposit
    branch_id: UUID
    agent_id: UUID
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    counted: Money | None
    rejected_at: datetime | None
    rejected_by: UUID | None
    proven: Money
    body_hash: bytes


DEPOSIT = "SELECT * FROM deposit WHERE id = :id"


async def deposit(
    session: Session, deposit_id: UUID, *, lock: bool = False
) -> StoredDeposit | None:
    """A deposit in scope by its id."""
    found = await rows(session, DEPOSIT + (" FOR NO KEY UPDATE" if lock else ""), id=deposit_id)
    if not found:
        return None
    r = found[0]
    counted = await denominations(session, [r.id])
    covers = await covered(session, [r.id])
    made = Deposit(
        r.id, Money(r.amount_minor, r.currency), counted[r.id], Target(r.target), r.slip_no,
        r.deposited_at, r.posted_at, Money(r.left_minor, r.currency), covers[r.id],
        r.frees_at_once,
    )  # fmt: skip
    return StoredDeposit(
        made, r.branch_id, r.agent_id, r.acknowledged_at, r.acknowledged_by,
        None if r.counted_minor is None else Money(r.counted_minor, r.currency),
        r.rejected_at, r.rejected_by, Money(r.proven_minor, r.currency), bytes(r.body_hash),
    )  # fmt: skip


async def agent_of(session: Session, deposit_id: UUID) -> UUID | None:
    """Who posted a deposit in scope."""
    found = await rows(session, "SELECT agent_id FROM deposit WHERE id = :id", id=deposit_id)
    return found[0].agent_id if found else None


async def agents_of(session: Session, deposit_ids: Sequence[UUID]) -> list[UUID]:
    """Who posted these deposits, as far as they are in scope."""
    found = await rows(
        session,
        "SELECT DISTINCT agent_id FROM deposit WHERE id = ANY(CAST(:ids AS uuid[]))",
        ids=list(deposit_ids),
    )
    return [r.agent_id for r in found]


async def denominations(
    session: Session, deposit_ids: Sequence[UUID]
) -> dict[UUID, tuple[Counted, ...]]:
    """The notes and coins of deposits, highest face first."""
    found = await rows(
        session,
        "SELECT deposit_id, face_minor, count FROM denomination WHERE deposit_id = ANY(:ids)"
        " ORDER BY face_minor DESC",
        ids=list(deposit_ids),
    )
    counted: dict[UUID, list[Counted]] = {deposit_id: [] for deposit_id in deposit_ids}
    for r in found:
        counted[r.deposit_id].append(Counted(r.face_minor, r.count))
    return {deposit_id: tuple(faces) for deposit_id, faces in counted.items()}


async def covered(session: Session, deposit_ids: Sequence[UUID]) -> dict[UUID, tuple[Part, ...]]:
    """Whose receipts' cash deposits are, by receipt."""
    found = await rows(
        session,
        "SELECT a.*, d.currency FROM deposit_allocation a JOIN deposit d ON d.id = a.deposit_id"
        " WHERE a.deposit_id = ANY(:ids) ORDER BY a.receipt_id",
        ids=list(deposit_ids),
    )
    parts: dict[UUID, list[Part]] = {deposit_id: [] for deposit_id in deposit_ids}
    for r in found:
        parts[r.deposit_id].append(Part(r.receipt_id, Money(r.amount_minor, r.currency)))
    return {deposit_id: tuple(its) for deposit_id, its in parts.items()}


async def add_deposit(
    session: Session, branch_id: UUID, agent_id: UUID, made: Deposit, body_hash: bytes
) -> bool:
    """Store a deposit with its denominations and whose cash it is. False when its id is taken."""
    added = await session.execute(
        upsert(DepositRow)
        .values(
            id=made.id,
            branch_id=branch_id,
            agent_id=agent_id,
            amount_minor=made.amount.amount_minor,
            left_minor=made.left_in_hand.amount_minor,
            currency=made.amount.currency,
            target=made.target.value,
            slip_no=made.slip_no,
            deposited_at=made.deposited_at,
            posted_at=made.posted_at,
            frees_at_once=made.frees_at_once,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(DepositRow.id)
    )
    if added.scalar_one_or_none() is None:
        return False
    await session.execute(
        insert(Denomination).values(
            [
                {"deposit_id": made.id, "face_minor": d.face_minor, "count": d.count}
                for d in made.denominations
            ]
        )
    )
    await session.execute(
        insert(DepositAllocation).values(
            [
                {
                    "deposit_id": made.id,
                    "receipt_id": part.receipt_id,
                    "amount_minor": part.amount.amount_minor,
                }
                for part in made.covers
            ]
        )
    )
    return True


async def set_acknowledged(
    session: Session, deposit_id: UUID, staff_id: UUID, counted: Money, now: datetime
) -> None:
    """Note who counted a deposit, what there was of it, and when."""
    await session.execute(
        update(DepositRow)
        .where(DepositRow.id == deposit_id)
        .values(acknowledged_at=now, acknowledged_by=staff_id, counted_minor=counted.amount_minor)
    )


async def set_rejected(
    session: Session, deposit_id: UUID, staff_id: UUID, because: str, now: datetime
) -> None:
    """Note who sent a deposit back, and why."""
    await session.execute(
        update(DepositRow)
        .where(DepositRow.id == deposit_id)
        .values(rejected_at=now, rejected_by=staff_id, rejected_because=because)
    )


async def add_proven(session: Session, deposit_id: UUID, minor: int) -> None:
    """Note how much more of a deposit (negative: less) the bank's statements show."""
    await session.execute(
        text("UPDATE deposit SET proven_minor = proven_minor + :minor WHERE id = :id"),
        {"id": deposit_id, "minor": minor},
    )
