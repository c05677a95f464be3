"""The declarative base and the column types that tables are made of."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from geoalchemy2 import Geography, Geometry
from geoalchemy2.elements import WKBElement
from sqlalchemy import BigInteger, DateTime, Double, ForeignKey, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlalchemy.orm import DeclarativeBase, mapped_column

from core.geometry import LatLon

MinorUnits = Annotated[int, mapped_column(BigInteger)]
"""Money in minor units of the row's currency."""

Point = Annotated[WKBElement, mapped_column(Geography("POINT", srid=4326, spatial_index=False))]
"""A position on the globe; index it where rows are searched by place."""

OptionalPoint = Annotated[
    WKBElement | None,
    mapped_column(Geography("POINT", srid=4326, spatial_index=False, nullable=True)),
]
"""A position that may be missing. GeoAlchemy keeps "may be null" on the type, so it needs one."""

BranchId = Annotated[UUID, mapped_column(ForeignKey("branch.id"), index=True)]
"""The branch a row belongs to: what row-level security looks at."""

AgentId = Annotated[UUID, mapped_column(ForeignKey("agent_profile.agent_id"), index=True)]

Real = Annotated[float, mapped_column(REAL)]
Texts = Annotated[list[str], mapped_column(ARRAY(Text))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]

__all__ = ["ARRAY", "AgentId", "Base", "BranchId", "Geography", "Geometry", "Json", "JsonList",
           "MinorUnits", "OptionalPoint", "Point", "Real", "Texts", "ewkt_point",
           "table_of"]  # fmt: skip


class Base(DeclarativeBase):
    """All tables. Constraint names are predictable, so that a store can turn a refusal by the
    database into a domain error by name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        str: Text(),
        float: Double(),
    }


def ewkt_point(position: LatLon) -> str:
    """A position as a geography column takes it."""
    return f"SRID=4326;POINT({position.lon!r} {position.lat!r})"


def table_of(row: type[Base]) -> Table:
    """The table of a mapped class, for a statement that is built once and used often: rows of
    mapped classes are put together anew each time."""
    table = row.__table__
    assert isinstance(table, Table)
    return table
