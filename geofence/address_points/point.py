"""The points that an address has had, and what a pin makes of one that had none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.fix import Fix
from core.geometry import LatLon
from geofence.fence import GeocodeQuality, radius_for
from geofence.place import DOOR_M, RADII_PER_SIGMA
from geofence.verdict import CEILING, Level, Reason
from tracking.accuracy import sigma_m

SOURCE, PINNED, ACCEPTED, CONFIRMED, DRAWN = "source", "pinned", "accepted", "confirmed", "drawn"
"""Where a point comes from: the source or its geocoder, an agent's pin, a proposal that a
supervisor accepted, a second agent who agrees, or the middle of a polygon where nothing else was
known."""


@dataclass(frozen=True, slots=True)
class PointVersion:
    """A point that an address has or had. Version 0 is the source's own, as it stands today.

    `sigma_m` is its 1σ error per axis, `agents` are those whose visits vouch for it.
    """

    version: int
    origin: str
    location: LatLon
    sigma_m: float
    agents: tuple[UUID, ...]
    made_at: datetime | None
    made_by: UUID | None
    proposal_id: UUID | None
    note: str | None

    @property
    def sole_witness(self) -> UUID | None:
        """The one agent on whose visits alone it rests, if there is one."""
        return self.agents[0] if len(self.agents) == 1 else None


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address with its fence: which point holds (`version`) and all that it has had, the
    newest first. `source` is None where the source has none; it is never written here."""

    address_id: UUID
    branch_id: UUID
    zone: str
    line: str
    customer: str
    version: int
    source: PointVersion | None
    history: tuple[PointVersion, ...]

    def find(self, version: int) -> PointVersion | None:
        """One of its points by version."""
        if version == 0:
            return self.source
        return next((point for point in self.history if point.version == version), None)


LEAST_RADIUS_M = 25.0
"""However well the door is known, who stands before it is seen within three times 8 m."""


def radius_of(sigma_m: float) -> float:
    """The radius in metres of a fence around a point known to `sigma_m` (1σ per axis).

    As many sigmas as the radii of geocodes have, from 25 m to what an area has.
    """
    widest_m = radius_for(GeocodeQuality.AREA)
    return min(max(RADII_PER_SIGMA * sigma_m, LEAST_RADIUS_M), widest_m)


def quality_of(sigma_m: float) -> GeocodeQuality:
    """The geocode quality that a point known to `sigma_m` (1σ per axis) is as good as."""
    finest_first = sorted(GeocodeQuality, key=radius_for)
    fits = (q for q in finest_first if RADII_PER_SIGMA * sigma_m <= radius_for(q))
    return next(fits, GeocodeQuality.AREA)


def pin_sigma_m(fix: Fix) -> float:
    """The 1σ error per axis of an address pinned with this fix: the phone's and the door's."""
    return float((sigma_m(fix.accuracy_m) ** 2 + DOOR_M**2) ** 0.5)


def is_usable(reasons: tuple[Reason, ...]) -> bool:
    """Whether a fix with these doubts about it may say where an address is."""
    return all(CEILING[reason.code] is not Level.UNVERIFIED for reason in reasons)
