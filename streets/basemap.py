"""The areas under a city's streets on the map, from whatever its source has to tell."""

from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from streets import demo_city, osm_file
from streets.built_area import built_area, earth, shore
from streets.coast import sea
from streets.graph import StreetGraph
from streets.land import Area
from streets.network import DEMO


def basemap(source: str, graph: StreetGraph, cache_dir: Path) -> list[Area]:
    """Earth, sea and town for a graph that `network.build` made of the same `source`.

    The town is drawn from the streets. Water, land use and buildings come with them as far as the
    source has any: of a place name or a GraphML file nothing but the streets is known. Raises what
    reading the source raises.
    """
    open_water: BaseGeometry = shapely.Polygon()
    surveyed: list[Area] = []
    if source == DEMO:
        database = demo_city.fetch_demo_city(cache_dir)
        open_water = shore(graph, demo_city.read_sea(database), demo_city.SHORE_COARSE_M)
    elif source.endswith(osm_file.SUFFIXES):
        surveyed = osm_file.read_areas(Path(source))
        coastline, box = osm_file.read_coast(Path(source))
        open_water = sea(coastline, box)
    areas = [
        Area("earth", "earth", "", earth(graph, open_water)),
        Area("water", "ocean", "", open_water),
        Area("landuse", "residential", "", shapely.difference(built_area(graph), open_water)),
        *surveyed,
    ]
    return [area for area in areas if not area.outline.is_empty]
