from pathlib import Path

import shapely

from streets.basemap import basemap
from streets.network import build
from tests.streets.small_city import BLOCK_M, at, small_graph, town, write_osm


def test_an_extract_brings_its_sea_its_parks_and_a_town(tmp_path: Path) -> None:
    raw = town()
    north = raw.nodes | {
        901: at(-2000, 3 * BLOCK_M + 30),
        902: at(2400, 3 * BLOCK_M + 30),
        903: at(20, 20),
        904: at(80, 20),
        905: at(80, 80),
    }
    street = {"highway": "residential", "name": "Lautaro"}
    ways = [(list(w.nodes), street) for w in raw.ways]
    coast = ([902, 901], {"natural": "coastline"})  # westwards: land in the south, on the left
    park = ([903, 904, 905, 903], {"leisure": "park", "name": "Plaza"})
    box = (at(0, -1000)[1], at(0, -1000)[0], at(400, 0)[1], at(0, 1000)[0])
    path = write_osm(tmp_path / "a.osm.pbf", north, [*ways, coast, park], box=box)
    graph = build(str(path), tmp_path)
    areas = basemap(str(path), graph, tmp_path)
    assert [(a.layer, a.kind) for a in areas] == [
        ("earth", "earth"),
        ("water", "ocean"),
        ("landuse", "residential"),
        ("landuse", "park"),
    ]
    lat, lon = at(200, 350)
    outlines = {a.kind: a.outline for a in areas}
    assert outlines["ocean"].covers(shapely.Point(lon, lat))
    assert not outlines["residential"].intersects(shapely.Point(lon, lat))
    assert outlines["residential"].intersects(outlines["park"])


def test_of_a_mere_graph_town_and_earth_are_known(tmp_path: Path) -> None:
    kinds = [area.kind for area in basemap("town.graphml", small_graph(), tmp_path)]
    assert kinds == ["earth", "residential"]
