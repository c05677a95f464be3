"""Figures of the work: facts of each day that ended, roll between buckets, targets and costs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, MinorUnits

NONE = text("0")
TARGETS = (
    "collected", "recovered", "receipts", "promises_made", "visits_done", "visits_verified",
    "deposited",
)  # fmt: skip
COSTS = ("wages", "travel", "incentive", "phone", "other")
MONTH = "extract(day FROM month) = 1"


class EndedDay(Base):
    """A branch's day whose facts are kept; a day ends once, and is counted again when facts of it
    came late. `saw_levels` tells whether what stood at its end was seen, too."""

    __tablename__ = "ended_day"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    saw_levels: Mapped[bool] = mapped_column(Boolean)


class Flows:
    """The columns of what adds up over days."""

    collected_cash_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    collected_card_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    collected_transfer_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    collected_upi_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    collected_cheque_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    collected_mobile_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    receipts: Mapped[int] = mapped_column(Integer, server_default=NONE)
    paid_current_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    paid_arrears_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    demand_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    deposited_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    promises_made: Mapped[int] = mapped_column(Integer, server_default=NONE)
    promised_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    promises_kept: Mapped[int] = mapped_column(Integer, server_default=NONE)
    promises_part_kept: Mapped[int] = mapped_column(Integer, server_default=NONE)
    promises_broken: Mapped[int] = mapped_column(Integer, server_default=NONE)
    promises_settled_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    promises_paid_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    visits_planned: Mapped[int] = mapped_column(Integer, server_default=NONE)
    visits_as_planned: Mapped[int] = mapped_column(Integer, server_default=NONE)
    visits_done: Mapped[int] = mapped_column(Integer, server_default=NONE)
    visits_verified: Mapped[int] = mapped_column(Integer, server_default=NONE)
    visits_productive: Mapped[int] = mapped_column(Integer, server_default=NONE)
    agent_days: Mapped[int] = mapped_column(Integer, server_default=NONE)
    ridden_m: Mapped[MinorUnits] = mapped_column(server_default=NONE)


class Levels:
    """The columns of what stands at a day's end."""

    cases: Mapped[int] = mapped_column(Integer, server_default=NONE)
    cases_late: Mapped[int] = mapped_column(Integer, server_default=NONE)
    overdue_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)
    in_hand_minor: Mapped[MinorUnits] = mapped_column(server_default=NONE)


class DayFact(Flows, Levels, Base):
    """What a day came to, by branch, agent and product: one column for each measure.

    `agent_id` is null for what was done at the branch, or belongs to nobody; `product_code` is
    empty for what has none, such as cash in hand.
    """

    __tablename__ = "day_fact"
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    day: Mapped[date]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    product_code: Mapped[str]
    __table_args__ = (
        UniqueConstraint(
            "branch_id", "day", "agent_id", "product_code", postgresql_nulls_not_distinct=True
        ),
    )


class DaySum(Flows, Levels, Base):
    """What the facts of a branch's day add up to by product. The database keeps it as facts are
    kept: who reads a year of a lender adds up some thousands of rows, not millions."""

    __tablename__ = "day_sum"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)


class MonthSum(Flows, Base):
    """What adds up over a month, by agent and product, kept likewise."""

    __tablename__ = "month_sum"
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    month: Mapped[date]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    product_code: Mapped[str]
    __table_args__ = (
        UniqueConstraint(
            "branch_id", "month", "agent_id", "product_code", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint(MONTH, name="month"),
    )


class OpeningBucket(Base):
    """The bucket that an account was in when a month began, or when it was first seen in it."""

    __tablename__ = "opening_bucket"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    bucket: Mapped[str]
    principal_minor: Mapped[MinorUnits]
    __table_args__ = (
        CheckConstraint(MONTH, name="month"),
        Index("ix_opening_bucket_branch_id_month", "branch_id", "month"),
    )


class BucketRoll(Base):
    """How many accounts went from which bucket to which since their month began, at a day's end.

    `to_bucket` is ``closed`` for cases that were closed since.
    """

    __tablename__ = "bucket_roll"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    from_bucket: Mapped[str] = mapped_column(primary_key=True)
    to_bucket: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int] = mapped_column(Integer)
    principal_minor: Mapped[MinorUnits]
    overdue_minor: Mapped[MinorUnits]


class Target(Base):
    """What a branch, or one of its agents, is to reach of a figure in a month."""

    __tablename__ = "target"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    month: Mapped[date]
    figure: Mapped[str]
    amount: Mapped[MinorUnits]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        UniqueConstraint(
            "branch_id", "month", "figure", "agent_id", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint(f"figure IN {TARGETS}", name="figure"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint(MONTH, name="month"),
    )


class Cost(Base):
    """What collecting cost a branch, or one of its agents, in a month; each day bears its part."""

    __tablename__ = "cost"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    month: Mapped[date]
    kind: Mapped[str]
    amount_minor: Mapped[MinorUnits]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        UniqueConstraint(
            "branch_id", "month", "kind", "agent_id", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint(f"kind IN {COSTS}", name="kind"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint(MONTH, name="month"),
    )
