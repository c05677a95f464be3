"""What speaks against agents' days, check-ins and receipts, and what supervisors made of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, JsonList


class Suspicion(Base):
    """A finding that a person should look at. Append-only: new evidence is a new version.

    `subject_id` is what it is about (the agent for a whole day, else a check-in, a receipt, a
    photo), `subject_ids` are the facts that belong to it. The newest version counts.
    """

    __tablename__ = "suspicion"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    day: Mapped[date]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    subject_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    score: Mapped[float]
    reasons: Mapped[JsonList]
    found_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "day", "version"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_suspicion_agent_id_day", "agent_id", "day"),
        Index("ix_suspicion_found_at", "found_at"),
    )


class SuspicionReview(Base):
    """What a supervisor decided on a version of a suspicion. Append-only and fed to nothing.

    A later decision names the one that it replaces, so there is one current decision at any time.
    """

    __tablename__ = "suspicion_review"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    suspicion_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str]
    note: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("suspicion_review.id"), unique=True)
    __table_args__ = (
        ForeignKeyConstraint(["suspicion_id", "version"], ["suspicion.id", "suspicion.version"]),
        CheckConstraint("decision IN ('accepted', 'rejected')", name="decision"),
        Index("ix_suspicion_review_suspicion_id", "suspicion_id"),
        Index(
            "uq_suspicion_review_first",
            "suspicion_id",
            unique=True,
            postgresql_where=text("replaces_id IS NULL"),
        ),
    )


class JudgedDay(Base):
    """When an agent's day was last looked at for signs of a forgery, and whether it was over."""

    __tablename__ = "judged_day"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    judged_at: Mapped[datetime]
    is_whole: Mapped[bool]
