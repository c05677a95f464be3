"""What contact rules are told of customers: wishes, holds, facts on record, attempts, meetings."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Texts
from data.tables.contact_rules import CHANNELS


class ContactPreference(Base):
    """When and how a customer wishes to be contacted; it narrows and never widens.

    No channels, no weekdays: all of them. It ends with `last_day` or when it is withdrawn.
    """

    __tablename__ = "contact_preference"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    channels: Mapped[Texts]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    not_before: Mapped[time | None]
    not_after: Mapped[time | None]
    places_banned: Mapped[Texts]
    is_opted_out: Mapped[bool]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(f"channels <@ {CHANNELS}", name="channels"),
        CheckConstraint("weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]", name="weekdays"),
        CheckConstraint("not_before < not_after", name="times"),
        CheckConstraint(
            "places_banned <@ ARRAY['on_file', 'designated', 'elsewhere']", name="places_banned"
        ),
        CheckConstraint("first_day <= last_day", name="days"),
    )


class OccasionHold(Base):
    """A time in which a customer is left alone, about one account or about all.

    It ends with `last_day` or when it is lifted; the day on which it is lifted is free again.
    """

    __tablename__ = "occasion_hold"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    note: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bereavement', 'calamity', 'marriage', 'festival', 'illness', 'dispute',"
            " 'grievance', 'moratorium', 'legal', 'deceased')",
            name="kind",
        ),
        CheckConstraint("first_day <= last_day", name="days"),
    )


class ContactFact(Base):
    """Something that rules ask for, on record for a customer or an agent; with its evidence.

    ``override`` and ``evidence`` are for one rule, by its code.
    """

    __tablename__ = "contact_fact"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    name: Mapped[str]
    rule_code: Mapped[str | None]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    evidence: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("num_nonnulls(customer_id, agent_id) = 1", name="subject"),
        CheckConstraint(
            "(name IN ('override', 'evidence')) = (rule_code IS NOT NULL)", name="rule_code"
        ),
        CheckConstraint(
            "name IN ('override', 'evidence', 'agent_certificate_valid',"
            " 'agent_intimated_borrower', 'visit_notice_given', 'validation_notice_sent')",
            name="name",
        ),
        CheckConstraint("first_day <= last_day", name="days"),
    )


class MeetingAttendance(Base):
    """Whether somebody came to a meeting where an account is collected; the newest word counts."""

    __tablename__ = "meeting_attendance"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    meeting_on: Mapped[date]
    has_attended: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (Index("ix_meeting_attendance_account_id", "account_id", "meeting_on"),)


class ContactAttempt(Base):
    """A contact that was made or tried: what rules count. A visit has the id of its check-in.

    `is_conversation` is unknown until somebody says so. What has an `excluded_reason` counts for
    nothing.
    """

    __tablename__ = "contact_attempt"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("contact_decision.id"))
    channel: Mapped[str]
    is_inbound: Mapped[bool] = mapped_column(server_default=text("false"))
    at: Mapped[datetime]
    is_conversation: Mapped[bool | None]
    excluded_reason: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(f"channel = ANY ({CHANNELS})", name="channel"),
        Index("ix_contact_attempt_customer_id", "customer_id", "at"),
    )
