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
    BANK = "bank"
    COLLECTIONS_CONTROL = "collections_control"
    CHARGES_BANK = "charges_bank"


class Kind(StrEnum):
    """What an entry is about; with the id of its source it is unique."""

    RECEIPT = "receipt"
    DEPOSIT = "deposit"
    ACKNOWLEDGMENT = "acknowledgment"
    RECONCILIATION = "reconciliation"
    RECONCILIATION_REVERSAL = "reconciliation_reversal"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: a positive amount is a debit, a negative one a credit."""

    account: LedgerAccount
    owner_id: UUID | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced set of postings in one currency. Raises ValueError when it is not one.

    `reverses` is the id of the journal entry whose exact mirror this one is.
    """

    kind: Kind
    source_id: UUID
    postings: tuple[Posting, ...]
    reverses: UUID | None = None

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


def bank_entry(
    match_id: UUID, bank_account_id: UUID, transit_id: UUID, amount: Money, charges: Money
) -> Entry:
    """The bank's statement shows what was in transit; the bank may have kept charges of it."""
    lines = (
        (LedgerAccount.BANK, bank_account_id, amount - charges),
        (LedgerAccount.CHARGES_BANK, bank_account_id, charges),
        (LedgerAccount.IN_TRANSIT, transit_id, -amount),
    )
    postings = tuple(Posting(*line) for line in lines if line[2].amount_minor)
    return Entry(Kind.RECONCILIATION, match_id, postings)


def mirror(kind: Kind, source_id: UUID, entry_id: UUID, postings: tuple[Posting, ...]) -> Entry:
    """The reversal of the journal entry `entry_id` with these postings, line by line."""
    turned = tuple(Posting(p.account, p.owner_id, -p.amount) for p in postings)
    return Entry(kind, source_id, turned, reverses=entry_id)
