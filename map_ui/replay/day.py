"""A day as the replay shows it: pings as columns, what happened at which second, the plan."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from core.geometry import Floats, LatLon
from map_ui.trail_view import figures, gap_view, stop_view
from routing.underway.days.actual import Comparison
from tracking.trails.day_report import WorkingAgent
from tracking.trails.trail import Trail


@dataclass(frozen=True, slots=True)
class Payment:
    """A receipt of the day; `place` is where the phone was, None where it did not say."""

    id: UUID
    taken_at: datetime
    amount_minor: int
    mode: str
    customer: str
    place: LatLon | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The day's last plan: its way as a GeoJSON geometry."""

    revision: int
    distance_m: float
    way: dict[str, Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class ReplayedDay:
    """All that a replay needs. `places` are those of the cases planned or visited."""

    agent: WorkingAgent
    day: date
    currency: str
    trail: Trail
    plan: Plan | None
    comparison: Comparison
    places: dict[UUID, LatLon]
    payments: tuple[Payment, ...]


def replay_view(found: ReplayedDay) -> dict[str, Any]:
    """The day as JSON. Pings are columns of equal length: `t_s` are seconds after `begins_at`,
    `lat` and `lon` degrees, `accuracy_m` meters or null. Pings of one of the `stretches` (first
    and last row) follow each other without a gap."""
    trail, comparison = found.trail, found.comparison
    begins_s = float(trail.t_s[0]) if len(trail.t_s) else None
    return {
        "agent_id": str(found.agent.id),
        "agent": found.agent.name,
        "branch": found.agent.branch,
        "day": found.day,
        "zone": found.agent.zone,
        "currency": found.currency,
        "begins_s": begins_s,
        "pings": {
            "t_s": _rounded(trail.t_s - (begins_s or 0.0), 2),
            "lat": _rounded(trail.lat, 6),
            "lon": _rounded(trail.lon, 6),
            "accuracy_m": [None if a != a else a for a in _rounded(trail.accuracy_m, 1)],  # noqa: PLR0124 not a number is unknown
        },
        "stretches": [list(each) for each in trail.stretches],
        "figures": figures(trail.summary),
        "stops": [{**stop_view(stop), "lat": stop.lat, "lon": stop.lon} for stop in trail.stops],
        "gaps": [gap_view(gap) for gap in trail.gaps],
        "plan": None if found.plan is None else _plan(found.plan),
        "counts": {
            "planned": comparison.planned,
            "made": comparison.made,
            "missed": comparison.missed,
            "unplanned": comparison.unplanned,
            "in_order": comparison.in_order,
        },
        "visits": [
            {
                "case_id": str(visit.case_id),
                "customer": visit.customer,
                "planned_nth": visit.planned_nth,
                "planned_at": visit.planned_at,
                "began_at": visit.began_at,
                "late_s": visit.late_s,
                "dwell_s": visit.dwell_s,
                "verdict": visit.verdict,
                **_at(found.places.get(visit.case_id)),
            }
            for visit in comparison.stops
        ],
        "payments": [
            {
                "id": str(payment.id),
                "taken_at": payment.taken_at,
                "amount_minor": payment.amount_minor,
                "mode": payment.mode,
                "customer": payment.customer,
                **_at(payment.place),
            }
            for payment in found.payments
        ],
    }


def _rounded(column: Floats, digits: int) -> list[float]:
    rounded: list[float] = np.round(column, digits).tolist()
    return rounded


def _plan(plan: Plan) -> dict[str, Any]:
    return {"revision": plan.revision, "distance_m": round(plan.distance_m), "way": plan.way}


def _at(place: LatLon | None) -> dict[str, float | None]:
    return {"lat": place.lat if place else None, "lon": place.lon if place else None}
