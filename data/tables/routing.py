"""Rounds and their stops."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Geometry, Json, JsonList, OptionalPoint, Point


class Round(Base):
    """An agent's plan for a day. A new revision replaces the former one, which is kept."""

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
    __table_args__ = (
        UniqueConstraint("agent_id", "day", "revision"),
        Index(
            "uq_round_current",
            "agent_id",
            "day",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )


class Stop(Base):
    """A planned visit within a round, and the way to it along the streets."""

    __tablename__ = "stop"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), index=True)
    agent_id: Mapped[AgentId]
    seq: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
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
    __table_args__ = (
        UniqueConstraint("round_id", "seq"),
        UniqueConstraint("round_id", "case_id"),
        CheckConstraint("arrives_at <= begins_at AND begins_at <= departs_at", name="times"),
    )
