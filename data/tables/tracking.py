"""Pings, the latest position of each agent, the health of phones, and what must be recomputed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json, JsonList, Point, Real


class Ping(Base):
    """What a device reported, once: (device, captured_at, position) is its identity.

    Partitioned by UTC day of `captured_at`; partitions are made and dropped by SQL functions.
    Plain coordinates and no spatial index, because an index would cost more than half of the
    ingest rate. NULL accuracy means unknown. `attributes` is what an app told beyond that, by the
    app's own names.
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
    attributes: Mapped[Json | None]
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


class DeviceHealth(Base):
    """What a phone last told of itself: one row per device, NULL where it never said.

    `heard_at` is when anything last came from it, a ping or not. `tracking` is what the app says
    of itself (``on``, ``off_by_user``), `gps` and `permission` likewise (``on``/``off``;
    ``always``, ``while_in_use``, ``denied``). `skew_s` is its clock minus ours; `skew_stated` tells
    whether the phone stated its clock or the newest ping's delay bounds it.
    """

    __tablename__ = "device_health"
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    heard_at: Mapped[datetime]
    captured_at: Mapped[datetime | None]
    battery_pct: Mapped[Real | None]
    is_charging: Mapped[bool | None]
    app: Mapped[str | None]
    app_version: Mapped[str | None]
    tracking: Mapped[str | None]
    gps: Mapped[str | None]
    permission: Mapped[str | None]
    battery_saver: Mapped[bool | None]
    mock_at: Mapped[datetime | None]
    skew_s: Mapped[Real | None]
    skew_stated: Mapped[bool | None]
    skew_at: Mapped[datetime | None]


class Silence(Base):
    """A time without positions of an agent on duty, why, and how sure that is.

    Open while `ended_at` is NULL. What arrives late may still change it: begin, end and cause are
    then those that the pings show.
    """

    __tablename__ = "silence"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cause: Mapped[str]
    likelihood: Mapped[str]
    reasons: Mapped[JsonList]
    __table_args__ = (
        CheckConstraint("ended_at >= began_at", name="order"),
        Index("ix_silence_agent_id_began_at", "agent_id", "began_at"),
        Index("ix_silence_ended_at", "ended_at"),
        Index(
            "uq_silence_open", "agent_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )


class SelfTest(Base):
    """A phone's trial with its screen off: does it go on reporting? Judged by its beats."""

    __tablename__ = "self_test"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), index=True)
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    interval_s: Mapped[int] = mapped_column(Integer)
    __table_args__ = (CheckConstraint("ends_at > started_at", name="order"),)


class SelfTestBeat(Base):
    """A time at which a phone took a fix during its self-test. No place: nobody is on duty."""

    __tablename__ = "self_test_beat"
    self_test_id: Mapped[UUID] = mapped_column(
        ForeignKey("self_test.id", ondelete="CASCADE"), primary_key=True
    )
    captured_at: Mapped[datetime] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]


class Panic(Base):
    """An agent called for help. `body_hash` makes a repeated report the same report."""

    __tablename__ = "panic"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    device_time: Mapped[datetime]
    server_time: Mapped[datetime]
    source: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[Real | None]
    note: Mapped[str | None]
    body_hash: Mapped[bytes]
    __table_args__ = (CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="whole_place"),)


class PanicEnd(Base):
    """How a call for help ended: who saw to it, and what was done."""

    __tablename__ = "panic_end"
    panic_id: Mapped[UUID] = mapped_column(ForeignKey("panic.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    ended_at: Mapped[datetime]
    ended_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str]


class ArchivedPings(Base):
    """A branch's pings of a UTC day, written to a Parquet file before they were dropped."""

    __tablename__ = "archived_pings"
    day: Mapped[date] = mapped_column(primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    path: Mapped[str]
    sha256: Mapped[str]
    pings: Mapped[int] = mapped_column(BigInteger)
    archived_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_archived_pings_branch_id", "branch_id"),)


class RestoredPings(Base):
    """A branch's day that was brought back from the archive, and until when it is kept."""

    __tablename__ = "restored_pings"
    day: Mapped[date] = mapped_column(primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    restored_at: Mapped[datetime]
    keep_until: Mapped[datetime]
    __table_args__ = (Index("ix_restored_pings_branch_id", "branch_id"),)
