"""Centers: when they meet, which groups their members form, and what came of each meeting."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json, JsonList, MinorUnits, OptionalPoint

ATTENDANCES = ("present", "late", "absent", "leave", "approved")


class CenterSchedule(Base):
    """When and where a center meets: on `first_on` and each `every_days` days after it."""

    __tablename__ = "center_schedule"
    center_id: Mapped[UUID] = mapped_column(ForeignKey("center.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    first_on: Mapped[date]
    every_days: Mapped[int] = mapped_column(Integer)
    meets_at: Mapped[time]
    place: Mapped[str]
    location: Mapped[OptionalPoint]
    __table_args__ = (CheckConstraint("every_days BETWEEN 1 AND 366", name="every_days"),)


class MemberGroup(Base):
    """Members of a center who vouch for each other (a joint liability group)."""

    __tablename__ = "member_group"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    center_id: Mapped[UUID] = mapped_column(ForeignKey("center.id"))
    code: Mapped[str]
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("center_id", "code"), UniqueConstraint("id", "center_id"))


class CenterMeeting(Base):
    """The sheet of a meeting as an agent submitted it: one per center, day and agent. Append-only.

    `due_minor` is what the members on it owed before it; `cash_minor` is what `denominations` and
    its cash receipts make, which the database checks at the end of the transaction.
    """

    __tablename__ = "center_meeting"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    center_id: Mapped[UUID] = mapped_column(ForeignKey("center.id"))
    agent_id: Mapped[AgentId]
    day: Mapped[date]
    held_at: Mapped[datetime]
    submitted_at: Mapped[datetime]
    fix: Mapped[Json | None]
    group_image_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), unique=True)
    currency: Mapped[str]
    due_minor: Mapped[MinorUnits]
    cash_minor: Mapped[MinorUnits]
    other_minor: Mapped[MinorUnits]
    denominations: Mapped[JsonList]
    body_hash: Mapped[bytes]
    __table_args__ = (
        UniqueConstraint("center_id", "day", "agent_id"),
        CheckConstraint("least(due_minor, cash_minor, other_minor) >= 0", name="amounts"),
        Index("ix_center_meeting_branch_id_day", "branch_id", "day"),
    )


class MeetingMember(Base):
    """Whether a member came, what they owed before the meeting, and their place on its sheet."""

    __tablename__ = "meeting_member"
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("center_meeting.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id"), primary_key=True, index=True
    )
    place: Mapped[int] = mapped_column(Integer)
    attendance: Mapped[str]
    due_minor: Mapped[MinorUnits]
    __table_args__ = (
        CheckConstraint(f"attendance IN {ATTENDANCES}", name="attendance"),
        CheckConstraint("due_minor >= 0", name="due"),
    )


class MeetingReceipt(Base):
    """A receipt that came in with a sheet, and its place on it."""

    __tablename__ = "meeting_receipt"
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("center_meeting.id"), index=True)
    place: Mapped[int] = mapped_column(Integer)
