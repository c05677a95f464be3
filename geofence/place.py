"""Places: at which door a stay was, or at none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from core.geometry import Floats, LocalPlane
from geofence.fence import Fence
from geofence.footprint import Footprint, footprint_of
from geofence.polygon import Polygon
from geofence.stays import Stay

DOOR_M = 5.0
"""An agent stands before the door, and the phone beside a body: this much (1σ) stays unknown."""

RADII_PER_SIGMA = 5.0
"""A fence holds the plot, the phone's error and the geocode's; the last alone (1σ per axis) is a
fifth of the radius: 10 m for a rooftop, 20 m for a street, 30 m for a quarter. Comparisons of
geocoders with surveyed doors find medians of some ten metres for buildings and several tens for
interpolated streets (e.g. Zandbergen 2008), a median being 1.2 σ."""

TAIL_SHARE, TAIL_VARIANCE = 0.15, 5.0
"""One in seven is off by more than twice of what its quality says, in each such study: the other
side of the road, the old number, a phone that was fooled for a whole visit."""

BLOCK_M2 = np.pi * 90.0**2
PAUSES_PER_M2 = 1.0 / BLOCK_M2
"""How dense stays are that are no visit. Lights, tea, fuel, meals and waiting at the corner happen
about as often as visits, and where agents work: within a block (90 m) of some customer."""

ON_OWN_GROUND = 0.05
"""On premises that somebody drew, who stands there *is* at the customer's: of a block's pauses one
in twenty (waiting at the gate) remains, however large the ground."""

SAME_POINT = 1e6
"""Geocodes equal to a millionth of a degree (0.1 m) are one point: one house, many customers."""


SOON_S = 3_600.0
SOON_AGAIN = 0.2
"""How likely a customer just visited is to be visited again within the hour, compared with one
who was not. Forgotten papers and fetched money happen; they are the exception."""


@dataclass(frozen=True, slots=True)
class Priors:
    """What is believed before any ping. All of it is weak on purpose.

    `planned` and `other` are the chances that a planned customer, and another one, is visited;
    their ratio (five) is overruled by some 25 m of distance under a good sky. `checked_in`
    multiplies the odds of a customer for whom the agent checked in by hand during the stay: where
    one check-in in ten were false, that is what the word would be worth. It never makes a visit
    verified (`verdict.UNVOUCHED`). On a day without any plan each customer has the chance
    `unknown`.
    """

    planned: float = 0.75
    other: float = 0.15
    unknown: float = 0.35
    checked_in: float = 10.0


@dataclass(frozen=True, slots=True)
class ManualCheckIn:
    """The agent's word: a check-in at a fence, at an epoch second by the phone's clock."""

    fence_id: UUID
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Points with one or more fences each; parallel, x and y in metres on the plane.

    `footprints` are those places, by their number, that are premises with a shape. `own` are the
    places whose point rests on the visits of the agent in question alone.
    """

    fence_ids: tuple[tuple[UUID, ...], ...]
    x: Floats
    y: Floats
    variance: Floats
    chance: Floats
    footprints: Mapping[int, Footprint] = field(default_factory=dict)
    own: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.fence_ids)

    def distance_m(self, place: int, x: float, y: float) -> float:
        """Metres from a place's point; from its ground where it has a shape, 0 inside."""
        ground = self.footprints.get(place)
        if ground is not None:
            return ground.distance_m(x, y)
        return float(np.hypot(x - self.x[place], y - self.y[place]))


def places_of(
    fences: Sequence[Fence],
    planned: Collection[UUID],
    plane: LocalPlane,
    priors: Priors,
    agent_id: UUID | None = None,
) -> Places:
    """The places of these fences; fences that share a point are one place, planned if one is.

    So are those with the same polygon. `agent_id` is whose visits are looked for: a place is the
    agent's own where nobody else vouches for one of its fences, lest a pin borrow a neighbor.
    """
    at: dict[tuple[int, int] | Polygon, list[Fence]] = {}
    for fence in sorted(fences, key=lambda f: f.id):
        point = (round(fence.center.lat * SAME_POINT), round(fence.center.lon * SAME_POINT))
        at.setdefault(fence.polygon or point, []).append(fence)
    groups = list(at.values())
    lat, lon = np.array([group[0].center for group in groups]).reshape(-1, 2).T
    x, y = plane.xy(lat, lon)
    radius_m = np.array([min(f.radius_m for f in group) for group in groups])
    has_plan = np.array([any(f.id in planned for f in group) for group in groups], bool)
    return Places(
        tuple(tuple(f.id for f in group) for group in groups),
        x,
        y,
        (radius_m / RADII_PER_SIGMA) ** 2 + DOOR_M**2,
        np.where(has_plan, priors.planned, priors.other if planned else priors.unknown),
        {n: footprint_of(f.polygon, plane) for n, (f, *_) in enumerate(groups) if f.polygon},
        frozenset(n for n, group in enumerate(groups) if _has_own(group, agent_id)),
    )


def _has_own(group: Sequence[Fence], agent_id: UUID | None) -> bool:
    return agent_id is not None and any(
        f.sole_witness == agent_id and f.polygon is None for f in group
    )


