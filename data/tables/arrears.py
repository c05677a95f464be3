"""Arrears that are paid in parts: to whom that may be offered, and the plans."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, MinorUnits, Texts

_ADDS_UP = (
    "least(principal_minor, interest_minor, charges_minor, penal_minor) >= 0 AND "
    "total_minor = principal_minor + interest_minor + charges_minor + penal_minor"
)


class ArrearsRuleList(Base):
    """That a branch has rules of its own, which may be none at all, for itself and those below."""

    __tablename__ = "arrears_rule_list"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class ArrearsRule(Base):
    """Who may be offered to pay arrears in parts, and in which; the first that fits holds."""

    __tablename__ = "arrears_rule"
    branch_id: Mapped[UUID] = mapped_column(
        ForeignKey("arrears_rule_list.branch_id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str]
    product_types: Mapped[Texts]
    dpd_from: Mapped[int] = mapped_column(Integer)
    dpd_to: Mapped[int] = mapped_column(Integer)
    paid_dues_least: Mapped[int] = mapped_column(Integer)
    broken_most: Mapped[int] = mapped_column(Integer)
    overdue_most_minor: Mapped[MinorUnits | None]
    installments_most: Mapped[int] = mapped_column(Integer)
    every: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str]
    first_within_days: Mapped[int] = mapped_column(Integer)
    grace_days: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        CheckConstraint("dpd_from BETWEEN 0 AND dpd_to", name="dpd"),
        CheckConstraint(
            "least(paid_dues_least, broken_most, grace_days, overdue_most_minor) >= 0",
            name="bounds",
        ),
        CheckConstraint(
            "installments_most BETWEEN 2 AND 60 AND every BETWEEN 1 AND 366"
            " AND unit IN ('day', 'month') AND first_within_days BETWEEN 1 AND 366",
            name="offer",
        ),
    )


class ArrearsPlan(Base):
    """What was overdue on an account, to be paid in parts: offered, accepted, kept or not.

    An accepted one has taken over demands (`ArrearsTaken`), and its installments are demands.
    Without `settled_by` a day that began, or another offer, settled it.
    """

    __tablename__ = "arrears_plan"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    rule: Mapped[str]
    currency: Mapped[str]
    principal_minor: Mapped[MinorUnits]
    interest_minor: Mapped[MinorUnits]
    charges_minor: Mapped[MinorUnits]
    penal_minor: Mapped[MinorUnits]
    total_minor: Mapped[MinorUnits]
    installments: Mapped[int] = mapped_column(Integer)
    every: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str]
    first_on: Mapped[date]
    grace_days: Mapped[int] = mapped_column(Integer)
    offered_at: Mapped[datetime]
    offered_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    valid_until: Mapped[date]
    state: Mapped[str] = mapped_column(server_default=text("'offered'"))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(_ADDS_UP, name="total"),
        CheckConstraint(
            "installments BETWEEN 2 AND 60 AND total_minor >= installments"
            " AND every BETWEEN 1 AND 366 AND unit IN ('day', 'month') AND grace_days >= 0",
            name="parts",
        ),
        CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'lapsed', 'kept', 'broken', 'ended')",
            name="state",
        ),
        CheckConstraint(
            "(state IN ('accepted', 'kept', 'broken', 'ended')) = (accepted_at IS NOT NULL)"
            " AND num_nulls(accepted_at, accepted_by) IN (0, 2)",
            name="accepted",
        ),
        CheckConstraint(
            "(state IN ('offered', 'accepted')) = (settled_at IS NULL)"
            " AND (state IN ('declined', 'ended')) = (settled_by IS NOT NULL)"
            " AND (settled_by IS NULL) = (reason IS NULL)",
            name="settled",
        ),
        Index(
            "uq_arrears_plan_open",
            "account_id",
            unique=True,
            postgresql_where=text("state IN ('offered', 'accepted')"),
        ),
    )


class ArrearsTaken(Base):
    """What a plan has taken over of a demand; less when a plan that was not kept gave it back."""

    __tablename__ = "arrears_taken"
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("arrears_plan.id"), primary_key=True)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demand.id"), primary_key=True, index=True)
    principal_minor: Mapped[MinorUnits]
    interest_minor: Mapped[MinorUnits]
    charges_minor: Mapped[MinorUnits]
    penal_minor: Mapped[MinorUnits]
    total_minor: Mapped[MinorUnits]
    __table_args__ = (CheckConstraint(_ADDS_UP, name="total"),)
