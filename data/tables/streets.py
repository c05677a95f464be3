"""The street network: the graph that plans use, and the shapes that tiles are cut from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, Geometry


class StreetNetwork(Base):
    """A city's streets. `graph` is the compressed array file that ``streets.graph`` reads."""

    __tablename__ = "street_network"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    attribution: Mapped[str]
    graph_hash: Mapped[str]
    graph: Mapped[bytes] = mapped_column(deferred=True)
    length_km: Mapped[float]
    south: Mapped[float]
    west: Mapped[float]
    north: Mapped[float]
    east: Mapped[float]
    built_at: Mapped[datetime]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class StreetEdge(Base):
    """A stretch of street as tiles draw it, in Web Mercator metres (EPSG:3857)."""

    __tablename__ = "street_edge"
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("street_network.id", ondelete="CASCADE"), primary_key=True
    )
    edge_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str | None]
    kind: Mapped[str]
    kind_detail: Mapped[str]
    is_link: Mapped[bool]
    oneway: Mapped[bool]
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    name_zoom: Mapped[int] = mapped_column(SmallInteger)
    shape: Mapped[Any] = mapped_column(Geometry("LINESTRING", srid=3857, spatial_index=False))
    __table_args__ = (Index("ix_street_edge_shape", "shape", postgresql_using="gist"),)


class StreetArea(Base):
    """A surface of the basemap (earth, built-up land, water, park), in EPSG:3857."""

    __tablename__ = "street_area"
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("street_network.id", ondelete="CASCADE"), primary_key=True
    )
    area_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    layer: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str | None]
    shape: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=3857, spatial_index=False))
    __table_args__ = (
        CheckConstraint("layer IN ('earth', 'landuse', 'water', 'buildings')", name="layer"),
        Index("ix_street_area_shape", "shape", postgresql_using="gist"),
    )


class StreetPlace(Base):
    """A named place that the basemap labels and the geocoder knows, in EPSG:3857."""

    __tablename__ = "street_place"
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("street_network.id", ondelete="CASCADE"), primary_key=True
    )
    place_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str]
    kind: Mapped[str]
    kind_detail: Mapped[str]
    population_rank: Mapped[int] = mapped_column(SmallInteger)
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    shape: Mapped[Any] = mapped_column(Geometry("POINT", srid=3857, spatial_index=False))
    __table_args__ = (Index("ix_street_place_shape", "shape", postgresql_using="gist"),)
