"""Check-ins that were made on the way: the phone was riding past, and nobody stayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from geofence.spoofing.phone_day import PhoneDay

AROUND_S = 60.0
RIDING_MPS = 2.5
"""Faster than people walk with papers in their hands; over a minute it is 150 m, more than a
phone's error moves a fix."""

COARSEST_M = 100.0
NO_STAY_S = 600.0
"""Who checks in at the corner is at the door ten minutes later, and so is a clock that is off."""

FEWEST = 2
"""Pings on each side of the check-in: fewer do not show a ride."""


@dataclass(frozen=True, slots=True)
class CheckInClaim:
    """A check-in: when (epoch s, by the phone's clock), of which case."""

    id: UUID
    case_id: UUID
    at_s: float


@dataclass(frozen=True, slots=True)
class Stay:
    """A visit that pings prove: from when to when (epoch s), and whose cases are there."""

    began_s: float
    ended_s: float
    case_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """A check-in that was made while riding; the straight pace before and after it."""

    check_in: CheckInClaim
    before_mps: float
    after_mps: float


def on_the_way(
    day: PhoneDay, check_ins: Sequence[CheckInClaim], stays: Sequence[Stay]
) -> list[OnTheWay]:
    """The check-ins during which the phone rode, a minute before as well as a minute after, and
    whose customer was not met within ten minutes. `day` is in order.

    An agent who brakes and taps at once rides before but not after; one who taps and rides off has
    been there. Coarse fixes are not asked.
    """
    fine = ~(day.accuracy_m > COARSEST_M)
    t_s, lat, lon = day.t_s[fine], day.lat[fine], day.lon[fine]
    order = np.argsort(t_s, kind="stable")
    t_s, lat, lon = t_s[order], lat[order], lon[order]
    found = []
    for claim in check_ins:
        if any(_near(stay, claim) for stay in stays if claim.case_id in stay.case_ids):
            continue
        before = _pace(t_s, lat, lon, claim.at_s - AROUND_S, claim.at_s)
        after = _pace(t_s, lat, lon, claim.at_s, claim.at_s + AROUND_S)
        if min(before, after) >= RIDING_MPS:
            found.append(OnTheWay(claim, before, after))
    return found


def _near(stay: Stay, claim: CheckInClaim) -> bool:
    return stay.began_s - NO_STAY_S <= claim.at_s <= stay.ended_s + NO_STAY_S


def _pace(t_s: Floats, lat: Floats, lon: Floats, begin_s: float, end_s: float) -> float:
    """The straight pace over a time, 0 where fewer than two pings half a minute apart show it."""
    first, end = np.searchsorted(t_s, (begin_s, end_s + 1e-6))
    if end - first < FEWEST or t_s[end - 1] - t_s[first] < AROUND_S / 2:
        return 0.0
    rows = [first, end - 1]
    x, y = LocalPlane(LatLon(float(lat[first]), float(lon[first]))).xy(lat[rows], lon[rows])
    return float(np.hypot(x[1] - x[0], y[1] - y[0]) / (t_s[end - 1] - t_s[first]))
