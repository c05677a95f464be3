"""SQL of street networks: the graph that plans use, and the tiles of the basemap."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from core.ids import new_id
from data.session import Session, rows
from data.tables.streets import StreetNetwork
from streets.tiles import areas_at, least_area_m2, tolerance_m


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """A stored street network; `bounds` are (south, west, north, east) in degrees."""

    id: UUID
    name: str
    source: str
    graph_hash: str
    length_km: float
    bounds: tuple[float, float, float, float]
    built_at: datetime


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A stretch of street for tiles; `shape` is WKB in EPSG:3857."""

    edge_no: int
    name: str | None
    kind: str
    kind_detail: str
    is_link: bool
    oneway: bool
    min_zoom: int
    name_zoom: int
    shape: bytes


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A surface of the basemap; `shape` is WKB of a multipolygon in EPSG:3857."""

    layer: str
    kind: str
    name: str | None
    shape: bytes


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A named place for labels; `shape` is WKB of a point in EPSG:3857."""

    name: str
    kind: str
    kind_detail: str
    population_rank: int
    min_zoom: int
    shape: bytes


async def networks(session: Session) -> list[NetworkInfo]:
    """All active networks, the newest first."""
    found = await rows(
        session,
        "SELECT id, name, source, graph_hash, length_km, south, west, north, east, built_at"
        " FROM street_network WHERE is_active ORDER BY built_at DESC, id",
    )
    return [
        NetworkInfo(r.id, r.name, r.source, r.graph_hash, r.length_km,
                    (r.south, r.west, r.north, r.east), r.built_at)
        for r in found
    ]  # fmt: skip


async def graph_file(session: Session, network_id: UUID) -> bytes | None:
    """The array file of a network's graph, None when the network is gone."""
    found = await rows(session, "SELECT graph FROM street_network WHERE id = :id", id=network_id)
    return bytes(found[0].graph) if found else None


async def water(session: Session, network_id: UUID) -> list[bytes]:
    """The open water of a network: polygons in degrees (lon, lat), as WKB."""
    found = await rows(
        session,
        "SELECT ST_AsBinary(ST_Transform(shape, 4326)) AS outline FROM street_area"
        " WHERE network_id = :id AND layer = 'water' ORDER BY area_no",
        id=network_id,
    )
    return [bytes(r.outline) for r in found]


