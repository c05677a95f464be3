"""The ledger's side of a match: from transit, or from the payment provider, into the bank."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.ledger import (
    Entry,
    Kind,
    LedgerAccount,
    Posting,
    bank_entry,
    mirror,
)
from core.money import Money
from data.session import Session


@dataclass(frozen=True, slots=True)
class Proven:
    """A deposit or a receipt that the bank's statement shows; `id` is of this part of the match.

    The bank kept `charges` of `amount`.
    """

    id: UUID
    kind: str
    claim_id: UUID
    branch_id: UUID
    bank_account_id: UUID
    amount: Money
    charges: Money


async def post(session: Session, proven: Proven, now: datetime) -> None:
    """Move the money of a deposit or a receipt into the bank's account."""
    entry = bank_entry(
        proven.id, proven.bank_account_id, proven.claim_id, proven.amount, proven.charges
    )
    if proven.kind == "receipt":
        entry = _from_the_provider(entry)
    await custody.write_entry(session, proven.branch_id, entry, now)


async def take_back(session: Session, part_id: UUID, branch_id: UUID, now: datetime) -> None:
    """Move it back: the exact mirror of what `post` wrote."""
    entry_id, postings = await custody.entry_of(session, Kind.RECONCILIATION, part_id)
    back = mirror(Kind.RECONCILIATION_REVERSAL, part_id, entry_id, postings)
    await custody.write_entry(session, branch_id, back, now)


def _from_the_provider(entry: Entry) -> Entry:
    """The same where the money was with the payment provider, which is nobody's in particular."""
    return Entry(
        entry.kind,
        entry.source_id,
        tuple(
            Posting(LedgerAccount.PSP_CLEARING, None, p.amount)
            if p.account is LedgerAccount.IN_TRANSIT
            else p
            for p in entry.postings
        ),
    )
