"""Pings, the latest position of each agent, and what must be recomputed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Point, Real


class Ping(Base):
    """What a device reported, once: (device, captured_at, position) is its identity.

    Partitioned by UTC day of `captured_at`; partitions are made and dropped by SQL functions.
    Plain coordinates and no spatial index, because an index would cost more than half of the
    ingest rate. NULL accuracy means unknown.
    """

    __tablename__ = "ping"
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    captured_at: Mapped[datetime] = mapped_column(primary_key=True)
    lat: Mapped[float] = mapped_column(primary_key=True)
    lon: Mapped[float] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID]
    branch_id: Mapped[UUID]
    received_at: Mapped[datetime]
    accuracy_m: Mapped[Real | None]
    speed_mps: Mapped[Real | None]
    heading_deg: Mapped[Real | None]
    altitude_m: Mapped[Real | None]
    battery_pct: Mapped[Real | None]
    is_mock: Mapped[bool]
    __table_args__ = ({"postgresql_partition_by": "RANGE (captured_at)"},)


class AgentPosition(Base):
    """The newest ping of each agent by device time; a late ping never moves it backwards."""

    __tablename__ = "agent_position"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    branch_id: Mapped[BranchId]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    location: Mapped[Point]
    accuracy_m: Mapped[Real | None]
    speed_mps: Mapped[Real | None]
    heading_deg: Mapped[Real | None]
    battery_pct: Mapped[Real | None]
    is_mock: Mapped[bool]


class AgentDirty(Base):
    """Agents whose visits must be recomputed, from the oldest new ping on.

    `marked_at` is the first mark's; `marks` counts them, so that a worker that is done can tell
    whether more has come in meanwhile without ever locking out the ingest.
    """

    __tablename__ = "agent_dirty"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    branch_id: Mapped[BranchId]
    dirty_from: Mapped[datetime]
    marked_at: Mapped[datetime]
    marks: Mapped[int] = mapped_column(BigInteger)
