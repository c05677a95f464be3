"""The journal, receipts, tills and deposits."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json, JsonList, MinorUnits, Texts

MODES = ("cash", "card", "transfer", "upi", "cheque", "mobile", "aeps", "whatsapp")
LEDGER_ACCOUNTS = (
    "agent_cash", "agent_cheque", "psp_clearing", "in_transit", "branch_vault", "bank",
    "collections_control", "suspense", "agent_shortage", "cash_excess", "cash_loss",
    "charges_bank",
)  # fmt: skip
KINDS = (
    "receipt", "receipt_reversal", "refund_due", "deposit", "deposit_rejection", "acknowledgment",
    "handover", "remittance", "reconciliation", "reconciliation_reversal", "vault_count",
    "difference_settled", "refund_paid",
)  # fmt: skip


class ReceiptSeries(Base):
    """A gap-free run of receipt numbers: one per agent and one per branch's own till (whose
    `agent_id` is null), never one for the installation."""

    __tablename__ = "receipt_series"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), unique=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    next_number: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    __table_args__ = (
        Index(
            "uq_receipt_series_branch",
            "branch_id",
            unique=True,
            postgresql_where=text("agent_id IS NULL"),
        ),
    )


class Receipt(Base):
    """Money taken from a customer. Never changed; a mistake is reversed by another entry.

    `outstanding_minor` and `headroom_minor` are what was left on the account and in the till once
    it was taken, as the customer and the agent were told. One taken at the branch has no agent but
    who took it (`taken_by`), and fills no till; nor does one that the customer paid online.
    `denominations` are the notes and coins that were handed over, where somebody counted them;
    less the change they make the amount. `chain_hash` is of what the receipt says and of the one
    before it in its series: a trigger makes it, and what is changed afterwards breaks the chain.
    """

    __tablename__ = "receipt"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    series_id: Mapped[UUID] = mapped_column(ForeignKey("receipt_series.id"))
    number: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str]
    mode_reference: Mapped[str | None]
    mode_details: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    loan_card_place: Mapped[str | None]
    loan_card_missing: Mapped[str | None]
    denominations: Mapped[JsonList | None] = mapped_column(JSONB(none_as_null=True))
    change_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    amount_words: Mapped[str | None]
    amount_minor: Mapped[MinorUnits]
    advance_minor: Mapped[MinorUnits]
    suspense_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    outstanding_minor: Mapped[MinorUnits]
    headroom_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str]
    taken_at: Mapped[datetime]
    received_at: Mapped[datetime]
    fix: Mapped[Json | None]
    distance_m: Mapped[float | None]
    flags: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    body_hash: Mapped[bytes]
    lease_id: Mapped[UUID | None] = mapped_column(ForeignKey("offline_lease.id"))
    lease_number: Mapped[int | None] = mapped_column(Integer)
    online_payment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("online_payment.id"), unique=True
    )
    chain_hash: Mapped[bytes]
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        UniqueConstraint("lease_id", "lease_number"),
        CheckConstraint(
            "num_nonnulls(agent_id, taken_by, online_payment_id) = 1"
            " AND (agent_id IS NULL) = (headroom_minor IS NULL)",
            name="taken",
        ),
        CheckConstraint(
            "(lease_id IS NULL) = (lease_number IS NULL) AND lease_number > 0", name="lease"
        ),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("advance_minor BETWEEN 0 AND amount_minor", name="advance"),
        CheckConstraint(
            "suspense_minor BETWEEN 0 AND amount_minor - advance_minor", name="suspense"
        ),
        CheckConstraint(f"mode IN {MODES}", name="mode"),
        CheckConstraint("mode = 'cash' OR mode_reference IS NOT NULL", name="mode_reference"),
        CheckConstraint("jsonb_typeof(mode_details) = 'object'", name="mode_details"),
        CheckConstraint("num_nonnulls(loan_card_place, loan_card_missing) < 2", name="loan_card"),
        CheckConstraint(
            "CASE WHEN denominations IS NULL THEN change_minor = 0"
            " ELSE mode = 'cash' AND change_minor >= 0"
            " AND counted_minor(denominations) = amount_minor + change_minor END",
            name="denominations",
        ),
        Index("ix_receipt_agent_id_taken_at", "agent_id", "taken_at"),
        Index("ix_receipt_branch_id_taken_at", "branch_id", "taken_at"),
        Index("ix_receipt_taken_at", "taken_at", postgresql_using="brin"),
    )


class ReceiptAllocation(Base):
    """The part of a receipt that pays a demand, and head by head what of it (not told of old
    ones)."""

    __tablename__ = "receipt_allocation"
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demand.id"), primary_key=True)
    amount_minor: Mapped[MinorUnits]
    charges_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    penal_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    interest_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    principal_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "least(charges_minor, penal_minor, interest_minor, principal_minor) >= 0 AND"
            " charges_minor + penal_minor + interest_minor + principal_minor IN (0, amount_minor)",
            name="heads",
        ),
    )


class JournalEntry(Base):
    """A balanced set of postings. Append-only; a correction is a new entry that reverses.

    The database itself sets `booked_on`: the branch's first open day from `entered_at` on.
    """

    __tablename__ = "journal_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    kind: Mapped[str]
    source_id: Mapped[UUID]
    entered_at: Mapped[datetime]
    booked_on: Mapped[date]
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(
            "(reverses_id IS NOT NULL) ="
            " (kind IN ('receipt_reversal', 'deposit_rejection', 'reconciliation_reversal'))",
            name="reverses",
        ),
        Index("ix_journal_entry_branch_id_booked_on", "branch_id", "booked_on"),
    )


class Posting(Base):
    """One line of a journal entry: positive is debit, negative is credit."""

    __tablename__ = "posting"
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    branch_id: Mapped[BranchId]
    ledger_account: Mapped[str]
    owner_id: Mapped[UUID | None]
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint(f"ledger_account IN {LEDGER_ACCOUNTS}", name="ledger_account"),
        Index("ix_posting_ledger_account_owner_id", "ledger_account", "owner_id"),
    )


class Till(Base):
    """An agent's cash custody. The CHECK is what holds the limit under concurrency.

    `over_minor` is what facts that cannot be refused have put above the limit: cash taken offline,
    a limit that was lowered, a deposit that was sent back. `ledger_minor` is written by the
    journal's trigger alone, and must equal `in_hand_minor` at every commit.
    """

    __tablename__ = "till"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    branch_id: Mapped[BranchId]
    currency: Mapped[str]
    limit_minor: Mapped[MinorUnits]
    in_hand_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    reserved_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    pending_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    in_transit_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    over_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    ledger_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    blocked_for: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(
            "in_hand_minor >= 0 AND reserved_minor >= 0 AND pending_minor >= 0"
            " AND in_transit_minor >= pending_minor AND over_minor >= 0",
            name="not_negative",
        ),
        CheckConstraint(
            "in_hand_minor + reserved_minor + pending_minor <= limit_minor + over_minor",
            name="cash_limit",
        ),
        CheckConstraint("blocked_for IN ('limit_breach', 'aged_cash')", name="blocked_for"),
    )


class LimitChange(Base):
    """A higher cash limit for an agent; another person than who proposed it accepts it."""

    __tablename__ = "limit_change"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("till.agent_id"), index=True)
    limit_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("limit_minor >= 0", name="amount"),
        CheckConstraint("decision IN ('accepted', 'rejected', 'overtaken')", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decision <> 'accepted' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "proposed_by <> agent_id AND (decided_by IS NULL OR decided_by <> agent_id)",
            name="not_their_own",
        ),
        Index(
            "uq_limit_change_open",
            "agent_id",
            unique=True,
            postgresql_where=text("decision IS NULL"),
        ),
    )


class Deposit(Base):
    """Cash handed over by an agent; in transit until another person acknowledges the count.

    `left_minor` is what stayed in the agent's hands; `frees_at_once` tells whether the limit had
    the room again at posting. Of one at a bank, `proven_minor` is what statements show.
    """

    __tablename__ = "deposit"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    amount_minor: Mapped[MinorUnits]
    left_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    target: Mapped[str]
    slip_no: Mapped[str | None]
    deposited_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    frees_at_once: Mapped[bool] = mapped_column(server_default=text("true"))
    proven_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    counted_minor: Mapped[int | None] = mapped_column(BigInteger)
    rejected_at: Mapped[datetime | None]
    rejected_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    rejected_because: Mapped[str | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "acknowledged_by <> agent_id AND rejected_by <> agent_id", name="another_person"
        ),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)"
            " AND (acknowledged_at IS NULL) = (counted_minor IS NULL) AND counted_minor >= 0",
            name="acknowledged",
        ),
        CheckConstraint(
            "(rejected_at IS NULL) = (rejected_by IS NULL)"
            " AND (rejected_at IS NULL) = (rejected_because IS NULL)",
            name="rejected",
        ),
        CheckConstraint("rejected_at IS NULL OR acknowledged_at IS NULL", name="one_end"),
        CheckConstraint("proven_minor BETWEEN 0 AND amount_minor", name="proven"),
        CheckConstraint("proven_minor = 0 OR target = 'bank'", name="proven_by_bank"),
        CheckConstraint("proven_minor = 0 OR rejected_at IS NULL", name="proven_or_rejected"),
        CheckConstraint("target IN ('branch', 'bank')", name="target"),
        CheckConstraint("target = 'branch' OR slip_no IS NOT NULL", name="slip_no"),
        Index("ix_deposit_branch_id_deposited_at", "branch_id", "deposited_at"),
        Index(
            "ix_deposit_open",
            "branch_id",
            "posted_at",
            postgresql_where=text("acknowledged_at IS NULL AND rejected_at IS NULL"),
        ),
    )


class DepositAllocation(Base):
    """The part of a deposit that is a receipt's cash."""

    __tablename__ = "deposit_allocation"
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposit.id"), primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True, index=True)
    amount_minor: Mapped[MinorUnits]
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)


class Denomination(Base):
    """Notes or coins of one face in a deposit; together they make its amount exactly."""

    __tablename__ = "denomination"
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposit.id"), primary_key=True)
    face_minor: Mapped[MinorUnits] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)
    __table_args__ = (CheckConstraint("face_minor > 0 AND count > 0", name="face_and_count"),)
