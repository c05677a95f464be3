"""Estimates: where confirmed visits say that an address is, and whether that is worth telling."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from core.geometry import METRES_PER_DEGREE, Floats, LatLon
from geofence.address_points.robust import Bools, Ints, robust_means
from geofence.place import DOOR_M

HABIT_M = 5.0
"""One agent's visits share an error (where the bike is left, which wall reflects the satellites),
so that ten of them are not worth ten. The size of `DOOR_M`, which is the same kind of error."""

LEAST_MOVE_M = 15.0
"""Row houses stand this far apart: to move a point by less changes nobody's door."""

UNLIKELY = 5.99
"""Squared distance in units of the variance per axis that chance exceeds in 5 % of cases
(chi-squared with two degrees of freedom)."""

LONELY_VISITS = 2
"""So many visits of an agent who is alone must agree before a supervisor is asked: one may have
been made from the neighbor's yard."""


@dataclass(frozen=True, slots=True)
class ConfirmedVisit:
    """A visit that an independent fact of the same agent confirms for a customer.

    `sigma_m` is the 1σ error of its center per axis; `confirmed_by` is ``receipt``, ``promise``
    or ``check-in``.
    """

    id: UUID
    address_id: UUID
    agent_id: UUID
    center: LatLon
    sigma_m: float
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class Believed:
    """Where an address is believed to be. `witnesses` vouch for it; a source's point has none."""

    address_id: UUID
    branch_id: UUID
    center: LatLon
    sigma_m: float
    version: int
    witnesses: frozenset[UUID]
    origin: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the visits to an address say it is, `sigma_m` (1σ per axis) surely.

    `agents` are those who agree, ascending; `agreeing` are their visits. `distance_m` is from
    the point that is believed.
    """

    believed: Believed
    center: LatLon
    sigma_m: float
    distance_m: float
    agents: tuple[UUID, ...]
    agreeing: frozenset[UUID]
    visits: tuple[ConfirmedVisit, ...]

    @property
    def is_news(self) -> bool:
        """Whether it differs from what is believed by more than its own error explains and by
        more than a door, is the surer of the two, and rests on more than a chance."""
        return (
            self.distance_m >= LEAST_MOVE_M
            and self.distance_m**2 > UNLIKELY * self.sigma_m**2
            and self.sigma_m < self.believed.sigma_m
            and (len(self.agents) > 1 or len(self.agreeing) >= LONELY_VISITS)
        )

    @property
    def confirms(self) -> bool:
        """Whether agents agree with the believed point, one of whom has not vouched for it yet."""
        spread2 = self.sigma_m**2 + self.believed.sigma_m**2
        agree = self.distance_m**2 <= UNLIKELY * spread2
        return agree and not set(self.agents) <= self.believed.witnesses


def estimates(
    believed: Sequence[Believed], visits: Sequence[ConfirmedVisit]
) -> tuple[Estimate, ...]:
    """An estimate for each address that more than half of its agents (who have a vote) agree on.

    Visits are first put together by agent, then agents by address: one vote for each agent, so
    that who comes often cannot outvote two who come seldom. Each visit's error is widened by the
    door's (an agent stands before it) and each agent's by a habit's.
    """
    at = {b.address_id: n for n, b in enumerate(sorted(believed, key=lambda b: b.address_id))}
    kept = sorted((v for v in visits if v.address_id in at), key=lambda v: (v.address_id, v.id))
    if not kept:
        return ()
    points = sorted(believed, key=lambda b: b.address_id)
    row = np.array([at[v.address_id] for v in kept])
    x, y = _metres(points, row, kept)
    agent = _numbered([(at[v.address_id], v.agent_id) for v in kept])
    variance = np.array([v.sigma_m for v in kept]) ** 2 + DOOR_M**2
    mine = robust_means(agent, x, y, variance)
    # Whose visits do not even agree with each other has no vote.
    steady = 2 * np.bincount(agent, mine.agrees) > np.bincount(agent)
    first = np.unique(agent, return_index=True)[1]
    rows, address = np.unique(row[first][steady], return_inverse=True)
    if not len(rows):
        return ()
    ours = robust_means(address, mine.x[steady], mine.y[steady], mine.variance[steady] + HABIT_M**2)
    has_voted = np.zeros(len(steady), bool)
    has_voted[steady] = ours.agrees
    agreeing = mine.agrees & has_voted[agent]
    carried = 2 * np.bincount(address, ours.agrees) > np.bincount(address)
    return tuple(
        _estimate(
            points[place],
            (float(ours.x[n]), float(ours.y[n]), float(np.sqrt(ours.variance[n]))),
            kept[_span(row, place)],
            agreeing[_span(row, place)],
        )
        for n, place in enumerate(rows.tolist())
        if carried[n]
    )


def _metres(
    points: Sequence[Believed], row: Ints, visits: Sequence[ConfirmedVisit]
) -> tuple[Floats, Floats]:
    """Metres east and north of each visit's own address: no common plane is needed."""
    lat0, lon0 = np.array([p.center for p in points])[row].T
    lat, lon = np.array([v.center for v in visits]).T
    east = (lon - lon0 + 180) % 360 - 180
    return east * METRES_PER_DEGREE * np.cos(np.radians(lat0)), (lat - lat0) * METRES_PER_DEGREE


def _numbered(keys: Sequence[tuple[int, UUID]]) -> Ints:
    """The place of each key among all of them, sorted."""
    place = {key: n for n, key in enumerate(sorted(set(keys)))}
    return np.array([place[key] for key in keys])


def _span(ascending: Ints, value: int) -> slice:
    """Where a value stands in an ascending array."""
    first, behind = np.searchsorted(ascending, [value, value + 1])
    return slice(int(first), int(behind))


def _estimate(
    believed: Believed,
    spot: tuple[float, float, float],
    visits: Sequence[ConfirmedVisit],
    agrees: Bools,
) -> Estimate:
    x, y, sigma_m = spot
    scale = METRES_PER_DEGREE * np.cos(np.radians(believed.center.lat))
    center = LatLon(believed.center.lat + y / METRES_PER_DEGREE, believed.center.lon + x / scale)
    agreeing = [visit for visit, yes in zip(visits, agrees.tolist(), strict=True) if yes]
    return Estimate(
        believed=believed,
        center=LatLon(float(center.lat), float(center.lon)),
        sigma_m=sigma_m,
        distance_m=float(np.hypot(x, y)),
        agents=tuple(sorted({visit.agent_id for visit in agreeing})),
        agreeing=frozenset(visit.id for visit in agreeing),
        visits=tuple(visits),
    )
