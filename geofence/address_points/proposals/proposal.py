"""Proposals: what became of one, and whether an estimate is worth another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.geometry import LatLon, distance_m
from geofence.address_points.estimate import UNLIKELY, Estimate

OPEN, ACCEPTED, REJECTED, OUTDATED = "open", "accepted", "rejected", "outdated"
"""`OUTDATED`: the address has moved since, or a newer proposal stands."""


@dataclass(frozen=True, slots=True)
class Former:
    """The newest proposal for an address. `state` is as above; `base_version` is the point that
    it was compared with."""

    center: LatLon
    sigma_m: float
    agents: tuple[UUID, ...]
    base_version: int
    state: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as supervisors see it; `believed` is the point that holds now."""

    id: UUID
    branch_id: UUID
    address_id: UUID
    zone: str
    customer: str
    line: str
    base_version: int
    location: LatLon
    sigma_m: float
    quality: str
    distance_m: float
    agents: tuple[UUID, ...]
    agent_names: tuple[str, ...]
    visits: int
    proposed_at: datetime
    state: str
    believed: LatLon
    believed_origin: str
    believed_sigma_m: float
    reviewed_by: str | None
    reviewed_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A visit that a proposal rests on. `confirmed_by` is ``receipt``, ``promise``, ``check-in``;
    `agrees` is whether it lies where the others do."""

    visit_id: UUID
    agent_id: UUID
    agent: str
    location: LatLon
    sigma_m: float
    began_at: datetime
    verdict: str
    confirmed_by: str
    agrees: bool


def is_worth_proposing(estimate: Estimate, former: Former | None) -> bool:
    """Whether supervisors should be asked, given what they were asked last.

    What they did not want (rejected, or accepted and then undone) is proposed again only with a
    witness who was not among those, or at another place. An open proposal is replaced when its
    witnesses change or it moves by more than its error.
    """
    if not estimate.is_news:
        return False
    if former is None or former.state == OUTDATED:
        return True
    apart2 = distance_m(former.center, estimate.center) ** 2
    if former.state == OPEN:
        return estimate.agents != former.agents or apart2 > estimate.sigma_m**2
    elsewhere = apart2 > UNLIKELY * (estimate.sigma_m**2 + former.sigma_m**2)
    return elsewhere or not set(estimate.agents) <= set(former.agents)
