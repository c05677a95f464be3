"""What is sent to customers, and the one-time codes among it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, JsonList
from data.sealed import Sealed, is_sealed

PURPOSES = (
    "receipt", "payment_link", "one_time_code", "visit_missed", "due_reminder",
    "promise_tomorrow", "promise_today", "promise_broken",
)  # fmt: skip


class Message(Base):
    """A message to a customer; about one subject, one of each purpose and `sending`.

    `refused_by` are the contact rules that spoke against it. The text of a one-time code is
    emptied once it was sent. Number and text are encrypted.
    """

    __tablename__ = "message"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    purpose: Mapped[str]
    subject_id: Mapped[UUID]
    sending: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    channel: Mapped[str]
    sent_to: Mapped[str] = mapped_column(Sealed)
    language: Mapped[str]
    body: Mapped[str] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    refused_by: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    provider_ref: Mapped[str | None]
    problem: Mapped[str | None]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("purpose", "subject_id", "sending"),
        is_sealed("sent_to"),
        is_sealed("body"),
        CheckConstraint("sending >= 1", name="sending"),
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint("channel IN ('sms', 'whatsapp', 'email')", name="channel"),
        CheckConstraint("state IN ('waiting', 'sent', 'refused', 'failed')", name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'sent') = (provider_ref IS NOT NULL)", name="sent"),
        CheckConstraint("(state = 'refused') = (refused_by <> '[]')", name="refused"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_message_waiting", "made_at", postgresql_where=text("state = 'waiting'")),
    )


class OneTimeCode(Base):
    """A code that a customer tells whom they pay cash. Agents cannot see even its hash."""

    __tablename__ = "one_time_code"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    code_hash: Mapped[bytes]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    receipt_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("receipt.id", deferrable=True, initially="DEFERRED"), unique=True
    )
    __table_args__ = (CheckConstraint("made_at < expires_at", name="times"),)
