"""SQL of a branch's vault: its balance, counts of it, and remittances to the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from collection.custody.denominations import Denomination
from collection.custody.vault.vault_count import Occasion, Remittance, VaultCount
from core.money import Money
from data.session import Session, rows
from data.tables.cash_desk import Remittance as RemittanceRow
from data.tables.cash_desk import VaultCount as VaultCountRow


@dataclass(frozen=True, slots=True)
class Vault:
    """A branch's cash as the ledger has it, and who counted it last."""

    branch_id: UUID
    balance: Money
    answers_for_it: UUID | None


async def lock_vault(session: Session, branch_code: str) -> Vault | None:
    """The vault of a branch in scope; counts and remittances come one at a time."""
    found = await rows(
        session,
        "SELECT id, currency FROM branch WHERE code = :code FOR NO KEY UPDATE",
        code=branch_code,
    )
    if not found:
        return None
    branch = found[0]
    held = await rows(
        session,
        "SELECT coalesce(sum(amount_minor), 0)::bigint AS minor, (SELECT counted_by"
        " FROM vault_count WHERE branch_id = :branch ORDER BY counted_at DESC, id DESC LIMIT 1)"
        " AS counter FROM posting WHERE ledger_account = 'branch_vault' AND owner_id = :branch"
        " AND currency = :currency",
        branch=branch.id,
        currency=branch.currency,
    )
    return Vault(branch.id, Money(held[0].minor, branch.currency), held[0].counter)


async def vault_count(
    session: Session, count_id: UUID, *, lock: bool = False
) -> tuple[VaultCount, bytes] | None:
    """A count in scope, and the hash of the body that made it."""
    found = await rows(session, _COUNT + (" FOR NO KEY UPDATE" if lock else ""), id=count_id)
    return (_count(found[0]), bytes(found[0].body_hash)) if found else None


_COUNT = "SELECT * FROM vault_count WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Counted:
    """A count with the people's names."""

    count: VaultCount
    counter: str
    hander: str | None


async def counts(session: Session, branch_code: str, limit: int) -> list[Counted]:
    """The last counts of a branch in scope, the newest first."""
    found = await rows(
        session,
        "SELECT v.*, c.full_name AS counter, h.full_name AS hander FROM vault_count v"
        " JOIN branch b ON b.id = v.branch_id JOIN staff c ON c.id = v.counted_by"
        " LEFT JOIN staff h ON h.id = v.handed_by WHERE b.code = :code"
        " ORDER BY v.counted_at DESC, v.id DESC LIMIT :limit",
        code=branch_code,
        limit=limit,
    )
    return [Counted(_count(r), r.counter, r.hander) for r in found]


async def add_count(
    session: Session, made: VaultCount, faces: Sequence[Denomination], body_hash: bytes
) -> bool:
    """Store a count. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(VaultCountRow)
        .values(
            id=made.id,
            branch_id=made.branch_id,
            occasion=made.occasion.value,
            counted_by=made.counted_by,
            handed_by=made.handed_by,
            expected_minor=made.expected.amount_minor,
            counted_minor=made.counted.amount_minor,
            currency=made.counted.currency,
            denominations=_faces(faces),
            counted_at=made.counted_at,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(VaultCountRow.id)
    )
    return added.scalar_one_or_none() is not None


async def set_confirmed(session: Session, count_id: UUID, now: datetime) -> None:
    """Note that the former cashier agrees with a count."""
    await session.execute(
        update(VaultCountRow).where(VaultCountRow.id == count_id).values(confirmed_at=now)
    )


async def is_cashier(session: Session, staff_id: UUID) -> bool:
    """Whether this is somebody of the cash desk (or an administrator) in scope."""
    found = await rows(
        session,
        "SELECT FROM staff WHERE id = :id AND role IN ('cash_desk', 'admin') AND is_active",
        id=staff_id,
    )
    return bool(found)


_REMITTANCE = "SELECT * FROM remittance WHERE id = :id"


async def remittance(
    session: Session, remittance_id: UUID, *, lock: bool = False
) -> tuple[Remittance, bytes] | None:
    """A remittance in scope, and the hash of the body that made it."""
    tail = " FOR NO KEY UPDATE" if lock else ""
    found = await rows(session, _REMITTANCE + tail, id=remittance_id)
    if not found:
        return None
    r = found[0]
    its = Remittance(
        r.id, r.branch_id, Money(r.amount_minor, r.currency), r.slip_no, r.remitted_at,
        r.remitted_by, Money(r.proven_minor, r.currency),
    )  # fmt: skip
    return its, bytes(r.body_hash)


async def add_remittance(
    session: Session, made: Remittance, faces: Sequence[Denomination], body_hash: bytes
) -> bool:
    """Store a remittance. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(RemittanceRow)
        .values(
            id=made.id,
            branch_id=made.branch_id,
            amount_minor=made.amount.amount_minor,
            currency=made.amount.currency,
            denominations=_faces(faces),
            slip_no=made.slip_no,
            remitted_at=made.remitted_at,
            remitted_by=made.remitted_by,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(RemittanceRow.id)
    )
    return added.scalar_one_or_none() is not None


async def add_proven(session: Session, remittance_id: UUID, minor: int) -> None:
    """Note how much more of a remittance (negative: less) the bank's statements show."""
    await session.execute(
        text("UPDATE remittance SET proven_minor = proven_minor + :minor WHERE id = :id"),
        {"id": remittance_id, "minor": minor},
    )


def _faces(faces: Sequence[Denomination]) -> list[dict[str, int]]:
    return [{"face_minor": d.face_minor, "count": d.count} for d in faces]


def _count(r: Any) -> VaultCount:
    return VaultCount(
        r.id, r.branch_id, Occasion(r.occasion), Money(r.expected_minor, r.currency),
        Money(r.counted_minor, r.currency), r.counted_by, r.handed_by, r.counted_at,
        r.confirmed_at,
    )  # fmt: skip
