"""What people ask about their data, and what has been removed by age."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId

PURPOSES = (
    "contact_by_message", "contact_at_work", "contact_of_relatives", "photographs",
    "call_recording", "analysis",
)  # fmt: skip
BASES = ("consent", "contract", "legal_duty", "legitimate_interest")
KINDS = ("message", "contact", "import_report", "alert")


class Consent(Base):
    """What a customer's data may be used for, and on what basis; the newest word for a purpose."""

    __tablename__ = "consent"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    purpose: Mapped[str]
    basis: Mapped[str]
    evidence: Mapped[str]
    given_at: Mapped[datetime]
    last_day: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint(f"basis IN {BASES}", name="basis"),
        CheckConstraint("num_nulls(withdrawn_at, withdrawn_by) IN (0, 2)", name="withdrawn"),
        Index(
            "uq_consent_live",
            "customer_id",
            "purpose",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )


class LegalHold(Base):
    """Why nothing of a customer may be removed, until it is lifted."""

    __tablename__ = "legal_hold"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (CheckConstraint("num_nulls(lifted_at, lifted_by) IN (0, 2)", name="lifted"),)


class Erasure(Base):
    """A request to erase a customer; another person decides. `report`: what went, what stayed."""

    __tablename__ = "erasure"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    reason: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    report: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'accepted', 'rejected')", name="state"),
        CheckConstraint(
            "num_nulls(decided_at, decided_by) = CASE state WHEN 'asked' THEN 2 ELSE 0 END",
            name="decided",
        ),
        CheckConstraint("decided_by <> asked_by", name="another_person"),
        Index(
            "uq_erasure_customer_id",
            "customer_id",
            unique=True,
            postgresql_where=text("state <> 'rejected'"),
        ),
    )


class ErasedReference(Base):
    """The lender's number of an erased customer, as a keyed hash: it is not taken in again."""

    __tablename__ = "erased_reference"
    reference_index: Mapped[bytes] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]


class RetentionRun(Base):
    """What a night removed of a kind of data in a branch, by which rule, and what was held.

    `oldest` is since when it had been there.
    """

    __tablename__ = "retention_run"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    ran_at: Mapped[datetime]
    kind: Mapped[str]
    kept_days: Mapped[int] = mapped_column(Integer)
    removed: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer)
    oldest: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("least(removed, held) >= 0", name="counts"),
        CheckConstraint("kept_days > 0", name="kept_days"),
    )
