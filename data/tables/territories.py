"""Who works where: territories of branches, their versions, and proposals of new ones."""

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2.elements import WKBElement
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Geometry, Json, JsonList, Texts

SOUND_SHAPE = (
    "ST_IsValid(shape) AND NOT ST_IsEmpty(shape) AND ST_NPoints(shape) <= 100000"
    " AND ST_YMin(shape) >= -85 AND ST_YMax(shape) <= 85"
    " AND ST_XMin(shape) >= -180 AND ST_XMax(shape) <= 180"
)


class Territory(Base):
    """A part of a branch's ground, by its code. What it is on a day is a `TerritoryVersion`."""

    __tablename__ = "territory"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    code: Mapped[str]
    __table_args__ = (UniqueConstraint("branch_id", "code"),)


class TerritoryVersion(Base):
    """What a territory is on the days of `during`; one version a day.

    A newer version takes days away from an older one, and leaves it an empty range when it takes
    all. Lower `precedence` goes first where two territories cover the same point or pin code.
    Points are looked up by the box (`south` to `east`): under row-level security PostGIS's
    operators, and so the spatial index, come after the policy.
    """

    __tablename__ = "territory_version"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territory.id"))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    shape: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False, nullable=True)
    )
    area_m2: Mapped[float | None] = mapped_column(
        Computed("ST_Area(shape::geography)", persisted=True)
    )
    south: Mapped[float | None] = mapped_column(Computed("ST_YMin(shape)", persisted=True))
    west: Mapped[float | None] = mapped_column(Computed("ST_XMin(shape)", persisted=True))
    north: Mapped[float | None] = mapped_column(Computed("ST_YMax(shape)", persisted=True))
    east: Mapped[float | None] = mapped_column(Computed("ST_XMax(shape)", persisted=True))
    pincodes: Mapped[Texts]
    precedence: Mapped[int] = mapped_column(Integer)
    during: Mapped[Any] = mapped_column(DATERANGE)
    origin: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        UniqueConstraint("territory_id", "version"),
        CheckConstraint("origin IN ('drawn', 'imported', 'proposed')", name="origin"),
        CheckConstraint("shape IS NOT NULL OR pincodes <> '{}'", name="somewhere"),
        CheckConstraint("precedence BETWEEN 1 AND 1000", name="precedence"),
        CheckConstraint(SOUND_SHAPE, name="shape"),
        ExcludeConstraint(
            ("territory_id", "="), ("during", "&&"), name="ex_territory_version_one_a_day"
        ),
        Index("ix_territory_version_shape", "shape", postgresql_using="gist"),
        Index("ix_territory_version_box", "branch_id", "south", "west"),
    )


class TerritoryAgent(Base):
    """An agent who works a territory, by its version."""

    __tablename__ = "territory_agent"
    version_id: Mapped[UUID] = mapped_column(ForeignKey("territory_version.id"), primary_key=True)
    agent_id: Mapped[AgentId] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]


class TerritoryProposal(Base):
    """Territories cut anew from the cases of a day: nothing happens until they are published."""

    __tablename__ = "territory_proposal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    wanted: Mapped[Json]
    figures: Mapped[Json]
    territories: Mapped[JsonList]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("state IN ('open', 'published', 'discarded')", name="state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
    )
