"""What is noted of each contact: lists of values, dispositions, next actions, root causes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, MinorUnits, Texts
from data.sealed import Sealed, is_sealed

TOPICS = ("visit", "call", "message", "cause")
PERSONS = (
    "customer", "co_borrower", "guarantor", "spouse", "relative", "neighbor", "colleague", "other",
)  # fmt: skip
NEXT_ACTIONS = (
    "visit", "call", "message", "letter", "await_payment", "check_address", "supervisor", "legal",
)  # fmt: skip


class ValueList(Base):
    """A version of what can be chosen for a topic, in a branch and those below it. Append-only.

    The lists that the product ships belong to no branch and hold where none was published.
    """

    __tablename__ = "value_list"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[UUID | None] = mapped_column(ForeignKey("branch.id"), index=True)
    topic: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    active_from: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        UniqueConstraint("branch_id", "topic", "version"),
        CheckConstraint(f"topic IN {TOPICS}", name="topic"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("(branch_id IS NULL) = (published_by IS NULL)", name="published"),
    )


class ListedValue(Base):
    """A code of a list, below its parent; it can be chosen from `active_from` to `active_until`.

    `reaches` of a topmost code tells who was spoken to; `asks` what must be said besides. `labels`
    are in other languages, by their codes (ISO 639-1).
    """

    __tablename__ = "listed_value"
    list_id: Mapped[UUID] = mapped_column(ForeignKey("value_list.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    label: Mapped[str]
    labels: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    reaches: Mapped[str | None]
    asks: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    active_from: Mapped[date | None]
    active_until: Mapped[date | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["list_id", "parent_code"],
            ["listed_value.list_id", "listed_value.code"],
            name="fk_listed_value_parent",
        ),
        CheckConstraint("parent_code IS NULL OR reaches IS NULL", name="reaches_topmost"),
        CheckConstraint("reaches IN ('customer', 'other', 'nobody')", name="reaches"),
        CheckConstraint(
            "asks <@ ARRAY['assessment', 'cause', 'note', 'promise']::text[]", name="asks"
        ),
        CheckConstraint("active_from <= active_until", name="active"),
        CheckConstraint("jsonb_typeof(labels) = 'object'", name="labels"),
    )


def _chosen(column: str, name: str) -> ForeignKeyConstraint:
    """A code in use stands in its list for ever: it cannot be deleted."""
    return ForeignKeyConstraint(
        ["list_id", column], ["listed_value.list_id", "listed_value.code"], name=name
    )


class Disposition(Base):
    """What came of one contact, in codes. Append-only; `happened_at` is the device's time."""

    __tablename__ = "disposition"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    channel: Mapped[str]
    list_id: Mapped[UUID] = mapped_column(ForeignKey("value_list.id"))
    contact_code: Mapped[str]
    result_code: Mapped[str]
    reason_code: Mapped[str | None]
    person: Mapped[str | None]
    person_name: Mapped[str | None] = mapped_column(Sealed)
    intent: Mapped[str | None]
    ability: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(Sealed)
    promise_id: Mapped[UUID | None] = mapped_column(ForeignKey("promise.id"))
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        _chosen("contact_code", "fk_disposition_contact"),
        _chosen("result_code", "fk_disposition_result"),
        _chosen("reason_code", "fk_disposition_reason"),
        CheckConstraint("channel IN ('visit', 'call', 'message')", name="channel"),
        CheckConstraint(f"person IN {PERSONS}", name="person"),
        CheckConstraint("person IS NOT NULL OR person_name IS NULL", name="person_name"),
        is_sealed("person_name"),
        is_sealed("note"),
        CheckConstraint("(intent IS NULL) = (ability IS NULL)", name="assessment"),
        CheckConstraint("intent IN ('willing', 'wavering', 'unwilling')", name="intent"),
        CheckConstraint("ability IN ('able', 'partly', 'unable')", name="ability"),
        CheckConstraint("agent_id IS NULL OR agent_id = recorded_by", name="recorded_by"),
        Index("ix_disposition_case_id_happened_at", "case_id", "happened_at"),
        Index("ix_disposition_list_id", "list_id"),
        Index("ix_disposition_agent_id_happened_at", "agent_id", "happened_at"),
    )


class NextAction(Base):
    """What comes next on a case, and when; one is open at a time."""

    __tablename__ = "next_action"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str]
    due_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Sealed)
    disposition_id: Mapped[UUID | None] = mapped_column(ForeignKey("disposition.id"), unique=True)
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(f"kind IN {NEXT_ACTIONS}", name="kind"),
        is_sealed("note"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
        CheckConstraint(
            "ended_because IN ('replaced', 'overtaken', 'case_closed')", name="ended_because"
        ),
        Index(
            "uq_next_action_open", "case_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_next_action_case_id", "case_id", "set_at"),
        Index(
            "ix_next_action_due",
            "branch_id",
            "due_on",
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class RootCause(Base):
    """Why less, or more, than was demanded was paid at one contact; worked on until it is closed.

    It is about a receipt, or about a contact or a center's meeting at which nothing was paid.
    """

    __tablename__ = "root_cause"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id"), unique=True)
    disposition_id: Mapped[UUID | None] = mapped_column(ForeignKey("disposition.id"), unique=True)
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("center_meeting.id"))
    list_id: Mapped[UUID] = mapped_column(ForeignKey("value_list.id"), index=True)
    cause_code: Mapped[str]
    note: Mapped[str] = mapped_column(Sealed)
    demanded_minor: Mapped[MinorUnits]
    paid_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str | None] = mapped_column(Sealed)
    action_at: Mapped[datetime | None]
    action_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(Sealed)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        _chosen("cause_code", "fk_root_cause_cause"),
        CheckConstraint("num_nonnulls(receipt_id, disposition_id, meeting_id) = 1", name="subject"),
        UniqueConstraint("meeting_id", "case_id"),
        CheckConstraint("demanded_minor >= 0 AND paid_minor >= 0", name="amounts"),
        is_sealed("note"),
        is_sealed("action"),
        is_sealed("outcome"),
        CheckConstraint("num_nulls(action, action_at, action_by) IN (0, 3)", name="action"),
        CheckConstraint("num_nulls(outcome, closed_at, closed_by) IN (0, 3)", name="closed"),
        CheckConstraint("closed_at IS NULL OR action_at IS NOT NULL", name="action_first"),
        CheckConstraint("action_at <= closed_at", name="order"),
        Index("ix_root_cause_branch_id_opened_at", "branch_id", "opened_at"),
        Index("ix_root_cause_open", "branch_id", postgresql_where=text("closed_at IS NULL")),
    )
