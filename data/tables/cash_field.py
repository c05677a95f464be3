"""Cash in agents' hands: lots of receipts, leases for offline, handovers, reversals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, JsonList, MinorUnits
from data.sealed import NOT_TOLD, Sealed, is_sealed


class CashLot(Base):
    """The cash of one receipt in one agent's hands; `left_minor` of it still is there.

    An agent's lots add up to the cash in hand. `came_at` is when the customer paid: a colleague
    who takes the cash over takes its age over too.
    """

    __tablename__ = "cash_lot"
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    came_at: Mapped[datetime]
    left_minor: Mapped[MinorUnits]
    __table_args__ = (
        CheckConstraint("left_minor >= 0", name="left"),
        Index(
            "ix_cash_lot_in_hand",
            "agent_id",
            "came_at",
            "receipt_id",
            postgresql_where=text("left_minor > 0"),
        ),
    )


class OfflineLease(Base):
    """Room in an agent's till that a phone may fill without asking; one open lease per agent."""

    __tablename__ = "offline_lease"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    prefix: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[MinorUnits]
    left_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0 AND left_minor BETWEEN 0 AND amount_minor", name="left"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL)"
            " AND closed_because IN ('returned', 'expired')",
            name="closed",
        ),
        Index(
            "uq_offline_lease_open",
            "agent_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class CashHandover(Base):
    """Cash that one agent offers another; it moves when the other has counted and accepts it.

    `given_at` is when it left the giver's hands, where the two met and both phones wrote it down.
    """

    __tablename__ = "cash_handover"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    giver_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    taker_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    denominations: Mapped[JsonList]
    state: Mapped[str] = mapped_column(server_default=text("'offered'"))
    offered_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("giver_id <> taker_id", name="two_people"),
        CheckConstraint("state IN ('offered', 'accepted', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'offered') = (settled_at IS NULL)", name="settled"),
    )


class HandoverTaking(Base):
    """That an agent has taken a colleague's cash, as the taker's phone wrote it down. Append-only.

    `id` is the handover's, which may come later: it is settled once both are there.
    """

    __tablename__ = "handover_taking"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    giver_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    taker_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    denominations: Mapped[JsonList]
    taken_at: Mapped[datetime]
    received_at: Mapped[datetime]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("giver_id <> taker_id", name="two_people"),
    )


class HandoverAllocation(Base):
    """The part of a handover that is a receipt's cash."""

    __tablename__ = "handover_allocation"
    handover_id: Mapped[UUID] = mapped_column(ForeignKey("cash_handover.id"), primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    amount_minor: Mapped[MinorUnits]
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)


class PaperReceipt(Base):
    """A receipt that the desk entered from paper, for a phone that was lost with it.

    `original_id` is the phone's own record of it, where that came after all: it is the same
    receipt, and is in the books once.
    """

    __tablename__ = "paper_receipt"
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    entered_at: Mapped[datetime]
    original_id: Mapped[UUID | None] = mapped_column(unique=True)
    original_hash: Mapped[bytes | None]
    came_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(original_id, original_hash, came_at) IN (0, 3)", name="original"
        ),
    )


class DepositSlip(Base):
    """The picture of a deposit's slip; the file is on disk, as an attachment's is. Append-only."""

    __tablename__ = "deposit_slip"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposit.id"), index=True)
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(Integer)
    original_sha256: Mapped[bytes]
    stored_sha256: Mapped[bytes]
    file_key: Mapped[str | None] = mapped_column(Sealed, info=NOT_TOLD)
    device_time: Mapped[datetime]
    server_time: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size"),
        is_sealed("file_key"),
    )


class ReceiptReversal(Base):
    """What somebody wants undone of a receipt, and what another person decided.

    `from_hand_minor` is the cash that was still with the receipt's agent and left the till again;
    the rest of a cash receipt waits in suspense to be refunded.
    """

    __tablename__ = "receipt_reversal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), index=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'asked'"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    from_hand_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'approved', 'declined')", name="state"),
        CheckConstraint(
            "(state = 'asked') = (settled_at IS NULL)"
            " AND (settled_at IS NULL) = (settled_by IS NULL)",
            name="settled",
        ),
        CheckConstraint("settled_by <> asked_by AND settled_by <> agent_id", name="another_person"),
        CheckConstraint("from_hand_minor >= 0", name="from_hand"),
        Index(
            "uq_receipt_reversal_live",
            "receipt_id",
            unique=True,
            postgresql_where=text("state <> 'declined'"),
        ),
    )


class SafeKeeping(Base):
    """Who keeps an agent's cash until the counters open again, and where. Append-only."""

    __tablename__ = "safe_keeping"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    keeper: Mapped[str]
    place: Mapped[str]
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    kept_from: Mapped[datetime]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount"),
        Index("ix_safe_keeping_agent_id_kept_from", "agent_id", "kept_from"),
    )