async def lock_publishing(session: Session) -> None:
    """Have networks published and removed one at a time, until the end of the transaction."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('street_network'))"))


async def remove_network(session: Session, name: str) -> bool:
    """Take a network out of use; false when there is none of that name."""
    found = await rows(
        session, "DELETE FROM street_network WHERE name = :name RETURNING id", name=name
    )
    return bool(found)


async def replace_network(
    session: Session,
    name: str,
    graph: bytes,
    edges: Sequence[EdgeRow],
    areas: Sequence[AreaRow],
    places: Sequence[PlaceRow],
    **facts: Any,
) -> UUID:
    """Store a network in place of the one of that name; readers see one or the other."""
    await session.execute(text("DELETE FROM street_network WHERE name = :name"), {"name": name})
    network_id = new_id()
    await session.execute(
        insert(StreetNetwork).values(id=network_id, name=name, graph=graph, **facts)
    )
    await _add(
        session,
        "street_edge",
        "edge_no, name, kind, kind_detail, is_link, oneway, min_zoom, name_zoom, shape",
        "int[], text[], text[], text[], bool[], bool[], smallint[], smallint[], bytea[]",
        network_id,
        [astuple(edge) for edge in edges],
    )
    await _add(
        session,
        "street_area",
        "area_no, layer, kind, name, shape",
        "int[], text[], text[], text[], bytea[]",
        network_id,
        [(n, *astuple(area)) for n, area in enumerate(areas)],
    )
    await _add(
        session,
        "street_place",
        "place_no, name, kind, kind_detail, population_rank, min_zoom, shape",
        "int[], text[], text[], text[], smallint[], smallint[], bytea[]",
        network_id,
        [(n, *astuple(place)) for n, place in enumerate(places)],
    )
    return network_id


async def _add(
    session: Session,
    table: str,
    columns: str,
    types: str,
    network_id: UUID,
    values: Sequence[tuple[Any, ...]],
) -> None:
    """Insert rows whose last column is a WKB shape, one array parameter per column."""
    if not values:
        return
    arrays = {f"c{n}": list(column) for n, column in enumerate(zip(*values, strict=True))}
    casts = ", ".join(f"CAST(:c{n} AS {t})" for n, t in enumerate(types.split(", ")))
    kept = columns.removesuffix(", shape")
    await session.execute(
        text(
            f"INSERT INTO {table} (network_id, {columns})"  # noqa: S608 - names of ours only
            f" SELECT :network, {kept}, ST_GeomFromWKB(shape, 3857)"
            f" FROM unnest({casts}) AS u({columns})"
        ),
        {"network": network_id, **arrays},
    )


async def tile(session: Session, z: int, x: int, y: int) -> bytes:
    """A vector tile in the Protomaps basemap schema, empty where there is nothing."""
    drawn = areas_at(z)
    found = await rows(
        session,
        """
        WITH box AS (SELECT ST_TileEnvelope(:z, :x, :y) AS whole,
                            ST_TileEnvelope(:z, :x, :y, margin => 0.03) AS wide),
        active AS (SELECT id FROM street_network WHERE is_active),
        area AS (
            SELECT a.layer, a.kind, a.name,
                   ST_AsMVTGeom(a.shape, box.whole, 4096, 64, true) AS geom
            FROM street_area a JOIN active ON active.id = a.network_id
            JOIN box ON a.shape && box.wide
            JOIN unnest(CAST(:layers AS text[]), CAST(:least_m2 AS float8[])) AS d(layer, least_m2)
                ON d.layer = a.layer AND ST_Area(a.shape) >= d.least_m2
        ),
        -- Whole streets rather than stretches: a name finds room along them.
        street AS (
            SELECT e.kind, e.kind_detail, e.is_link, e.oneway,
                   CASE WHEN e.name_zoom <= :z THEN e.name END AS name,
                   ST_LineMerge(ST_Collect(e.shape)) AS shape
            FROM street_edge e JOIN active ON active.id = e.network_id
            JOIN box ON e.shape && box.wide WHERE e.min_zoom <= :z
            GROUP BY 1, 2, 3, 4, 5
        ),
        road AS (
            SELECT kind, kind_detail, is_link, oneway, name,
                   ST_AsMVTGeom(ST_Simplify(shape, :tolerance_m), box.whole, 4096, 64, true) AS geom
            FROM street, box
        ),
        place AS (
            SELECT p.kind, p.kind_detail, p.name, p.population_rank, p.min_zoom,
                   ST_AsMVTGeom(p.shape, box.whole, 4096, 256, true) AS geom
            FROM street_place p JOIN active ON active.id = p.network_id
            JOIN box ON p.shape && box.wide WHERE p.min_zoom <= :z
        )
        SELECT
            (SELECT coalesce(ST_AsMVT(t, 'earth'), '') FROM
                (SELECT kind, geom FROM area WHERE layer = 'earth' AND geom IS NOT NULL) t)
         || (SELECT coalesce(ST_AsMVT(t, 'landuse'), '') FROM
                (SELECT kind, name, geom FROM area WHERE layer = 'landuse'
                 AND geom IS NOT NULL) t)
         || (SELECT coalesce(ST_AsMVT(t, 'water'), '') FROM
                (SELECT kind, name, geom FROM area WHERE layer = 'water' AND geom IS NOT NULL) t)
         || (SELECT coalesce(ST_AsMVT(t, 'buildings'), '') FROM
                (SELECT kind, geom FROM area WHERE layer = 'buildings' AND geom IS NOT NULL) t)
         || (SELECT coalesce(ST_AsMVT(t, 'roads'), '') FROM
                (SELECT * FROM road WHERE geom IS NOT NULL) t)
         || (SELECT coalesce(ST_AsMVT(t, 'places'), '') FROM
                (SELECT * FROM place WHERE geom IS NOT NULL) t) AS tile
        """,
        z=z,
        x=x,
        y=y,
        layers=list(drawn),
        least_m2=[least_area_m2(layer, z) for layer in drawn],
        tolerance_m=tolerance_m(z),
    )
    return bytes(found[0].tile)


async def lines_within(
    session: Session, *, south: float, west: float, north: float, east: float
) -> list[list[tuple[float, float]]]:
    """The streets in a box of degrees, each as (longitude, latitude) of its points."""
    found = await rows(
        session,
        """
        WITH box AS (SELECT ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 4326), 3857)
                            AS shape)
        SELECT ST_AsGeoJSON(ST_Transform(e.shape, 4326), 6)::json->'coordinates' AS points
        FROM street_edge e JOIN street_network n ON n.id = e.network_id AND n.is_active
        JOIN box ON e.shape && box.shape ORDER BY e.network_id, e.edge_no
        """,
        south=south,
        west=west,
        north=north,
        east=east,
    )
    return [[(lon, lat) for lon, lat in r.points] for r in found]
