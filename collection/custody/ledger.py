"""The double-entry ledger as values: which accounts an event moves money between."""

from collections.abc import Sequence
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
    SUSPENSE = "suspense"
    AGENT_SHORTAGE = "agent_shortage"
    CASH_EXCESS = "cash_excess"
    CASH_LOSS = "cash_loss"
    CHARGES_BANK = "charges_bank"


class Kind(StrEnum):
    """What an entry is about; with the id of its source it is unique."""

    RECEIPT = "receipt"
    RECEIPT_REVERSAL = "receipt_reversal"
    REFUND_DUE = "refund_due"
    DEPOSIT = "deposit"
    DEPOSIT_REJECTION = "deposit_rejection"
    ACKNOWLEDGMENT = "acknowledgment"
    HANDOVER = "handover"
    REMITTANCE = "remittance"
    RECONCILIATION = "reconciliation"
    RECONCILIATION_REVERSAL = "reconciliation_reversal"
    VAULT_COUNT = "vault_count"
    DIFFERENCE_SETTLED = "difference_settled"
    REFUND_PAID = "refund_paid"


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


def move(
    kind: Kind,
    source_id: UUID,
    amount: Money,
    *,
    debit: tuple[LedgerAccount, UUID | None],
    credit: tuple[LedgerAccount, UUID | None],
) -> Entry:
    """An entry that moves an amount from one account (credited) into another (debited)."""
    return Entry(kind, source_id, (Posting(*debit, amount), Posting(*credit, -amount)))


def receipt_entry(
    receipt_id: UUID, debit: LedgerAccount, holder_id: UUID, amount: Money, suspense: Money
) -> Entry:
    """Money came in from a customer; an agent or a branch holds it, or (no owner) nobody yet.

    `suspense` of it waits until somebody says what it was for.
    """
    owner = None if debit is LedgerAccount.PSP_CLEARING else holder_id
    lines = (
        (debit, owner, amount),
        (LedgerAccount.COLLECTIONS_CONTROL, receipt_id, suspense - amount),
        (LedgerAccount.SUSPENSE, receipt_id, -suspense),
    )
    return Entry(Kind.RECEIPT, receipt_id, without_nothing(lines))


def refund_entry(reversal_id: UUID, receipt_id: UUID, agent_id: UUID, amount: Money) -> Entry:
    """Of a receipt that was reversed, this much had left the agent's hands: it waits, in suspense,
    to be given back to who paid it."""
    cash, waiting = (LedgerAccount.AGENT_CASH, agent_id), (LedgerAccount.SUSPENSE, receipt_id)
    return move(Kind.REFUND_DUE, reversal_id, amount, debit=cash, credit=waiting)


def deposit_entry(deposit_id: UUID, agent_id: UUID, amount: Money) -> Entry:
    """Cash left an agent's hands and has not been counted by anybody else yet."""
    transit, cash = (LedgerAccount.IN_TRANSIT, deposit_id), (LedgerAccount.AGENT_CASH, agent_id)
    return move(Kind.DEPOSIT, deposit_id, amount, debit=transit, credit=cash)


def count_lines(
    branch_id: UUID, owner_id: UUID, good: Money, short: Money, over: Money
) -> list[tuple[LedgerAccount, UUID | None, Money]]:
    """What a count put into the vault, what its owner owes, and what is over and nobody's yet."""
    return [
        (LedgerAccount.BRANCH_VAULT, branch_id, good),
        (LedgerAccount.AGENT_SHORTAGE, owner_id, short),
        (LedgerAccount.CASH_EXCESS, branch_id, -over),
    ]


def acknowledgment_entry(
    deposit_id: UUID, agent_id: UUID, branch_id: UUID, good: Money, short: Money, over: Money
) -> Entry:
    """A deposit was counted at the branch, and what is good of it lies in the vault."""
    lines = count_lines(branch_id, agent_id, good, short, over)
    lines.append((LedgerAccount.IN_TRANSIT, deposit_id, -(good + short - over)))
    return Entry(Kind.ACKNOWLEDGMENT, deposit_id, without_nothing(lines))


def without_nothing(
    lines: Sequence[tuple[LedgerAccount, UUID | None, Money]],
) -> tuple[Posting, ...]:
    """Postings of the lines that move anything."""
    return tuple(Posting(*line) for line in lines if line[2].amount_minor)


def handover_entry(handover_id: UUID, giver_id: UUID, taker_id: UUID, amount: Money) -> Entry:
    """Cash went from one agent's hands into another's, and both said so."""
    taker, giver = (LedgerAccount.AGENT_CASH, taker_id), (LedgerAccount.AGENT_CASH, giver_id)
    return move(Kind.HANDOVER, handover_id, amount, debit=taker, credit=giver)


def vault_count_entry(
    count_id: UUID, branch_id: UUID, owner_id: UUID, short: Money, over: Money
) -> Entry | None:
    """A count of the vault differed from the ledger; None when it did not after all."""
    lines = count_lines(branch_id, owner_id, over - short, short, over)
    postings = without_nothing(lines)
    return Entry(Kind.VAULT_COUNT, count_id, postings) if postings else None


def remittance_entry(remittance_id: UUID, branch_id: UUID, amount: Money) -> Entry:
    """Cash left the vault for a bank, whose statement does not show it yet."""
    transit = (LedgerAccount.IN_TRANSIT, remittance_id)
    vault = (LedgerAccount.BRANCH_VAULT, branch_id)
    return move(Kind.REMITTANCE, remittance_id, amount, debit=transit, credit=vault)


def bank_entry(
    match_id: UUID, bank_account_id: UUID, transit_id: UUID, amount: Money, charges: Money
) -> Entry:
    """The bank's statement shows what was in transit; the bank may have kept charges of it."""
    lines = (
        (LedgerAccount.BANK, bank_account_id, amount - charges),
        (LedgerAccount.CHARGES_BANK, bank_account_id, charges),
        (LedgerAccount.IN_TRANSIT, transit_id, -amount),
    )
    return Entry(Kind.RECONCILIATION, match_id, without_nothing(lines))


def mirror(kind: Kind, source_id: UUID, entry_id: UUID, postings: Sequence[Posting]) -> Entry:
    """The reversal of the journal entry `entry_id` with these postings, line by line."""
    turned = tuple(Posting(p.account, p.owner_id, -p.amount) for p in postings)
    return Entry(kind, source_id, turned, reverses=entry_id)
