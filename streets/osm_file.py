"""OpenStreetMap files (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``), read with pyosmium."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streets.access import Tags, access
from streets.errors import NoStreets, StreetFileMissing, WrongStreetFile
from streets.graph import Place
from streets.land import Area, area_kind
from streets.raw import RawStreets, SurveyedHouse, Way
from streets.road_class import posted_kmh

SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2")

PLACE_KINDS = {
    "city",
    "town",
    "village",
    "suburb",
    "quarter",
    "neighbourhood",
    "hamlet",
    "locality",
}
_LEADING_NUMBER = re.compile(r"\d{1,6}")
_AREA_KEYS = (
    "natural",
    "water",
    "waterway",
    "landuse",
    "leisure",
    "amenity",
    "aeroway",
    "building",
)

Positions = list[tuple[int, float, float]]


def read_osm_file(path: Path) -> RawStreets:
    """Streets and paths open to anybody, named places and house numbers in the file.

    Nodes that ways refer to but the file lacks, as clipped extracts do, are left out; a way broken
    by them goes on in pieces. Raises `StreetFileMissing`, `WrongStreetFile` and `NoStreets`.
    """
    nodes: dict[int, tuple[float, float]] = {}
    ways: list[Way] = []
    places: list[Place] = []
    houses: list[SurveyedHouse] = []
    for element in _elements(path, "highway", "place", "addr:housenumber"):
        tags = dict(element.tags)
        if element.is_relation():
            continue
        positions = _positions(element)
        if positions and tags.get("place") in PLACE_KINDS and tags.get("name"):
            places.append(Place(tags["name"], tags["place"], *middle_of(positions)))
        if positions and (house := house_of(tags, positions)):
            houses.append(house)
        if element.is_way() and any(access(tags)):
            for piece in _unbroken([(node.ref, node.location) for node in element.nodes]):
                nodes.update({ref: (lat, lon) for ref, lat, lon in piece})
                ways.append(way_of(tags, tuple(ref for ref, _, _ in piece)))
    if not ways:
        raise NoStreets(path.name)
    return RawStreets(_title(path), nodes, ways, tuple(places), houses)


def read_areas(path: Path) -> list[Area]:
    """Water, land use and buildings in the file, as far as they are complete in it."""
    import osmium
    import shapely

    factory = osmium.geom.WKBFactory()
    areas = []
    for element in _elements(path, *_AREA_KEYS, areas=True):
        if not element.is_area():
            continue
        tags = dict(element.tags)
        found = area_kind(tags)
        if found is None:
            continue
        try:
            outline = shapely.from_wkb(factory.create_multipolygon(element))
        except (RuntimeError, osmium.InvalidLocationError):
            continue  # a ring that the clipped file does not close
        areas.append(Area(*found, tags.get("name", ""), outline))
    return areas


def read_coast(
    path: Path,
) -> tuple[list[list[tuple[float, float]]], tuple[float, float, float, float]]:
    """Coastline ways as lists of (lon, lat), land on their left; and the box of the extract.

    The box (west, south, east, north) is the one in the file's header, else that of the coastline.
    """
    import osmium

    lines = [
        [(lon, lat) for _, lat, lon in piece]
        for way in _elements(path, "natural")
        if way.is_way() and way.tags.get("natural") == "coastline"
        for piece in _unbroken([(node.ref, node.location) for node in way.nodes])
    ]
    box = osmium.FileProcessor(str(path)).header.box()
    if box.valid():
        low, high = box.bottom_left, box.top_right
        return lines, (low.lon, low.lat, high.lon, high.lat)
    lons, lats = [p[0] for line in lines for p in line], [p[1] for line in lines for p in line]
    return lines, (
        min(lons, default=0),
        min(lats, default=0),
        max(lons, default=0),
        max(lats, default=0),
    )


def _elements(path: Path, *keys: str, areas: bool = False) -> Iterator[Any]:
    """The file's elements that carry one of the keys, ways with the locations of their nodes."""
    import osmium

    if not path.is_file():
        raise StreetFileMissing(str(path))
    try:
        reader = osmium.FileProcessor(str(path)).with_locations()
        if areas:
            reader = reader.with_areas(osmium.filter.KeyFilter(*keys))
        yield from reader.with_filter(osmium.filter.KeyFilter(*keys))
    except RuntimeError as reason:  # how pyosmium reports a file it cannot parse
        raise WrongStreetFile(
            path.name, "not an OpenStreetMap file (.osm.pbf, .osm, .osm.gz or .osm.bz2), or damaged"
        ) from reason


def _positions(element: Any) -> Positions:
    """(id, lat, lon) of a node, or of those nodes of a way that the file has."""
    if element.is_node():
        return [(element.id, element.lat, element.lon)]
    return [(n.ref, n.location.lat, n.location.lon) for n in element.nodes if n.location.valid()]


def middle_of(positions: Positions) -> tuple[float, float]:
    """The mean position; precise enough for the door of one building."""
    count = len(positions)
    return sum(p[1] for p in positions) / count, sum(p[2] for p in positions) / count


def _unbroken(refs: list[tuple[int, Any]]) -> Iterator[Positions]:
    """The longest runs of nodes whose location is known, each of two nodes or more."""
    for known, run in itertools.groupby(refs, key=lambda ref: ref[1].valid()):
        piece = [(ref, location.lat, location.lon) for ref, location in run] if known else []
        if len(piece) > 1:
            yield piece


def way_of(tags: Tags, nodes: tuple[int, ...]) -> Way:
    """A road by its tags."""
    name = tags.get("name") or tags.get("ref", "")
    limit_kmh = posted_kmh(tags.get("maxspeed", ""))
    return Way(nodes, tags["highway"], name, limit_kmh, *access(tags))


def house_of(tags: Tags, positions: Positions) -> SurveyedHouse | None:
    """The house that the tags tell of, at the middle of its outline; None for what is no house."""
    number = _LEADING_NUMBER.match(tags.get("addr:housenumber", ""))
    if not number or not tags.get("addr:street"):
        return None
    return SurveyedHouse(tags["addr:street"], int(number[0]), *middle_of(positions))


def _title(path: Path) -> str:
    """A readable name of an extract: ``porto_alegre.osm.pbf`` is ``Porto alegre``."""
    return path.name.split(".")[0].replace("_", " ").replace("-", " ").capitalize()
