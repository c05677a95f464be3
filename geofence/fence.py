"""Fences: where a customer's door is believed to be, and how far around it counts as there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from core.geometry import LatLon, distance_m
from geofence.polygon import Polygon, outside_m


class GeocodeQuality(StrEnum):
    """How finely an address was found: the building, its street, or its quarter."""

    ROOFTOP = "rooftop"
    STREET = "street"
    AREA = "area"


_RADIUS_M = {
    GeocodeQuality.ROOFTOP: 50.0,
    GeocodeQuality.STREET: 100.0,
    GeocodeQuality.AREA: 150.0,
}


@dataclass(frozen=True, slots=True)
class Fence:
    """Where a customer is to be met: a circle, or instead of it the polygon of the premises.

    `radius_m` is positive. `center` is the point that is believed, whatever the polygon.
    `sole_witness` is the one agent on whose visits alone that point rests, if there is one.
    """

    id: UUID
    center: LatLon
    radius_m: float
    polygon: Polygon | None = None
    sole_witness: UUID | None = None


class Bounds(NamedTuple):
    """A box in degrees. Beside the antimeridian `west` or `east` runs past ±180."""

    south: float
    west: float
    north: float
    east: float


def radius_for(quality: GeocodeQuality) -> float:
    """The radius in metres of a fence around an address of this quality.

    A rooftop geocode leaves the size of a plot and the phone's own error; a street geocode may
    be half a block off; an area needs whatever its first visit will pin down.
    """
    return _RADIUS_M[quality]


def distance_outside_m(fence: Fence, position: LatLon) -> float:
    """Metres from the fence's edge to a position outside it; 0 inside and on the edge."""
    if fence.polygon is not None:
        return outside_m(fence.polygon, position)
    return max(0.0, distance_m(fence.center, position) - fence.radius_m)
