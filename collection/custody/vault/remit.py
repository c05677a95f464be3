"""Remit cash from the vault to a bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.denominations import Denomination, counted
from collection.custody.errors import MoreThanInVault
from collection.custody.ledger import remittance_entry
from collection.custody.vault import store
from collection.custody.vault.vault_count import Remittance
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session
from identity.errors import BranchNotFound


@dataclass(frozen=True, slots=True)
class RemittanceReport:
    """What a cashier paid in, with the number of the bank's slip."""

    id: UUID
    branch_code: str
    amount: Money
    denominations: Sequence[Denomination]
    slip_no: str
    body_hash: bytes


async def remit(
    session: Session, staff_id: UUID, report: RemittanceReport, now: datetime
) -> Remittance:
    """Move cash from the vault into transit, until the bank's statement shows it.

    The same again gets the same answer. Raises `BranchNotFound`, `IdReused`, `InvalidField` or
    `MoreThanInVault`.
    """
    vault = await store.lock_vault(session, report.branch_code)
    if vault is None:
        raise BranchNotFound(report.branch_code)
    known = await store.remittance(session, report.id)
    if known:
        if known[1] != report.body_hash:
            raise IdReused("remittance", str(report.id))
        return known[0]
    amount = report.amount
    if amount.currency != vault.balance.currency:
        raise InvalidField(
            "amount.currency",
            say("{currency}, the branch's currency", currency=vault.balance.currency),
        )
    faces = counted(report.denominations, amount)
    if vault.balance < amount:
        raise MoreThanInVault(vault.balance, amount)
    nothing = Money(0, amount.currency)
    made = Remittance(report.id, vault.branch_id, amount, report.slip_no, now, staff_id, nothing)
    if not await store.add_remittance(session, made, faces, report.body_hash):
        raise IdReused("remittance", str(report.id))
    entry = remittance_entry(made.id, vault.branch_id, amount)
    await tills.write_entry(session, vault.branch_id, entry, now)
    return made
