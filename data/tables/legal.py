"""What is before a court, or on its way there, about a case: hearings, costs, how it ended."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, MinorUnits
from data.sealed import NOT_TOLD, Sealed, is_sealed


class LegalCase(Base):
    """One proceeding about a case. While it is open, customers are left alone by its hold, if it
    has one."""

    __tablename__ = "legal_case"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    forum: Mapped[str]
    reference: Mapped[str | None]
    advocate: Mapped[str | None]
    advocate_phone: Mapped[str | None] = mapped_column(Sealed)
    filed_on: Mapped[date | None]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("occasion_hold.id"))
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(
            "kind IN ('notice', 'arbitration', 'cheque_bounce', 'secured_asset', 'civil_suit',"
            " 'conciliation', 'insolvency', 'criminal_complaint', 'other')",
            name="kind",
        ),
        CheckConstraint(
            "outcome IN ('awarded', 'settled', 'dismissed', 'withdrawn', 'other')", name="outcome"
        ),
        is_sealed("advocate_phone"),
        CheckConstraint(
            "num_nulls(outcome, reason, closed_at, closed_by) IN (0, 4)", name="closed"
        ),
    )


class LegalHearing(Base):
    """A day before the court, and what came of it once that was noted."""

    __tablename__ = "legal_hearing"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    legal_case_id: Mapped[UUID] = mapped_column(ForeignKey("legal_case.id"))
    heard_on: Mapped[date]
    purpose: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None]
    noted_at: Mapped[datetime | None]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("num_nulls(outcome, noted_at, noted_by) IN (0, 3)", name="noted"),
        UniqueConstraint("legal_case_id", "heard_on"),
        Index(
            "ix_legal_hearing_coming", "heard_on", "id", postgresql_where=text("outcome IS NULL")
        ),
    )


class LegalCost(Base):
    """What was spent on a proceeding. It is on record, and no posting of the ledger."""

    __tablename__ = "legal_cost"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    legal_case_id: Mapped[UUID] = mapped_column(ForeignKey("legal_case.id"), index=True)
    paid_for: Mapped[str]
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    spent_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)


class LegalDocument(Base):
    """A paper of a proceeding; the file is on disk, as an attachment's is. Append-only."""

    __tablename__ = "legal_document"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    legal_case_id: Mapped[UUID] = mapped_column(ForeignKey("legal_case.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    dated_on: Mapped[date | None]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(Integer)
    stored_sha256: Mapped[bytes]
    file_key: Mapped[str] = mapped_column(Sealed, info=NOT_TOLD)
    kept_at: Mapped[datetime]
    kept_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(
            "kind IN ('notice', 'filing', 'summons', 'order', 'evidence', 'power_of_attorney',"
            " 'settlement', 'bill', 'other')",
            name="kind",
        ),
        CheckConstraint("size_bytes > 0", name="size"),
        is_sealed("file_key"),
    )
