"""The double-entry ledger as values: which accounts an event moves money between."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.money import Money


class LedgerAccount(StrEnum):
    """Where money can be. An owner (agent, deposit, receipt, branch) makes it one account."""

    AGENT_CASH = "agent_cash"
    AGENT_CHEQUE = "agent_cheque"
    PSP_CLEARING = "psp_clearing"
    IN_TRANSIT = "in_transit"
    BRANCH_VAULT = "branch_vault"
    COLLECTIONS_CONTROL = "collections_control"


class Kind(StrEnum):
    """What an entry is about; with the id of its source it is unique."""

    RECEIPT = "receipt"
    DEPOSIT = "deposit"
    ACKNOWLEDGMENT = "acknowledgment"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: a positive amount is a debit, a negative one a credit."""

    account: LedgerAccount
    owner_id: UUID | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced set of postings in one currency. Raises ValueError when it is not one."""

    kind: Kind
    source_id: UUID
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if not balances(self.postings):
            raise ValueError(f"{self.kind} {self.source_id} does not balance")


def balances(postings: tuple[Posting, ...]) -> bool:
    """Whether postings make an entry: two or more, none of nothing, one currency, sum zero."""
    amounts = [p.amount.amount_minor for p in postings]
    currencies = {p.amount.currency for p in postings}
    return len(postings) > 1 and len(currencies) == 1 and all(amounts) and sum(amounts) == 0


def receipt_entry(receipt_id: UUID, debit: LedgerAccount, agent_id: UUID, amount: Money) -> Entry:
    """Money came in from a customer. What no agent holds in his hands has no owner yet."""
    owner = None if debit is LedgerAccount.PSP_CLEARING else agent_id
    credit = Posting(LedgerAccount.COLLECTIONS_CONTROL, receipt_id, -amount)
    return Entry(Kind.RECEIPT, receipt_id, (Posting(debit, owner, amount), credit))


def deposit_entry(deposit_id: UUID, agent_id: UUID, amount: Money) -> Entry:
    """Cash left an agent's hands and has not been counted by anybody else yet."""
    debit = Posting(LedgerAccount.IN_TRANSIT, deposit_id, amount)
    credit = Posting(LedgerAccount.AGENT_CASH, agent_id, -amount)
    return Entry(Kind.DEPOSIT, deposit_id, (debit, credit))


def acknowledgment_entry(deposit_id: UUID, branch_id: UUID, amount: Money) -> Entry:
    """A deposit was counted at the branch and lies in its vault."""
    debit = Posting(LedgerAccount.BRANCH_VAULT, branch_id, amount)
    credit = Posting(LedgerAccount.IN_TRANSIT, deposit_id, -amount)
    return Entry(Kind.ACKNOWLEDGMENT, deposit_id, (debit, credit))
