"""A round and its stops as the screens show them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from typing_extensions import TypedDict

VERDICTS = ("verified", "probable", "unverified")


class StopStatus(StrEnum):
    """Where a planned visit stands."""

    PLANNED = "planned"
    VISITING = "visiting"
    VERIFIED = "verified"
    PROBABLE = "probable"
    UNVERIFIED = "unverified"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class StopFacts:
    """A stop of today and what happened there. `is_over`: its window or its round has passed."""

    stop_id: str
    case_id: str
    agent_id: str
    seq: int
    lat: float
    lon: float
    radius_m: float
    is_visiting: bool
    visit_verdicts: Sequence[str]
    check_in_verdicts: Sequence[str]
    is_over: bool

    @property
    def status(self) -> StopStatus:
        """A visit that goes on, else the best visit, else the best check-in, else the time."""
        if self.is_visiting:
            return StopStatus.VISITING
        for verdicts in (self.visit_verdicts, self.check_in_verdicts):
            if verdicts:
                return StopStatus(min(verdicts, key=VERDICTS.index))
        return StopStatus.MISSED if self.is_over else StopStatus.PLANNED


class Place(TypedDict):
    """A position in degrees, WGS84."""

    lat: float
    lon: float


class LineString(TypedDict):
    """GeoJSON; positions are ``[lon, lat]``."""

    type: str
    coordinates: list[list[float]]


class Leg(TypedDict):
    """The way to a stop along the streets."""

    distance_m: float
    travel_s: int
    geometry: LineString


class StopView(TypedDict):
    """A planned visit."""

    id: str
    seq: int
    case_id: str
    customer: str
    address: str
    lat: float
    lon: float
    fence_radius_m: float
    arrives_at: datetime
    departs_at: datetime
    window_from: datetime | None
    window_to: datetime | None
    service_s: int
    status: StopStatus
    amount_due_minor: int
    dpd: int
    promise_due: bool
    reason: str
    leg: Leg


class SkippedView(TypedDict):
    """A case that was left out, and why."""

    case_id: str
    customer: str
    reason: str


class RoundView(TypedDict):
    """An agent's plan for the day; `geometry` is the whole way."""

    id: str
    agent_id: str
    day: date
    revision: int
    distance_m: float
    travel_s: int
    start: Place
    end: Place | None
    geometry: LineString
    stops: list[StopView]
    skipped: list[SkippedView]


def line(geojson: str | None) -> LineString:
    """A line from the database's GeoJSON text; without points when there is none."""
    return {
        "type": "LineString",
        "coordinates": json.loads(geojson)["coordinates"] if geojson else [],
    }


def whole_way(legs: Sequence[LineString]) -> LineString:
    """The legs in one line; the point where two of them meet stands in it once."""
    points: list[list[float]] = []
    for leg in legs:
        repeated = points and leg["coordinates"] and points[-1] == leg["coordinates"][0]
        points += leg["coordinates"][1:] if repeated else leg["coordinates"]
    return {"type": "LineString", "coordinates": points}


def fences(stops: Sequence[StopFacts]) -> dict[str, Any]:
    """Today's stops as a GeoJSON FeatureCollection of points."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [stop.lon, stop.lat]},
                "properties": {
                    "stop_id": stop.stop_id,
                    "case_id": stop.case_id,
                    "agent_id": stop.agent_id,
                    "seq": stop.seq,
                    "status": stop.status,
                    "radius_m": stop.radius_m,
                },
            }
            for stop in stops
        ],
    }
