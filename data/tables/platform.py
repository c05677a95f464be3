"""What every part shares: the installation, alerts, replays, what could not be read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json


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
    cleared_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_alert_open",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("cleared_at IS NULL"),
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
    """A message that was acknowledged but could not be used, kept for a person to look at."""

    __tablename__ = "quarantine"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    protocol: Mapped[str]
    reason: Mapped[str]
    body: Mapped[bytes]
    received_at: Mapped[datetime]
