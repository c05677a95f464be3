"""Areas under the streets, in the words of the Protomaps basemap schema (its layers and kinds)."""

from collections.abc import Mapping
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Area:
    """`layer` is earth, water, landuse or buildings; `outline` is a polygon or several, in degrees
    as (lon, lat)."""

    layer: str
    kind: str
    name: str
    outline: BaseGeometry


_LANDUSE = {
    "landuse": {
        "residential",
        "industrial",
        "commercial",
        "cemetery",
        "farmland",
        "forest",
        "grass",
        "meadow",
        "military",
        "allotments",
        "village_green",
        "recreation_ground",
        "railway",
    },
    "leisure": {"park", "garden", "golf_course", "pitch", "playground", "nature_reserve"},
    "natural": {"beach", "wood", "scrub", "sand", "grassland", "wetland", "bare_rock"},
    "amenity": {"hospital", "school", "university", "college", "kindergarten"},
    "aeroway": {"aerodrome", "runway"},
}
_WATER = {"water", "lake", "river", "pond", "reservoir", "basin", "canal"}


def area_kind(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """(layer, kind) of an OSM area on the basemap, None for one that is not drawn."""
    if tags.get("natural") in {"water", "bay"} or tags.get("waterway") == "riverbank":
        kind = tags.get("water", "water")
        return "water", kind if kind in _WATER else "water"
    if tags.get("building", "no") != "no":
        return "buildings", "building"
    for key, kinds in _LANDUSE.items():
        if tags.get(key) in kinds:
            return "landuse", tags[key]
    return None
