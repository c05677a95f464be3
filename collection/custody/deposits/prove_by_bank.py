"""Move a deposit from transit to the bank's account once a statement shows it.

For reconciliation, which decides what belongs together and says so here.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.deposits import store
from collection.custody.deposits.deposit import Target
from collection.custody.deposits.transit import leave_transit, lock_deposit
from collection.custody.errors import AlreadyRejected, MoreThanInTransit, OwnDeposit, ProvenByACount
from collection.custody.ledger import bank_entry
from collection.custody.vault import store as vault
from core.errors import InvalidField
from core.money import Money
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class Match:
    """So much of a deposit (or of a branch's remittance) is what a line of a statement shows.

    `id` is the match's own (a later match of the same two has another one). `amount` is how much
    of the deposit it proves, of which the bank kept `charges`: the line shows the difference.
    """

    id: UUID
    deposit_id: UUID
    bank_account_id: UUID
    amount: Money
    charges: Money


@dataclass(frozen=True, slots=True)
class _InTransit:
    """What can be on a bank's statement: an agent's deposit, or a branch's remittance."""

    branch_id: UUID
    left: Money
    posted_by: UUID
    deposit: store.StoredDeposit | None


async def prove_by_bank(
    session: Session, match: Match, staff_id: UUID | None, now: datetime
) -> None:
    """Post a match: debit the bank's account (and its charges), credit the deposit's transit.

    `staff_id` is who matched, None for the program itself. Several matches may prove one deposit.
    Raises `DepositNotFound`, `OwnDeposit`, `ProvenByACount` (brought to the branch),
    `AlreadyRejected`, `MoreThanInTransit` or `InvalidField`.
    """
    known = await _lock(session, match.deposit_id)
    _check(known, match, staff_id)
    await _prove(session, known, match.deposit_id, match.amount.amount_minor)
    entry = bank_entry(
        match.id, match.bank_account_id, match.deposit_id, match.amount, match.charges
    )
    await tills.write_entry(session, known.branch_id, entry, now)


async def _lock(session: Session, transit_id: UUID) -> _InTransit:
    remitted = await vault.remittance(session, transit_id, lock=True)
    if remitted:
        its, _ = remitted
        return _InTransit(its.branch_id, its.amount - its.proven, its.remitted_by, None)
    known = await lock_deposit(session, transit_id)
    if known.deposit.target is not Target.BANK:
        raise ProvenByACount(str(transit_id))
    if known.rejected_at:
        raise AlreadyRejected(str(transit_id), known.rejected_at)
    left = known.deposit.amount - known.proven
    return _InTransit(known.branch_id, left, known.agent_id, known)


async def _prove(session: Session, known: _InTransit, transit_id: UUID, minor: int) -> None:
    if known.deposit is None:
        await vault.add_proven(session, transit_id, minor)
    else:
        await store.add_proven(session, transit_id, minor)
        await leave_transit(session, known.deposit, minor)


def _check(known: _InTransit, match: Match, staff_id: UUID | None) -> None:
    if known.posted_by == staff_id:
        raise OwnDeposit(str(match.deposit_id))
    if match.amount.amount_minor <= 0:
        raise InvalidField("amount.amount_minor", say("more than 0"))
    if not 0 <= match.charges.amount_minor <= match.amount.amount_minor:
        raise InvalidField("charges.amount_minor", say("from 0 to the amount"))
    if known.left < match.amount:
        raise MoreThanInTransit(str(match.deposit_id), known.left, match.amount)
