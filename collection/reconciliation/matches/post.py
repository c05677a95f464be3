"""The ledger's side of a match: from transit, or from the payment provider, into the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.deposits.prove_by_bank import Match, prove_by_bank
from collection.custody.ledger import Entry, Kind, LedgerAccount, without_nothing
from collection.custody.proofs.prove_many import WholeProof, prove_many
from collection.custody.proofs.store import write_entries
from collection.custody.proofs.unprove import mirror_proofs, unprove
from collection.reconciliation.matches.store import Part
from core.money import Money
from data.session import Session

RECEIPT = "receipt"
"""The kind of claim whose money is with a payment provider; that of others is in transit."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A claim that the bank's statement shows; `id` is of this part of the match.

    The bank kept `charges` of `amount`.
    """

    id: UUID
    kind: str
    claim_id: UUID
    branch_id: UUID
    bank_account_id: UUID
    amount: Money
    charges: Money


async def post(session: Session, proven: Proven, staff_id: UUID, now: datetime) -> None:
    """Move the money of one claim into the bank's account, as a person has said."""
    if proven.kind != RECEIPT:
        match = Match(
            proven.id, proven.claim_id, proven.bank_account_id, proven.amount, proven.charges
        )
        await prove_by_bank(session, match, staff_id, now)
    else:
        await custody.write_entry(session, proven.branch_id, _from_the_provider(proven), now)


async def post_all(session: Session, proven: Sequence[Proven], now: datetime) -> None:
    """Move the money of many, as the statement shows without a doubt and without charges."""
    in_transit = [
        WholeProof(one.id, one.claim_id, one.branch_id, one.bank_account_id, one.amount)
        for one in proven
        if one.kind != RECEIPT
    ]
    await prove_many(session, in_transit, now)
    entries = [(one.branch_id, _from_the_provider(one)) for one in proven if one.kind == RECEIPT]
    await write_entries(session, entries, now)


async def take_back(session: Session, parts: Sequence[Part], now: datetime) -> None:
    """Move the money of parts of matches back: the exact mirrors of what was posted."""
    of_receipts = [part.id for part in parts if part.kind == RECEIPT]
    in_transit = {part.id: part.claim_id for part in parts if part.kind != RECEIPT}
    await unprove(session, in_transit, now)
    entries = await custody.entries_of(session, Kind.RECONCILIATION, of_receipts)
    await mirror_proofs(session, entries, now)


def _from_the_provider(one: Proven) -> Entry:
    """What was with the payment provider, which is nobody's in particular, is in the bank."""
    lines = (
        (LedgerAccount.BANK, one.bank_account_id, one.amount - one.charges),
        (LedgerAccount.CHARGES_BANK, one.bank_account_id, one.charges),
        (LedgerAccount.PSP_CLEARING, None, -one.amount),
    )
    return Entry(Kind.RECONCILIATION, one.id, without_nothing(lines))
