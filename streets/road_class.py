"""The classes of road (OSM's ``highway`` values) and how fast one gets along on them.

The speeds are averages of a ride through town, not limits: they stand until our own trails teach
better ones. They are a table of our own, set between these published figures:

- the speeds that Project OSRM's car profile reaches in its tests (``features/car/speed.feature``:
  primary 63, secondary 54, tertiary 43, residential 31, service 23 km/h), which are free flow;
- Buchanan and Walton 2012, "Motorcycle speeds at urban intersections" (doi
  10.1136/injuryprev-2012-040590s.7): cars 35 km/h, motorcycles about 38 km/h;
- Valhalla's motor scooter, whose usual top speed is 45 km/h.

A posted limit, where the map has one, counts as 0.9 of itself (GraphHopper's rule for average
speeds), and nothing is faster than the vehicle's top speed. In the streets of a town, where
two-wheelers pass between waiting cars, a car makes 0.92 of their speed (35 to 38 km/h, Buchanan and
Walton). Who walks is as fast everywhere, and half as fast on steps (`streets.profile`).
"""

import math
import re
from dataclasses import dataclass

from streets.profile import STEPS_MPS, WALK_MPS, Profile

TOP_KMH = {Profile.TWO_WHEELER: 80.0, Profile.CAR: 108.0}
_CAR_SHARE_IN_TOWN = 0.92
_KMH_PER_MPH = 1.609344
_POSTED = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?\Z")


@dataclass(frozen=True, slots=True)
class RoadClass:
    """`speed_kmh` is a two-wheeler's, or on a foot path a walker's; `setback_m` is how far a front
    door stands from the center line on either side."""

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
    RoadClass("pedestrian", 3.6 * WALK_MPS, 7),
    RoadClass("cycleway", 3.6 * WALK_MPS, 4),
    RoadClass("bridleway", 3.6 * WALK_MPS, 4),
    RoadClass("footway", 3.6 * WALK_MPS, 4),
    RoadClass("path", 3.6 * WALK_MPS, 4),
    RoadClass("steps", 3.6 * STEPS_MPS, 3),
)
"""From the widest to the narrowest; a road's number is its place in this tuple."""

CLASS_NAMES = tuple(road.name for road in ROAD_CLASSES)
_NUMBERS = {name: number for number, name in enumerate(CLASS_NAMES)}
_OTHER = _NUMBERS["road"]

_OUT_OF_TOWN = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
_ON_A_PATH_KMH = 10.0

FOOT_ONLY = frozenset({"pedestrian", "cycleway", "bridleway", "footway", "path", "steps"})
"""What motor vehicles may use only where a tag of the way says so."""

RIDEABLE = frozenset(CLASS_NAMES) - FOOT_ONLY
"""What motor vehicles may use unless a tag of the road says otherwise."""

NOT_ON_FOOT = frozenset({"motorway", "motorway_link"})
"""Where nobody walks unless a tag of the road says otherwise."""


def class_number(highway: str) -> int:
    """The index into `ROAD_CLASSES`; a value not in the table is a plain ``road``."""
    return _NUMBERS.get(highway, _OTHER)


def posted_kmh(text: str) -> float:
    """OSM's ``maxspeed`` in km/h, NaN when it states no number (``signals``, ``BR:urban``)."""
    found = _POSTED.match(text.strip().lower())
    if not found:
        return math.nan
    return float(found[1]) * (_KMH_PER_MPH if found[2] == "mph" else 1.0)


def riding_kmh(highway: str, limit_kmh: float, profile: Profile = Profile.TWO_WHEELER) -> float:
    """The average speed of a motor vehicle on a road of this class and limit (NaN: none known)."""
    if highway in FOOT_ONLY:
        return _ON_A_PATH_KMH
    if not (math.isnan(limit_kmh) or limit_kmh < 5):
        return min(0.9 * limit_kmh, TOP_KMH[profile])
    two_wheeler_kmh = ROAD_CLASSES[class_number(highway)].speed_kmh
    if profile is Profile.CAR:
        return two_wheeler_kmh * car_share(highway)
    return two_wheeler_kmh


def car_share(highway: str) -> float:
    """A car's speed on a road of this class as a share of a two-wheeler's."""
    return 1.0 if highway in _OUT_OF_TOWN else _CAR_SHARE_IN_TOWN


def walking_kmh(highway: str) -> float:
    """How fast one walks on a way of this class."""
    return 3.6 * (STEPS_MPS if highway == "steps" else WALK_MPS)
