"""Agents who dropped out of a day, and what became of the visits that they left."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Real

ABSENCE_CAUSES = ("told", "not_signed_on")
ABSENCE_ENDS = ("came_back", "day_over")
VISIT_ENDS = ("returned", "made", "under_way", "moved_on")


class Absence(Base):
    """An agent who dropped out of a day. `told_by` is NULL where a policy decided.

    One is open for an agent's day at a time. It ends when the agent comes back, or with the day.
    """

    __tablename__ = "absence"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    day: Mapped[date]
    began_at: Mapped[datetime]
    reason: Mapped[str]
    cause: Mapped[str]
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(f"cause IN {ABSENCE_CAUSES}", name="cause"),
        CheckConstraint("(cause = 'told') = (told_by IS NOT NULL)", name="told_by"),
        CheckConstraint(f"outcome IN {ABSENCE_ENDS}", name="outcome"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        Index(
            "uq_absence_open",
            "agent_id",
            "day",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class AbsenceVisit(Base):
    """A visit that changed hands, or is not made, because an agent dropped out.

    `agent_id` had it: the agent who dropped out, or a neighbor whose visit made way. `to_agent_id`
    makes it for the day; where it is NULL nobody does, for `reason`. When the agent comes back, or
    with the day, `outcome` says what became of a visit that changed hands. The case is with
    `to_agent_id` until `returned_at`.
    """

    __tablename__ = "absence_visit"
    absence_id: Mapped[UUID] = mapped_column(ForeignKey("absence.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True, index=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    to_agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    urgency: Mapped[Real]
    reason: Mapped[str | None]
    outcome: Mapped[str | None]
    returned_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("(to_agent_id IS NULL) = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("to_agent_id <> agent_id", name="hands"),
        CheckConstraint(f"outcome IN {VISIT_ENDS}", name="outcome"),
        CheckConstraint("outcome IS NULL OR to_agent_id IS NOT NULL", name="handed"),
        CheckConstraint("returned_at IS NULL OR outcome IS NOT NULL", name="returned"),
        Index(
            "ix_absence_visit_out",
            "absence_id",
            postgresql_where=text("to_agent_id IS NOT NULL AND returned_at IS NULL"),
        ),
    )
