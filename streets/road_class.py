"""The classes of road (OSM's ``highway`` values) and how fast a two-wheeler gets along on them.

The speeds are averages of a ride through town, not limits: they stand until our own trails teach
better ones. They are a table of our own, set between these published figures:

- the speeds that Project OSRM's car profile reaches in its tests (``features/car/speed.feature``:
  primary 63, secondary 54, tertiary 43, residential 31, service 23 km/h), which are free flow;
- Buchanan and Walton 2012, "Motorcycle speeds at urban intersections" (doi
  10.1136/injuryprev-2012-040590s.7): cars 35 km/h, motorcycles about 38 km/h;
- Valhalla's motor scooter, whose usual top speed is 45 km/h.

A posted limit, where the map has one, counts as 0.9 of itself (GraphHopper's rule for average
speeds), and nothing is faster than `TOP_KMH`.
"""

import math
import re
from dataclasses import dataclass

TOP_KMH = 80.0
_KMH_PER_MPH = 1.609344
_POSTED = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?\Z")


@dataclass(frozen=True, slots=True)
class RoadClass:
    """`setback_m` is how far a front door stands from the center line on either side."""

    name: str
    speed_kmh: float
    setback_m: float


ROAD_CLASSES = (
    RoadClass("motorway", 70, 40),
    RoadClass("motorway_link", 45, 25),
    RoadClass("trunk", 55, 30),
    RoadClass("trunk_link", 40, 20),
    RoadClass("primary", 45, 18),
    RoadClass("primary_link", 30, 15),
    RoadClass("secondary", 40, 15),
    RoadClass("secondary_link", 28, 13),
    RoadClass("tertiary", 35, 12),
    RoadClass("tertiary_link", 25, 12),
    RoadClass("unclassified", 28, 10),
    RoadClass("residential", 25, 9),
    RoadClass("living_street", 15, 7),
    RoadClass("service", 15, 7),
    RoadClass("road", 25, 9),
    RoadClass("track", 15, 8),
)
"""From the widest to the narrowest; a road's number is its place in this tuple."""

CLASS_NAMES = tuple(road.name for road in ROAD_CLASSES)
_NUMBERS = {name: number for number, name in enumerate(CLASS_NAMES)}
_OTHER = _NUMBERS["road"]

RIDEABLE = frozenset(CLASS_NAMES)
"""What motor vehicles may use unless a tag of the road says otherwise."""


def class_number(highway: str) -> int:
    """The index into `ROAD_CLASSES`; a value not in the table is a plain ``road``."""
    return _NUMBERS.get(highway, _OTHER)


def posted_kmh(text: str) -> float:
    """OSM's ``maxspeed`` in km/h, NaN when it states no number (``signals``, ``BR:urban``)."""
    found = _POSTED.match(text.strip().lower())
    if not found:
        return math.nan
    return float(found[1]) * (_KMH_PER_MPH if found[2] == "mph" else 1.0)


def riding_kmh(highway: str, limit_kmh: float) -> float:
    """The expected average speed on a road with this class and posted limit (NaN: none known)."""
    if math.isnan(limit_kmh) or limit_kmh < 5:
        return ROAD_CLASSES[class_number(highway)].speed_kmh
    return min(0.9 * limit_kmh, TOP_KMH)
