"""Fences, what agents reported at the door, and the visits that pings prove."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2.elements import WKBElement
from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, Integer, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Geometry, Json, JsonList, Point, Real

VERDICTS = ("verified", "probable", "unverified")

SOUND_POLYGON = (
    "ST_IsValid(polygon) AND NOT ST_IsEmpty(polygon) AND ST_NPoints(polygon) <= 1000"
    " AND ST_YMin(polygon) >= -85 AND ST_YMax(polygon) <= 85"
    " AND ST_XMin(polygon) >= -180 AND ST_XMax(polygon) <= 180"
    " AND ST_XMax(polygon) - ST_XMin(polygon) <= 0.6"
    " AND ST_YMax(polygon) - ST_YMin(polygon) <= 0.06"
)
"""Closed rings that neither cross themselves nor each other (what valid means), and no polygon so
large that looking for it would have to look everywhere."""


class Fence(Base):
    """Where a stay proves a visit: the circle around an address, or the polygon drawn instead.

    Neighbors are looked up by `lat` and `lon`, polygons by their box (`south` to `east`): under
    row-level security no spatial index is used, because PostGIS's operators might leak what a
    policy hides; comparing numbers cannot.

    `polygon` holds what the newest `fence_shape` says, and `point_version`, `point_origin` and
    `sole_witness` what the newest `address_point` does; version 0 is the source's own point.
    """

    __tablename__ = "fence"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), unique=True)
    center: Mapped[Point]
    lat: Mapped[float] = mapped_column(Computed("ST_Y(center::geometry)", persisted=True))
    lon: Mapped[float] = mapped_column(Computed("ST_X(center::geometry)", persisted=True))
    radius_m: Mapped[float]
    point_version: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    point_origin: Mapped[str] = mapped_column(server_default=text("'source'"))
    sole_witness: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    polygon: Mapped[WKBElement | None] = mapped_column(
        Geometry("POLYGON", srid=4326, spatial_index=False, nullable=True)
    )
    south: Mapped[float | None] = mapped_column(Computed("ST_YMin(polygon)", persisted=True))
    west: Mapped[float | None] = mapped_column(Computed("ST_XMin(polygon)", persisted=True))
    north: Mapped[float | None] = mapped_column(Computed("ST_YMax(polygon)", persisted=True))
    east: Mapped[float | None] = mapped_column(Computed("ST_XMax(polygon)", persisted=True))
    changed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("radius_m BETWEEN 10 AND 5000", name="radius"),
        CheckConstraint(SOUND_POLYGON, name="polygon"),
        Index("ix_fence_lat_lon", "lat", "lon"),
        Index("ix_fence_south", "south", "west", postgresql_where=text("south IS NOT NULL")),
    )


class FenceShape(Base):
    """What a supervisor drew or imported as the shape of a fence; NULL is back to the circle."""

    __tablename__ = "fence_shape"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    fence_id: Mapped[UUID] = mapped_column(ForeignKey("fence.id"), index=True)
    polygon: Mapped[WKBElement | None] = mapped_column(
        Geometry("POLYGON", srid=4326, spatial_index=False, nullable=True)
    )
    origin: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("origin IN ('drawn', 'imported', 'removed')", name="origin"),
        CheckConstraint("(origin = 'removed') = (polygon IS NULL)", name="removed"),
        CheckConstraint(SOUND_POLYGON, name="polygon"),
    )


class CheckIn(Base):
    """An agent's own report of arriving; evidence, never the verdict on a visit.

    `fix` is the ping the phone showed with it (lat, lon, accuracy_m, captured_at, mock), or null.
    """

    __tablename__ = "check_in"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    device_time: Mapped[datetime]
    server_time: Mapped[datetime]
    fix: Mapped[Json | None]
    distance_m: Mapped[float | None]
    reason: Mapped[str | None]
    reason_code: Mapped[str | None]
    verdict: Mapped[str]
    reasons: Mapped[JsonList]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        Index("ix_check_in_agent_id_device_time", "agent_id", "device_time"),
    )


class CheckOut(Base):
    """An agent's own report of leaving, at most one for a check-in.

    `distance_m` is from its fix to the fence's center; `reasons` say what is odd about the fix.
    """

    __tablename__ = "check_out"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id"), unique=True)
    device_time: Mapped[datetime]
    server_time: Mapped[datetime]
    fix: Mapped[Json | None]
    outcome: Mapped[str]
    note: Mapped[str | None]
    distance_m: Mapped[float | None]
    reasons: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    body_hash: Mapped[bytes]
    __table_args__ = (Index("ix_check_out_agent_id_device_time", "agent_id", "device_time"),)


class Visit(Base):
    """A stay at a customer's place that pings prove. Versions are kept; one is current.

    `fence_ids` are the fences of the place, `case_ids` its open cases; `posterior` is the
    probability that the stay was at this place and at no other. `first_id` is the id of the first
    version, which all share. `pings_from` to `pings_until` is when the pings were received that
    decided the version, `pings_delay_s` the longest that one of them was under way; NULL when it
    was not pings. A version that is replaced by none has the reason in `withdrawn_why`.
    """

    __tablename__ = "visit"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    day: Mapped[date]
    fence_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    case_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    is_closed: Mapped[bool]
    location: Mapped[Point]
    uncertainty_m: Mapped[float]
    ping_count: Mapped[int] = mapped_column(Integer)
    posterior: Mapped[float]
    verdict: Mapped[str]
    reasons: Mapped[JsonList]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    decided_at: Mapped[datetime]
    change: Mapped[str]
    replaced_at: Mapped[datetime | None]
    first_id: Mapped[UUID]
    pings_from: Mapped[datetime | None]
    pings_until: Mapped[datetime | None]
    pings_delay_s: Mapped[Real | None]
    withdrawn_why: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("began_at <= ended_at", name="times"),
        CheckConstraint("pings_from <= pings_until", name="pings"),
        CheckConstraint("withdrawn_why IS NULL OR replaced_at IS NOT NULL", name="withdrawn"),
        Index("ix_visit_first_id_version", "first_id", "version"),
        Index("ix_visit_began_at", "began_at", "id"),
        Index("ix_visit_branch_id_day", "branch_id", "day"),
        Index("ix_visit_case_ids", "case_ids", postgresql_using="gin"),
        Index(
            "ix_visit_current",
            "agent_id",
            "day",
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )
