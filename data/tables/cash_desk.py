"""The branch's cash: what counts found wrong, and days that are closed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, JsonList, MinorUnits


class CashDifference(Base):
    """Cash that a count found missing or over, and who answers for it.

    `source_id` is the deposit or the vault count. `cause` is ``count`` or ``counterfeit``.
    """

    __tablename__ = "cash_difference"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    kind: Mapped[str]
    cause: Mapped[str]
    source_id: Mapped[UUID] = mapped_column(index=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    found_at: Mapped[datetime]
    found_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    settled_how: Mapped[str | None]
    note: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind IN ('shortage', 'excess')", name="kind"),
        CheckConstraint("cause IN ('count', 'counterfeit')", name="cause"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)"
            " AND (settled_at IS NULL) = (settled_how IS NULL)"
            " AND settled_how IN ('paid', 'written_off', 'returned', 'kept')",
            name="settled",
        ),
        CheckConstraint(
            "settled_by <> owner_id AND (settled_how <> 'written_off' OR settled_by <> found_by)",
            name="another_person",
        ),
        Index(
            "ix_cash_difference_open",
            "branch_id",
            "found_at",
            postgresql_where=text("settled_at IS NULL"),
        ),
    )


class CounterfeitNote(Base):
    """A note that a count found to be false. It is worth nothing, and kept for the police."""

    __tablename__ = "counterfeit_note"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    source_id: Mapped[UUID] = mapped_column(index=True)
    face_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    serial: Mapped[str]
    found_at: Mapped[datetime]
    found_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (CheckConstraint("face_minor > 0", name="face"),)


class DayClose(Base):
    """A branch's cash day that is closed: nothing is booked on it any more."""

    __tablename__ = "day_close"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    figures: Mapped[Json]


class VaultCount(Base):
    """A count of all the cash that a branch holds; from then on who counted answers for it.

    `expected_minor` is what the ledger had. At a handover the former cashier (`handed_by`)
    confirms the count.
    """

    __tablename__ = "vault_count"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    occasion: Mapped[str]
    counted_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    handed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    expected_minor: Mapped[MinorUnits]
    counted_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    denominations: Mapped[JsonList]
    counted_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("occasion IN ('opening', 'handover', 'closing')", name="occasion"),
        CheckConstraint("(occasion = 'handover') = (handed_by IS NOT NULL)", name="handed"),
        CheckConstraint("handed_by <> counted_by", name="two_people"),
        CheckConstraint("confirmed_at IS NULL OR handed_by IS NOT NULL", name="confirmed"),
        CheckConstraint("counted_minor >= 0", name="counted"),
        Index("ix_vault_count_branch_id_counted_at", "branch_id", "counted_at"),
    )


class Remittance(Base):
    """Cash that a branch pays in at a bank; in transit until the bank's statement shows it."""

    __tablename__ = "remittance"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    denominations: Mapped[JsonList]
    slip_no: Mapped[str]
    remitted_at: Mapped[datetime]
    remitted_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    proven_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("proven_minor BETWEEN 0 AND amount_minor", name="proven"),
    )


class BalanceConfirmation(Base):
    """A payer drawn by lot, whom somebody else than the agent asks what is still owed.

    `stated_minor` is what the books had when it was drawn, `told_minor` what the payer said.
    """

    __tablename__ = "balance_confirmation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    stated_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    told_minor: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("stated_minor >= 0 AND told_minor >= 0", name="amounts"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)"
            " AND (answered_at IS NULL) = (told_minor IS NULL)",
            name="answered",
        ),
        CheckConstraint("answered_by <> agent_id", name="another_person"),
    )
