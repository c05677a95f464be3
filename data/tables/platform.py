"""What every part shares: the installation, alerts, replays, what could not be read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json
from data.sealed import NOT_TOLD, Sealed, is_sealed


class Installation(Base):
    """One row: what this database is for, and the origin of its clock.

    Only a demonstration may have a clock that differs from the real one.
    """

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    is_demo: Mapped[bool]
    clock_wall_origin: Mapped[datetime]
    clock_time_origin: Mapped[datetime]
    clock_rate: Mapped[float]
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint(
            "is_demo OR (clock_rate = 1 AND clock_wall_origin = clock_time_origin)",
            name="real_clock_unless_demo",
        ),
        CheckConstraint("clock_rate > 0", name="clock_runs_forward"),
    )


class Alert(Base):
    """Something a person should decide on: raised once, acknowledged, cleared."""

    __tablename__ = "alert"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"))
    title: Mapped[str]
    detail: Mapped[str]
    facts: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    raised_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    acknowledged_note: Mapped[str | None]
    pushed_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_alert_open",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("cleared_at IS NULL"),
        ),
        CheckConstraint(
            "acknowledged_note IS NULL OR acknowledged_at IS NOT NULL"
            " AND length(acknowledged_note) BETWEEN 1 AND 500",
            name="noted",
        ),
    )


class Idempotency(Base):
    """An action's first answer, given again when its key comes back with the same body."""

    __tablename__ = "idempotency"
    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    response: Mapped[Json | None] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class Quarantine(Base):
    """A message that was acknowledged but could not be used, kept for a person to look at.

    `resolution` says how it ended (``replayed``, ``dismissed``), NULL while it waits.
    """

    __tablename__ = "quarantine"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    protocol: Mapped[str]
    reason: Mapped[str]
    body: Mapped[bytes]
    received_at: Mapped[datetime]
    resolution: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("(resolution IS NULL) = (resolved_at IS NULL)", name="resolved_with_time"),
        Index("ix_quarantine_received_at", "received_at"),
    )


class QuarantineEdit(Base):
    """What an entry of quarantine should have said, who says so, and why. The entry keeps the
    bytes that came; the newest edit is what is read."""

    __tablename__ = "quarantine_edit"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("quarantine.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[bytes]
    reason: Mapped[str]
    edited_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    edited_at: Mapped[datetime]


class Policy(Base):
    """A setting of a branch; those below it inherit what they do not set themselves.

    Where customers' money goes is set by two people (a trigger insists): `seconded_by` has set the
    same.
    """

    __tablename__ = "policy"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    seconded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class PolicyProposal(Base):
    """What one administrator has set a policy to that another must set to the same."""

    __tablename__ = "policy_proposal"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class PushSubscription(Base):
    """A browser of a member of staff that may be told of alerts while its page is closed.

    As the browser's Push API gives it: the push service's address and the browser's public keys.
    """

    __tablename__ = "push_subscription"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[bytes]
    auth: Mapped[bytes]
    created_at: Mapped[datetime]
    failed_since: Mapped[datetime | None]


class ColumnKey(Base):
    """A key that columns are sealed with, told from others by a hash; it lies elsewhere."""

    __tablename__ = "column_key"
    name: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[bytes]


class ServerKey(Base):
    """A key pair of the installation by what it is for, made once (web push signs with one)."""

    __tablename__ = "server_key"
    purpose: Mapped[str] = mapped_column(primary_key=True)
    private_key: Mapped[str] = mapped_column(Sealed, info=NOT_TOLD)
    """Its bytes in base64, encrypted."""
    created_at: Mapped[datetime]
    __table_args__ = (is_sealed("private_key"),)
