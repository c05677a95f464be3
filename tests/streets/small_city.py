"""A made-up town for tests: a grid of streets 100 m apart, as raw streets or as an OSM file."""

import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from core.geometry import METRES_PER_DEGREE
from streets.graph import Place, StreetGraph
from streets.network import from_raw
from streets.profile import EVERYBODY
from streets.raw import RawStreets, Way

SOUTH, WEST = -29.9, -71.25
ROWS, COLUMNS, BLOCK_M = 4, 5, 100.0
AVENUES = ("Alameda", "Avenida José Balmaceda", "Los Ñandúes", "Pasaje Uno", "Calle 5")
STREETS = ("Lautaro", "Lautaro Norte", "18 de Septiembre", "Costanera")


def at(east_m: float, north_m: float) -> tuple[float, float]:
    """(lat, lon) so many metres from the town's southwestern corner."""
    east_deg = east_m / METRES_PER_DEGREE / math.cos(math.radians(SOUTH))
    return SOUTH + north_m / METRES_PER_DEGREE, WEST + east_deg


def node(row: int, column: int) -> int:
    return 1 + row * COLUMNS + column


def way(nodes: list[int], name: str = "", **facts: object) -> Way:
    plain = Way(tuple(nodes), "residential", name, math.nan, EVERYBODY, EVERYBODY)
    return replace(plain, **facts)  # type: ignore[arg-type]


def town(*more: Way, nodes: dict[int, tuple[float, float]] | None = None) -> RawStreets:
    """The grid, with a name for each row and column, and whatever else is given."""
    grid = {
        node(row, column): at(column * BLOCK_M, row * BLOCK_M)
        for row in range(ROWS)
        for column in range(COLUMNS)
    }
    rows = [
        way([node(row, column) for column in range(COLUMNS)], STREETS[row]) for row in range(ROWS)
    ]
    columns = [
        way([node(row, column) for row in range(ROWS)], AVENUES[column])
        for column in range(COLUMNS)
    ]
    center = Place("Villa Chica", "town", *at(0, 0))
    return RawStreets(
        "Small town",
        grid | (nodes or {}),
        [*rows, *columns, *more],
        (center,),
        invented_numbers=True,
    )


@lru_cache(maxsize=1)
def small_graph() -> StreetGraph:
    return from_raw(town())


def write_osm(
    path: Path,
    nodes: dict[int, tuple[float, float]],
    ways: list[tuple[list[int], dict[str, str]]],
    tags: dict[int, dict[str, str]] | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> Path:
    """An OSM file of the kind that the suffix says; `tags` are those of nodes."""
    import osmium

    header = osmium.io.Header()
    if box:
        west, south, east, north = box
        header.add_box(osmium.osm.Box(west, south, east, north))
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for ref, (lat, lon) in sorted(nodes.items()):
            writer.add_node(
                osmium.osm.mutable.Node(
                    id=ref, location=(lon, lat), tags=(tags or {}).get(ref, {}), version=1
                )
            )
        for number, (refs, way_tags) in enumerate(ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=way_tags, version=1))
    return path
