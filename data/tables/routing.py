"""Rounds and their stops, what supervisors ordered for them, and what visits taught."""

from datetime import date, datetime, time
from typing import Any
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
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Geometry, Json, JsonList, OptionalPoint, Point

INSTRUCTION_KINDS = ("must_visit", "do_not_visit", "keep_as_planned", "next_stop", "fixed_time")
NO_ITEMS = text("'[]'::jsonb")


class Round(Base):
    """An agent's plan for a day. A new revision replaces the former one, which is kept.

    `baseline_travel_s` and `baseline_distance_m` are the way to the same visits in the order of
    their urgency. `notes` says in words what stood in the way of a better round.
    """

    __tablename__ = "round"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    day: Mapped[date]
    revision: Mapped[int] = mapped_column(Integer)
    planned_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    start: Mapped[Point]
    finish: Mapped[OptionalPoint]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    travel_s: Mapped[int] = mapped_column(Integer)
    distance_m: Mapped[float]
    score: Mapped[float]
    way_back: Mapped[Any] = mapped_column(
        Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=True
    )
    skipped: Mapped[JsonList]
    baseline_travel_s: Mapped[int | None] = mapped_column(Integer)
    baseline_distance_m: Mapped[float | None]
    breaks: Mapped[JsonList] = mapped_column(server_default=NO_ITEMS)
    notes: Mapped[JsonList] = mapped_column(server_default=NO_ITEMS)
    __table_args__ = (
        UniqueConstraint("agent_id", "day", "revision"),
        Index("ix_round_branch_id_day", "branch_id", "day"),
        Index(
            "uq_round_current",
            "agent_id",
            "day",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )


class Stop(Base):
    """A planned visit or deposit within a round, and the way to it along the streets.

    `slack_s` is how much later it may begin with all later promises kept; `amount_minor` is the
    cash that a deposit is expected to hand in.
    """

    __tablename__ = "stop"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), index=True)
    agent_id: Mapped[AgentId]
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(server_default=text("'visit'"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    deposit_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposit_point.id"))
    arrives_at: Mapped[datetime]
    begins_at: Mapped[datetime]
    departs_at: Mapped[datetime]
    window_from: Mapped[datetime | None]
    window_to: Mapped[datetime | None]
    service_s: Mapped[int] = mapped_column(Integer)
    travel_s: Mapped[int] = mapped_column(Integer)
    distance_m: Mapped[float]
    way: Mapped[Any] = mapped_column(Geometry("LINESTRING", srid=4326, spatial_index=False))
    reason: Mapped[Json]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    slack_s: Mapped[int | None] = mapped_column(Integer)
    factors: Mapped[JsonList] = mapped_column(server_default=NO_ITEMS)
    __table_args__ = (
        UniqueConstraint("round_id", "seq"),
        UniqueConstraint("round_id", "case_id"),
        CheckConstraint("arrives_at <= begins_at AND begins_at <= departs_at", name="times"),
        CheckConstraint(
            "CASE kind WHEN 'visit' THEN case_id IS NOT NULL AND deposit_point_id IS NULL"
            " WHEN 'deposit' THEN case_id IS NULL AND deposit_point_id IS NOT NULL"
            " AND amount_minor IS NOT NULL ELSE false END",
            name="kind",
        ),
    )


class CaseInstruction(Base):
    """What a supervisor ordered for a case: one at a time for each day. It ends, or its days do.

    `at` is the time that a ``fixed_time`` or a ``keep_as_planned`` holds, give or take
    `tolerance_s`.
    """

    __tablename__ = "case_instruction"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str]
    days: Mapped[Any] = mapped_column(DATERANGE)
    at: Mapped[datetime | None]
    tolerance_s: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(f"kind IN {INSTRUCTION_KINDS}", name="kind"),
        CheckConstraint("NOT isempty(days) AND NOT lower_inf(days)", name="days"),
        CheckConstraint(
            "(kind IN ('keep_as_planned', 'fixed_time')) = (at IS NOT NULL)"
            " AND (at IS NULL) = (tolerance_s IS NULL) AND tolerance_s >= 0",
            name="fixed",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        ExcludeConstraint(
            ("case_id", "="),
            ("days", "&&"),
            where=text("ended_at IS NULL"),
            name="ex_case_instruction_one_a_day",
        ),
    )


class DepositPoint(Base):
    """A branch or bank counter that takes cash; `hours` is ``[{weekday, from, to}…]``, Monday 0."""

    __tablename__ = "deposit_point"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    name: Mapped[str]
    kind: Mapped[str]
    location: Mapped[Point]
    service_s: Mapped[int] = mapped_column(Integer)
    hours: Mapped[JsonList]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("kind IN ('branch', 'bank')", name="kind"),
        CheckConstraint("service_s > 0", name="service"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
    )


class LearnedServiceTime(Base):
    """How long visits of a kind of case last, learned from verified ones. Made anew each night."""

    __tablename__ = "learned_service_time"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True, index=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    visits: Mapped[int] = mapped_column(Integer)
    mean_s: Mapped[float]
    service_s: Mapped[int] = mapped_column(Integer)
    learned_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("service_s > 0", name="service"),)


class MeetingChance(Base):
    """When a customer is met, learned from visits and shrunk to the branch's. Made anew each night.

    `by_hour` is ``[{from_hour, to_hour, tried, met, chance}…]`` by the branch's clock.
    """

    __tablename__ = "meeting_chance"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    tried: Mapped[int] = mapped_column(Integer)
    met: Mapped[int] = mapped_column(Integer)
    by_hour: Mapped[JsonList] = mapped_column(server_default=NO_ITEMS)
    best_from: Mapped[time]
    best_to: Mapped[time]
    best_chance: Mapped[float]
    learned_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("met BETWEEN 0 AND tried", name="tried"),
        CheckConstraint("best_chance BETWEEN 0 AND 1", name="chance"),
        CheckConstraint("best_from < best_to", name="best"),
    )
