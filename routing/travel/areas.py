"""Addresses of which only the neighborhood is known: planned as areas, until a visit pins them.

Whoever goes to an area rides to the street point nearest to its middle, leaves the vehicle there,
and asks for the house. The mean distance from the middle of a disk to a point anywhere in it is two
thirds of its radius; that is walked there and back, and asking takes `ASK_S`. The time grows with
the radius and not with its square: who asks is sent to the house, and does not comb the area.
"""

from dataclasses import dataclass

from routing.travel.doors import DETOUR
from streets.profile import WALK_MPS

ASK_S = 180
"""To ask a shopkeeper and a neighbor."""

LONGEST_SEARCH_S = 1800
"""Who has not found the house in half an hour comes back with a better address."""

AREA_RADIUS_M = 400.0
"""Of an address that is known by its landmark or quarter only, when nothing tells more."""

STREET_SPREAD_M = 150.0
"""A place on the right street is a point while the house is at most this far along it."""

LEAST_RADIUS_M, LARGEST_RADIUS_M = 100.0, 2_000.0


@dataclass(frozen=True, slots=True)
class Area:
    """A disk that holds an address. `name` is what people call it."""

    radius_m: float
    name: str

    @property
    def search_s(self) -> int:
        """Seconds of service to find the house, on top of the visit."""
        return search_s(self.radius_m)

    @property
    def text(self) -> str:
        """For the stop."""
        return f"area, about {_rounded_m(self.radius_m)} around {self.name}: pin it at the visit"


@dataclass(frozen=True, slots=True)
class KnownOf:
    """What is known of where an address is.

    `quality` is the geocode's (None: not geocoded), `spread_m` how far the geocoder said the truth
    may be from its point, `is_pinned` whether a visit, a supervisor or a drawn polygon has placed
    it since. `pincode_radius_m` is what holds most of the known addresses of its pin code, None
    where too few are known.
    """

    line: str
    locality: str | None
    pincode: str | None
    quality: str | None
    spread_m: float | None
    is_pinned: bool
    pincode_radius_m: float | None


def area_of(known: KnownOf) -> Area | None:
    """The area that an address is planned as, None for a point."""
    if known.is_pinned or known.quality == "rooftop":
        return None
    if known.quality == "street":
        if known.spread_m is None or known.spread_m <= STREET_SPREAD_M:
            return None
        return Area(_within(known.spread_m), known.line)
    if known.quality == "area":
        return Area(_within(known.spread_m or AREA_RADIUS_M), known.locality or known.line)
    return Area(_within(known.pincode_radius_m or AREA_RADIUS_M), f"pin code {known.pincode}")


def search_s(radius_m: float) -> int:
    """``ASK_S + 2 · ⅔ radius · DETOUR / walking speed``, at most `LONGEST_SEARCH_S`."""
    walked_m = 2 * (2 / 3) * radius_m * DETOUR
    return min(round(ASK_S + walked_m / WALK_MPS), LONGEST_SEARCH_S)


def _within(radius_m: float) -> float:
    return min(max(radius_m, LEAST_RADIUS_M), LARGEST_RADIUS_M)


def _rounded_m(radius_m: float) -> str:
    if radius_m >= 1_000:
        return f"{radius_m / 1_000:.1f} km"
    return f"{round(radius_m, -1 if radius_m < 200 else -2):.0f} m"
