"""Customers, accounts, demands, cases, promises."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import ARRAY, Base, BranchId, JsonList, MinorUnits, OptionalPoint, Texts
from data.sealed import Sealed, indexed, is_sealed
from data.tables.identity import GENDERS
from data.tables.stages import CLOSURES, STAGES

ASSET_CLASSES = ("standard", "sma_0", "sma_1", "sma_2", "npa")
GEOCODE_QUALITIES = ("rooftop", "street", "area")


class Customer(Base):
    """One obligor, who may have many accounts. `source_ref` is the lender's own number.

    `phone` is encrypted; `phone_index` finds it, and must be set wherever that is.

    `agent_gender` is whom the customer asks to be visited by; `center_id` where they are a member,
    `member_group_id` in which of its groups.
    """

    __tablename__ = "customer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    source_ref: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_index: Mapped[bytes | None] = mapped_column(default=indexed("phone"))
    language: Mapped[str | None]
    agent_gender: Mapped[str | None]
    center_id: Mapped[UUID | None] = mapped_column(ForeignKey("center.id"), index=True)
    member_group_id: Mapped[UUID | None]
    __table_args__ = (
        CheckConstraint(f"agent_gender IN {GENDERS}", name="agent_gender"),
        is_sealed("phone"),
        CheckConstraint("(phone IS NULL) = (phone_index IS NULL)", name="phone_index"),
        CheckConstraint("member_group_id IS NULL OR center_id IS NOT NULL", name="group_of_center"),
        ForeignKeyConstraint(
            ["member_group_id", "center_id"],
            ["member_group.id", "member_group.center_id"],
            name="fk_customer_member_group_id",
        ),
    )


class Address(Base):
    """Where a customer can be visited. The source's text is kept; the point has a quality.

    `spread_m` is how far from it the geocoder said that the house may be.
    """

    __tablename__ = "address"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    line: Mapped[str]
    locality: Mapped[str | None]
    pincode: Mapped[str | None]
    location: Mapped[OptionalPoint]
    geocode_quality: Mapped[str | None]
    spread_m: Mapped[float | None]
    provenance: Mapped[str]
    __table_args__ = (
        UniqueConstraint("customer_id", "line"),
        CheckConstraint(f"geocode_quality IN {GEOCODE_QUALITIES}", name="geocode_quality"),
        CheckConstraint(
            "(location IS NULL) = (geocode_quality IS NULL)", name="quality_with_location"
        ),
        CheckConstraint("spread_m >= 0", name="spread"),
        Index("ix_address_branch_id_pincode", "branch_id", "pincode"),
    )


class Account(Base):
    """A receivable: loan, card, bill. Figures are the source's as of the file of day `as_of`.

    `product_code` is the source's; which `product_type` it means is looked up as days begin.
    """

    __tablename__ = "account"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    source_ref: Mapped[str] = mapped_column(unique=True)
    product_code: Mapped[str]
    product_type: Mapped[str] = mapped_column(
        ForeignKey("product_type.code"), server_default=text("'individual_loan'")
    )
    currency: Mapped[str]
    principal_outstanding_minor: Mapped[MinorUnits]
    emi_minor: Mapped[MinorUnits | None]
    advance_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    last_payment_on: Mapped[date | None]
    as_of: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("principal_outstanding_minor >= 0", name="principal"),
        CheckConstraint("advance_minor >= 0", name="advance"),
    )


class Demand(Base):
    """An amount due on an account; paid down by receipts, oldest first.

    One that is due on a holiday counts from `shifted_to` on, the next working day. One with an
    `arrears_plan_id` is an installment of that plan. `moved_minor` is what plans have taken over of
    it and demand in its place: its own amounts are what is left to be paid here.
    """

    __tablename__ = "demand"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    due_on: Mapped[date]
    shifted_to: Mapped[date | None]
    installment_no: Mapped[int | None] = mapped_column(Integer)
    principal_minor: Mapped[MinorUnits]
    interest_minor: Mapped[MinorUnits]
    charges_minor: Mapped[MinorUnits]
    penal_minor: Mapped[MinorUnits]
    total_minor: Mapped[MinorUnits]
    paid_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    arrears_plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("arrears_plan.id"))
    moved_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    __table_args__ = (
        Index(
            "uq_demand_account_id_due_on",
            "account_id",
            "due_on",
            unique=True,
            postgresql_where=text("arrears_plan_id IS NULL"),
        ),
        Index(
            "uq_demand_arrears_plan_id_due_on",
            "arrears_plan_id",
            "due_on",
            unique=True,
            postgresql_where=text("arrears_plan_id IS NOT NULL"),
        ),
        CheckConstraint("moved_minor >= 0", name="moved"),
        CheckConstraint(
            "least(principal_minor, interest_minor, charges_minor, penal_minor) >= 0 AND "
            "total_minor = principal_minor + interest_minor + charges_minor + penal_minor",
            name="total",
        ),
        CheckConstraint("paid_minor BETWEEN 0 AND total_minor", name="paid"),
        CheckConstraint("shifted_to > due_on", name="shifted"),
        Index("ix_demand_branch_id_due_on", "branch_id", "due_on"),
        Index(
            "ix_demand_open",
            "account_id",
            "due_on",
            postgresql_where=text("paid_minor < total_minor"),
        ),
    )


class InstallmentPlan(Base):
    """The parts in which an account is paid; `next_no` is the first that is no demand yet.

    The database itself tells when that one falls due (`next_on`); null once all are demands.
    """

    __tablename__ = "installment_plan"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    first_on: Mapped[date]
    every: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str]
    installments: Mapped[int] = mapped_column(Integer)
    principal_minor: Mapped[MinorUnits]
    interest_minor: Mapped[MinorUnits]
    next_no: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    next_on: Mapped[date | None] = mapped_column(
        Computed(
            "CASE WHEN next_no <= installments"
            " THEN installment_due_on(first_on, every, unit, next_no) END",
            persisted=True,
        )
    )
    __table_args__ = (
        CheckConstraint("every BETWEEN 1 AND 366 AND installments > 0", name="parts"),
        CheckConstraint("unit IN ('day', 'month')", name="unit"),
        CheckConstraint("least(principal_minor, interest_minor) >= 0", name="amounts"),
        CheckConstraint("next_no BETWEEN 1 AND installments + 1", name="next"),
        Index("ix_installment_plan_branch_id_next_on", "branch_id", "next_on"),
    )


class AdvanceUse(Base):
    """What an account's advance paid of a demand when that fell due, and how much of it was given
    back since, because the receipt that had brought the money was undone."""

    __tablename__ = "advance_use"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    demand_id: Mapped[UUID] = mapped_column(ForeignKey("demand.id"), index=True)
    used_on: Mapped[date]
    amount_minor: Mapped[MinorUnits]
    given_back_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("given_back_minor BETWEEN 0 AND amount_minor", name="given_back"),
    )


class CaseFile(Base):
    """The work on an account: where it stands and how urgent it is, with the factors.

    `stage`, `closed_at` and `closure` follow the newest `StageChange`; nothing else moves them.
    """

    __tablename__ = "case_file"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True)
    stage: Mapped[str] = mapped_column(server_default=text("'field'"))
    dpd: Mapped[int] = mapped_column(Integer)
    bucket: Mapped[str]
    section: Mapped[str] = mapped_column(server_default=text("'overdue'"))
    asset_class: Mapped[str] = mapped_column(server_default=text("'standard'"))
    overdue_minor: Mapped[MinorUnits]
    urgency: Mapped[float]
    urgency_factors: Mapped[JsonList]
    service_s: Mapped[int] = mapped_column(Integer, server_default=text("600"))
    preferred_from: Mapped[time | None]
    preferred_to: Mapped[time | None]
    needs: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    opened_at: Mapped[datetime]
    as_of: Mapped[date]
    closed_at: Mapped[datetime | None]
    closure: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closure IS NULL)", name="closure"),
        CheckConstraint(f"closure IN {CLOSURES}", name="closures"),
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
        CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("preferred_from < preferred_to", name="preferred_hours"),
        CheckConstraint("urgency BETWEEN 1 AND 100", name="urgency"),
        CheckConstraint("section IN ('overdue', 'recovery')", name="section"),
        CheckConstraint("service_s > 0", name="service"),
        CheckConstraint(f"asset_class IN {ASSET_CLASSES}", name="asset_class"),
        Index(
            "ix_case_file_worklist",
            text("(-urgency)"),
            "id",
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class Promise(Base):
    """A customer's word to pay an amount by a date; one open promise per account.

    `paid_minor` of it came in from when it was made until its date and the branch's grace were
    over. It and `state` follow the receipts: triggers and days that begin call ``judge_promises``.
    One that is `beyond` policies of the branch was taken by somebody's authority.
    """

    __tablename__ = "promise"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    due_on: Mapped[date]
    due_from: Mapped[time | None]
    due_to: Mapped[time | None]
    made_at: Mapped[datetime]
    source: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    paid_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    settled_at: Mapped[datetime | None]
    beyond: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    overridden_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    override_reason: Mapped[str | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("paid_minor BETWEEN 0 AND amount_minor", name="paid"),
        CheckConstraint(
            "num_nulls(beyond, overridden_by, override_reason) IN (0, 3)", name="overridden"
        ),
        CheckConstraint(
            "(state IN ('kept', 'part_kept', 'broken')) = (settled_at IS NOT NULL)", name="settled"
        ),
        CheckConstraint("due_from < due_to", name="due_hours"),
        CheckConstraint(
            "state IN ('open', 'replaced', 'kept', 'part_kept', 'broken')", name="state"
        ),
        Index(
            "uq_promise_open",
            "account_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_promise_agent_id_made_at", "agent_id", "made_at"),
        Index("ix_promise_branch_id_made_at", "branch_id", "made_at"),
        Index("ix_promise_branch_id_settled_at", "branch_id", "settled_at"),
        Index("ix_promise_waiting", "branch_id", "due_on", postgresql_where=text("state = 'open'")),
    )


class PortfolioDay(Base):
    """A branch's day as its cases stood when it began; a day begins once.

    `late` of the open `cases` have days past due; promises are those settled by its beginning.
    """

    __tablename__ = "portfolio_day"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    cases: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    late: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    overdue_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    promises_kept: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    promises_part_kept: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    promises_broken: Mapped[int] = mapped_column(Integer, server_default=text("0"))
