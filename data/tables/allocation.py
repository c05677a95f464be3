"""Who works which case, who may, and what is planned."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json, Texts


class Assignment(Base):
    """A case with an agent on a channel, from when to when and why.

    The exclusion constraint leaves one active owner per case and channel at any instant. What is
    to happen later is a `PlannedMove`. `lent_to_branch_id` is the agent's branch where that is not
    the case's: whoever sees that branch's rows sees the case while the assignment lasts.
    """

    __tablename__ = "assignment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agent_id: Mapped[AgentId]
    channel: Mapped[str] = mapped_column(server_default=text("'visit'"))
    during: Mapped[Any] = mapped_column(TSTZRANGE)
    reason: Mapped[str]
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime]
    lent_to_branch_id: Mapped[UUID | None] = mapped_column(ForeignKey("branch.id"))
    __table_args__ = (
        CheckConstraint("lent_to_branch_id <> branch_id", name="lent"),
        Index(
            "ix_assignment_lent",
            "lent_to_branch_id",
            postgresql_where=text("lent_to_branch_id IS NOT NULL AND upper_inf(during)"),
        ),
        ExcludeConstraint(
            ("case_id", "="), ("channel", "="), ("during", "&&"), name="ex_assignment_one_owner"
        ),
        Index(
            "ix_assignment_active",
            "agent_id",
            "case_id",
            postgresql_where=func.upper_inf(text("during")),
        ),
    )


class Center(Base):
    """Where a group of customers meets. Its members' cases have one owner, unless it is split."""

    __tablename__ = "center"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    code: Mapped[str]
    name: Mapped[str]
    split_at: Mapped[datetime | None]
    split_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    split_reason: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("branch_id", "code"),
        CheckConstraint("num_nulls(split_at, split_by, split_reason) IN (0, 3)", name="split"),
    )


class CaseTag(Base):
    """A word about a case that keeps it from agents who exclude it, or from everybody."""

    __tablename__ = "case_tag"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    bars_everybody: Mapped[bool]
    reason: Mapped[str]
    until: Mapped[date | None]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class AgentCertificate(Base):
    """What an agent is certified for, from the first to the last day (both included)."""

    __tablename__ = "agent_certificate"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    certificate: Mapped[str] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    number: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (CheckConstraint("valid_from <= valid_until", name="valid"),)


class ProductCertificates(Base):
    """The certificates that a product asks for in a branch and those below it."""

    __tablename__ = "product_certificates"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    certificates: Mapped[Texts]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class ConflictOfInterest(Base):
    """An agent who must not work a customer's cases."""

    __tablename__ = "conflict_of_interest"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id"), primary_key=True, index=True
    )
    branch_id: Mapped[BranchId]
    reason: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class CasePin(Base):
    """A manager's word that a case stays with an agent; one in force per case."""

    __tablename__ = "case_pin"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    agent_id: Mapped[AgentId]
    reason: Mapped[str]
    pinned_at: Mapped[datetime]
    pinned_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("pinned_at < until", name="until"),
        Index("uq_case_pin_one", "case_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )


class PlannedMove(Base):
    """A change of owner that is to happen at `due_at`; to nobody where `agent_id` is NULL."""

    __tablename__ = "planned_move"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    due_at: Mapped[datetime]
    reason: Mapped[str]
    planned_at: Mapped[datetime]
    planned_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'cancelled', 'refused')", name="outcome"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        Index("ix_planned_move_due", "due_at", postgresql_where=text("settled_at IS NULL")),
    )


class Unallocated(Base):
    """Why the last allocation gave a case to nobody, and since when that has been so."""

    __tablename__ = "unallocated"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    code: Mapped[str]
    facts: Mapped[Json]
    sentence: Mapped[str]
    since: Mapped[datetime]
    decided_at: Mapped[datetime]


class AllocationRun(Base):
    """An allocation of a branch, with its figures."""

    __tablename__ = "allocation_run"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    day: Mapped[date]
    ran_at: Mapped[datetime]
    figures: Mapped[Json]
    __table_args__ = (Index("ix_allocation_run_ran_at", "branch_id", "ran_at"),)


class CityRun(Base):
    """A search for better rounds of a whole branch, which workers share (`allocation.city_runs`).

    `turn` is the pass that is under way: 0 plans each agent alone, the others improve sectors.
    `limit_s` is the most work that an agent may come to own.
    """

    __tablename__ = "city_run"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    day: Mapped[date]
    price_s: Mapped[int] = mapped_column(Integer)
    seconds_per_agent: Mapped[float]
    limit_s: Mapped[int] = mapped_column(Integer)
    passes: Mapped[int] = mapped_column(Integer)
    turn: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    state: Mapped[str] = mapped_column(server_default=text("'running'"))
    failure: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment_proposal.id"))
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'cancelled', 'failed')", name="state"),
        CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure"),
        CheckConstraint("price_s >= 0 AND seconds_per_agent > 0", name="terms"),
        CheckConstraint("turn BETWEEN 0 AND passes", name="turn"),
        Index(
            "uq_city_run_running",
            "branch_id",
            "day",
            unique=True,
            postgresql_where=text("state = 'running'"),
        ),
    )


class CityRound(Base):
    """An agent's best round so far in a run: the cases in order, and what it comes to.

    The `first_` columns are of the round that the agent has alone.
    """

    __tablename__ = "city_round"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("city_run.id"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    branch_id: Mapped[BranchId]
    case_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    score: Mapped[float] = mapped_column(server_default=text("0"))
    travel_s: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    first_score: Mapped[float] = mapped_column(server_default=text("0"))
    first_travel_s: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class CitySector(Base):
    """Agents of a run who are searched together in one pass, with the cases that they share out.

    A job of its own for each; what its worker had not committed when it was killed is done again.
    """

    __tablename__ = "city_sector"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("city_run.id"))
    branch_id: Mapped[BranchId]
    turn: Mapped[int] = mapped_column(Integer)
    agent_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    case_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_city_sector_run_id", "run_id", "turn"),)
