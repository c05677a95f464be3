"""What of a city is drawn at which zoom, in the words of the Protomaps basemap schema (version 4).

Kinds and the zooms at which roads and names begin follow that schema's published tables. As a city
is all that we draw, they begin no sooner than `CITY_ZOOM`, from where on it fills a screen.
"""

from dataclasses import dataclass

from streets.road_class import CLASS_NAMES

CITY_ZOOM = 8
MAX_ZOOM = 15
"""Deeper views enlarge the tiles of this zoom."""

_EQUATOR_M_PER_PIXEL = 156_543.03  # at zoom 0, 256 pixels a tile


@dataclass(frozen=True, slots=True)
class RoadOnMap:
    """A class of road in the layer ``roads``; its name is drawn from `name_zoom` on."""

    kind: str
    kind_detail: str
    is_link: bool
    min_zoom: int
    name_zoom: int


@dataclass(frozen=True, slots=True)
class PlaceOnMap:
    """A locality in the layer ``places``; of a higher `population_rank` the name is larger."""

    kind: str
    kind_detail: str
    min_zoom: int
    population_rank: int


_PATH = ("path", 14, 15)
# By class: kind, first zoom of the line and of its name.
_ROADS = {
    "motorway": ("highway", 3, 11),
    "motorway_link": ("highway", 3, 11),
    "trunk": ("major_road", 6, 12),
    "trunk_link": ("major_road", 6, 12),
    "primary": ("major_road", 7, 12),
    "primary_link": ("major_road", 7, 13),
    "secondary": ("major_road", 9, 12),
    "secondary_link": ("major_road", 9, 14),
    "tertiary": ("major_road", 9, 13),
    "tertiary_link": ("major_road", 9, 14),
    "service": ("minor_road", 13, 14),
    "track": ("path", 12, 14),
    **dict.fromkeys(("pedestrian", "cycleway", "bridleway", "footway", "path", "steps"), _PATH),
}
_STREET = ("minor_road", 12, 14)

_PLACES = {
    "city": PlaceOnMap("locality", "city", 7, 12),
    "town": PlaceOnMap("locality", "town", 8, 9),
    "village": PlaceOnMap("locality", "village", 10, 6),
    "hamlet": PlaceOnMap("locality", "hamlet", 12, 3),
    "suburb": PlaceOnMap("neighbourhood", "suburb", 11, 5),
    "quarter": PlaceOnMap("neighbourhood", "quarter", 12, 4),
    "neighbourhood": PlaceOnMap("neighbourhood", "neighbourhood", 13, 3),
    "locality": PlaceOnMap("locality", "locality", 13, 2),
}

# By layer: first zoom, and how many pixels a shape must cover to be drawn.
_AREAS = {"earth": (0, 0.0), "water": (0, 1.0), "landuse": (8, 2.0), "buildings": (14, 2.0)}


def _road(name: str) -> RoadOnMap:
    kind, line_zoom, name_zoom = _ROADS.get(name, _STREET)
    return RoadOnMap(kind, name, name.endswith("_link"), max(line_zoom, CITY_ZOOM), name_zoom)


ROADS = tuple(_road(name) for name in CLASS_NAMES)
"""By class number, as in ``StreetGraph.edge_class``."""


def place_on_map(kind: str) -> PlaceOnMap:
    """How a `streets.graph.Place` of that kind is drawn; an unknown kind as a small locality."""
    return _PLACES.get(kind, _PLACES["locality"])


def areas_at(zoom: int) -> tuple[str, ...]:
    """The layers of areas drawn at a zoom, the lowest first."""
    return tuple(layer for layer, (first, _) in _AREAS.items() if first <= zoom)


def tolerance_m(zoom: int) -> float:
    """How far a simplified line may lie from the true one: a quarter of a pixel at the equator."""
    return _EQUATOR_M_PER_PIXEL / float(1 << zoom) / 4


def least_area_m2(layer: str, zoom: int) -> float:
    """Areas of a layer smaller than this would not be seen at a zoom."""
    pixel_m = 4 * tolerance_m(zoom)
    return _AREAS[layer][1] * pixel_m * pixel_m
