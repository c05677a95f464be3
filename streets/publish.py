"""Put a street network into the database, where plans and tiles take it from."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely

from core.geometry import Floats
from data.session import Session
from streets import store
from streets.graph import StreetGraph
from streets.land import Area
from streets.tiles import ROADS, place_on_map

ATTRIBUTION = "© OpenStreetMap contributors"

_MERCATOR_RADIUS_M = 6_378_137.0  # EPSG:3857 takes the equatorial radius of WGS84


async def publish(
    session: Session, graph: StreetGraph, areas: Sequence[Area], source: str, now: datetime
) -> bool:
    """Store a network under its name, in place of the former one. False when it is there already.

    Readers see the former network until the transaction commits. Of several who publish at once
    one comes after the other.
    """
    await store.lock_publishing(session)
    known = {info.name: info.graph_hash for info in await store.networks(session)}
    if known.get(graph.name) == graph.content_hash:
        return False
    box = graph.bounds
    await store.replace_network(
        session,
        graph.name,
        _file(graph),
        edge_rows(graph),
        [area_row(area) for area in areas],
        place_rows(graph),
        source=source,
        attribution=ATTRIBUTION,
        graph_hash=graph.content_hash,
        length_km=graph.length_km,
        south=box.south,
        west=box.west,
        north=box.north,
        east=box.east,
        built_at=now,
    )
    return True


def _file(graph: StreetGraph) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        graph.save(path)
        return path.read_bytes()


def mercator(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Degrees to Web Mercator metres (EPSG:3857), x and y."""
    x = np.radians(lon) * _MERCATOR_RADIUS_M
    y = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) * _MERCATOR_RADIUS_M
    return x, y


def edge_rows(graph: StreetGraph) -> list[store.EdgeRow]:
    """Each physical street once, as tiles draw it."""
    x, y = mercator(graph.shape_lat, graph.shape_lon)
    points = np.column_stack([x, y])
    once = np.flatnonzero(graph.once)
    lengths = np.diff(graph.shape_start)[once]
    rows = np.repeat(graph.shape_start[once] - np.cumsum(lengths) + lengths, lengths)
    kept = points[rows + np.arange(lengths.sum())]
    lines = shapely.linestrings(kept, indices=np.repeat(np.arange(len(once)), lengths))
    shapes = shapely.to_wkb(lines)
    return [
        store.EdgeRow(
            edge_no=int(edge),
            name=graph.street_names[street] if street >= 0 else None,
            kind=ROADS[road].kind,
            kind_detail=ROADS[road].kind_detail,
            is_link=ROADS[road].is_link,
            oneway=bool(twin < 0),
            min_zoom=ROADS[road].min_zoom,
            name_zoom=ROADS[road].name_zoom,
            shape=shape,
        )
        for edge, street, road, twin, shape in zip(
            once.tolist(),
            graph.edge_street[once].tolist(),
            graph.edge_class[once].tolist(),
            graph.edge_twin[once].tolist(),
            shapes,
            strict=True,
        )
    ]


def area_row(area: Area) -> store.AreaRow:
    """A surface as tiles draw it: a valid multipolygon in EPSG:3857."""
    flat = shapely.transform(
        area.outline, lambda points: np.column_stack(mercator(points[:, 1], points[:, 0]))
    )
    polygons = [
        part
        for part in shapely.get_parts(shapely.make_valid(flat)).tolist()
        if part.geom_type == "Polygon"
    ]
    whole = shapely.multipolygons(polygons)
    return store.AreaRow(area.layer, area.kind, area.name or None, shapely.to_wkb(whole))


def place_rows(graph: StreetGraph) -> list[store.PlaceRow]:
    """The localities as tiles label them."""
    rows = []
    for place in graph.places:
        x, y = mercator(np.array([place.lat]), np.array([place.lon]))
        drawn = place_on_map(place.kind)
        rows.append(
            store.PlaceRow(
                place.name,
                drawn.kind,
                drawn.kind_detail,
                drawn.population_rank,
                drawn.min_zoom,
                shapely.to_wkb(shapely.Point(x[0], y[0])),
            )
        )
    return rows
