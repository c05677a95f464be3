"""Where a receipt was taken: what the phone's fix says, and what is odd about it.

Money that was taken is real wherever that was, so nothing here refuses it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.fix import Fix
from core.geometry import LatLon, distance_m

FRESH_S = 120.0
"""A fix further than this from the receipt says little: a minute's walk is 80 m."""

COARSE_M = 100.0
"""Above this a fix comes from cell towers or Wi-Fi and cannot tell one street from the next."""

NO_FIX, FIX_STALE, FIX_COARSE = "no_fix", "fix_stale", "fix_coarse"
MOCK_LOCATION, FAR_FROM_CUSTOMER = "mock_location", "far_from_customer"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the customer is to be met: the center and the radius of the fence."""

    center: LatLon
    radius_m: float


@dataclass(frozen=True, slots=True)
class Place:
    """How far from the customer a receipt was taken, if that is known, and what is odd."""

    distance_m: float | None
    flags: tuple[str, ...]


class NoFix(StrEnum):
    """Why a phone knows of no place; its values are flags of the receipt."""

    DENIED = "location_denied"
    UNAVAILABLE = "location_unavailable"
    NOT_YET = "location_not_yet"


def place_of(
    fix: Fix | None, taken_at: datetime, door: Door | None, why_none: NoFix | None = None
) -> Place:
    """The place of a receipt taken at `taken_at`; `door` is None for an address not on the map,
    `why_none` is what the phone says where it has no fix."""
    if fix is None:
        return Place(None, (NO_FIX, why_none.value) if why_none else (NO_FIX,))
    away_m = distance_m(door.center, fix.position) if door else None
    odd = {
        FIX_STALE: abs((taken_at - fix.captured_at).total_seconds()) > FRESH_S,
        FIX_COARSE: fix.accuracy_m is not None and fix.accuracy_m > COARSE_M,
        MOCK_LOCATION: fix.mock,
        FAR_FROM_CUSTOMER: door is not None and away_m is not None and away_m > door.radius_m,
    }
    return Place(away_m, tuple(flag for flag, holds in odd.items() if holds))
