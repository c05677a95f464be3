"""Refunds as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.custody.ledger import Entry, Kind, LedgerAccount, move
from core.money import Money


class State(StrEnum):
    """Where a refund stands. Nothing moves before another person has paid it out."""

    ASKED = "asked"
    PAID = "paid"
    DECLINED = "declined"


class Way(StrEnum):
    """How it is paid out: out of the vault, by transfer with its reference, or (what waits in
    suspense) to the account as an advance."""

    CASH = "cash"
    TRANSFER = "transfer"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to be paid back: of an account's advance, or (with `receipt_id`) what a receipt has in
    suspense: one that was undone, or that paid more than was due. `payee` says who
    gets it, and for a transfer into which account."""

    id: UUID
    branch_id: UUID
    account_id: UUID
    receipt_id: UUID | None
    amount: Money
    reason: str
    way: Way
    payee: str
    asked_by: UUID
    asked_at: datetime
    state: State
    settled_by: UUID | None
    settled_at: datetime | None
    reference: str | None


def refund_paid_entry(refund: Refund, vault_branch_id: UUID) -> Entry:
    """What was owed to a customer left the vault, is on its way through the bank, or is the
    account's."""
    owed = (
        (LedgerAccount.SUSPENSE, refund.receipt_id)
        if refund.receipt_id
        else (LedgerAccount.COLLECTIONS_CONTROL, refund.account_id)
    )
    source = {
        Way.CASH: (LedgerAccount.BRANCH_VAULT, vault_branch_id),
        Way.TRANSFER: (LedgerAccount.PSP_CLEARING, None),
        Way.ACCOUNT: (LedgerAccount.COLLECTIONS_CONTROL, refund.account_id),
    }[refund.way]
    return move(Kind.REFUND_PAID, refund.id, refund.amount, debit=owed, credit=source)