def evidence(
    places: Places, stays: Sequence[Stay], check_ins: Sequence[ManualCheckIn], priors: Priors
) -> Floats:
    """How strongly each stay speaks for each place, shape (stays, places), per m².

    The chance of the place × the density of finding the stay's center there: normal with a wide
    tail, with the errors of the center, the geocode and the door; on drawn premises uniform,
    blurred by the errors of the center and the door. For a stay that rests on a single ping it
    counts only as far as the ping is likely to be one of a stay at all (`Stay.trust`). What it is
    to be weighed against is `PAUSES_PER_M2`.
    """
    x, y, _, error_m = np.array([stay.spot for stay in stays]).T[:, :, None]
    spread = error_m**2 + places.variance
    off2 = (x - places.x) ** 2 + (y - places.y) ** 2
    trust = np.array([[stay.trust] for stay in stays])
    vouched = trust * places.chance * _vouched(places, stays, check_ins, priors)
    usual = (1 - TAIL_SHARE) * np.exp(-off2 / (2 * spread))
    wide = TAIL_SHARE / TAIL_VARIANCE * np.exp(-off2 / (2 * TAIL_VARIANCE * spread))
    density = (usual + wide) / (2 * np.pi * spread)
    for place, ground in places.footprints.items():
        density[:, place] = ground.density(*_seen(stays))
    strength: Floats = vouched * density
    return strength


def _seen(stays: Sequence[Stay]) -> tuple[Floats, Floats, Floats]:
    """Where the centers of stays are, and the variance with which they show where the agent was."""
    x, y, _, error_m = np.array([stay.spot for stay in stays]).T
    return x, y, error_m**2 + DOOR_M**2


def _pauses(places: Places, stays: Sequence[Stay]) -> Floats:
    """How dense pauses are around each stay (per m², a column): fewer on drawn premises."""
    dense = np.full((len(stays), 1), PAUSES_PER_M2)
    for ground in places.footprints.values():
        left = ON_OWN_GROUND * min(1.0, BLOCK_M2 / ground.area_m2)
        dense[:, 0] *= 1 - (1 - left) * ground.inside(*_seen(stays))
    return dense


def posteriors(
    places: Places, stays: Sequence[Stay], check_ins: Sequence[ManualCheckIn], priors: Priors
) -> Floats:
    """The probability of each place for each stay, shape (stays, places), by Bayes.

    What a row lacks of 1 is the probability of no place at all. To the evidence comes how usual
    the stay's length is for a visit, and that other stays within the hour, as far as they were
    at a place, leave less chance for it: of two neighbors visited one after the other, the
    clear case decides the doubtful one.
    """
    dwell_s = np.array([[stay.dwell_s] for stay in stays])
    visits = _visit_likeness(dwell_s) * evidence(places, stays, check_ins, priors)
    began, ended = np.array([(stay.began_at, stay.ended_at) for stay in stays]).T
    between_s = np.maximum(began[:, None] - ended, began - ended[:, None])
    others = (between_s <= SOON_S) & ~np.eye(len(stays), dtype=bool)
    others &= np.array([stay.closed for stay in stays])  # one that goes on grows with each ping
    pauses = _pauses(places, stays)
    unvisited = np.log1p((SOON_AGAIN - 1) * _shares(visits, pauses))
    return _shares(visits * np.exp(others @ unvisited), pauses)


def _shares(visits: Floats, pauses: Floats) -> Floats:
    share: Floats = visits / (pauses + visits.sum(axis=1, keepdims=True))
    return share


def _vouched(
    places: Places, stays: Sequence[Stay], check_ins: Sequence[ManualCheckIn], priors: Priors
) -> Floats:
    factor = np.ones((len(stays), len(places)))
    if not check_ins:
        return factor
    column = {fence: i for i, ids in enumerate(places.fence_ids) for fence in ids}
    for claim in check_ins:
        if claim.fence_id not in column:
            continue
        for row, stay in enumerate(stays):
            if made_during(claim, stay):
                factor[row, column[claim.fence_id]] = priors.checked_in
    return factor


def made_during(claim: ManualCheckIn, stay: Stay) -> bool:
    """Whether a check-in was made during a stay, or within two minutes of it."""
    return stay.began_at - 120 <= claim.at_s <= stay.ended_at + 120


def _visit_likeness(dwell_s: Floats) -> Floats:
    """How much more usual a length is for a visit than for a pause, from 1/20 to e.

    Visits: seven minutes in the middle, two thirds within a factor of 2.5. Pauses: half are
    waits at lights and corners (a minute on average; signal cycles hardly exceed two), half
    tea, fuel and meals (a quarter of an hour, widely spread). The limits keep a length from
    ever being proof: short visits find nobody home, long ones are center meetings.
    """
    visit = _log_normal(dwell_s, 420.0, 0.9)
    pause = 0.5 * np.exp(-dwell_s / 60.0) / 60.0 + 0.5 * _log_normal(dwell_s, 900.0, 1.0)
    return np.clip(visit / pause, 0.05, np.e)


def _log_normal(value: Floats, median: float, spread: float) -> Floats:
    z = np.log(value / median) / spread
    density: Floats = np.exp(-z * z / 2) / (value * spread * np.sqrt(2 * np.pi))
    return density
