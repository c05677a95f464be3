"""A round and its stops as the screens show them."""

import hashlib
import json
from collections.abc import Callable, Sequence
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


class MapLinks(TypedDict):
    """Where to tap for directions: RFC 5870, Android's form with a label, and three map apps."""

    geo: str
    android: str
    google: str
    apple: str
    osmand: str


class StopView(TypedDict):
    """A planned visit. `geocode_quality` tells how sure the place is (None: never geocoded); with
    `needs_pin` it is not the customer's door, and the first visit should pin it."""

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
    slack_s: int | None
    factors: list[dict[str, Any]]
    geocode_quality: str | None
    needs_pin: bool
    links: MapLinks
    leg: Leg


class DepositView(TypedDict):
    """A planned deposit; `seq` counts it among the stops, `amount_minor` is what it would be."""

    id: str
    seq: int
    deposit_point_id: str
    name: str
    kind: str
    lat: float
    lon: float
    arrives_at: datetime
    begins_at: datetime
    departs_at: datetime
    slack_s: int | None
    amount_minor: int
    reason: str
    leg: Leg


class BreakView(TypedDict):
    """A planned rest."""

    begins_at: datetime
    length_s: int


class ChangeView(TypedDict):
    """A change that helps; docs/rounds.md says what `amount` counts for each kind."""

    kind: str
    amount: int
    window_from: datetime | None
    window_to: datetime | None
    needs: list[str]
    instead_of: str | None


class SkippedView(TypedDict):
    """A case that was left out, why, and what would change that: `would_help` in words, `remedies`
    as data, each of them changes that do it together."""

    case_id: str
    customer: str
    reason: str
    code: str
    amount: int
    would_help: str
    remedies: list[list[ChangeView]]


class RoundView(TypedDict):
    """An agent's plan for the day; `geometry` is the whole way.

    `baseline_travel_s` and `baseline_distance_m` are the way to the same visits in the order of
    their urgency. `notes` say what stood in the way of a better round.
    """

    id: str
    agent_id: str
    day: date
    revision: int
    distance_m: float
    travel_s: int
    baseline_distance_m: float | None
    baseline_travel_s: int | None
    start: Place
    end: Place | None
    geometry: LineString
    way_back: LineString
    stops: list[StopView]
    deposits: list[DepositView]
    breaks: list[BreakView]
    skipped: list[SkippedView]
    notes: list[str]


def told_round(view: RoundView, tell: Callable[[str], str]) -> RoundView:
    """The round with its sentences as `tell` has them: why each stop, why not each other case, and
    what would change that."""
    return view | {
        "stops": [
            stop
            | {
                "reason": tell(stop["reason"]),
                "factors": [
                    factor | {"because": tell(factor["because"])} if "because" in factor else factor
                    for factor in stop["factors"]
                ],
            }
            for stop in view["stops"]
        ],
        "deposits": [each | {"reason": tell(each["reason"])} for each in view["deposits"]],
        "skipped": [
            each | {"reason": tell(each["reason"]), "would_help": tell(each["would_help"])}
            for each in view["skipped"]
        ],
        "notes": [tell(note) for note in view["notes"]],
    }


def skipped_view(stored: dict[str, Any]) -> SkippedView:
    """A skipped case as it was stored; older rounds knew the words of the reason only."""
    return {
        "case_id": stored["case_id"],
        "customer": stored["customer"],
        "reason": stored["reason"],
        "code": stored.get("code", "unknown"),
        "amount": stored.get("amount", 0),
        "would_help": stored.get("would_help", ""),
        "remedies": stored.get("remedies", []),
    }


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


def tag(round_id: str, revision: int, stops: Sequence[Any]) -> str:
    """A strong entity tag of a round: the same as long as nothing that is shown has changed.

    `stops` are JSON values of what is shown of each stop but its way, which never changes.
    """
    said = json.dumps([round_id, revision, stops], separators=(",", ":"), default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def needs_pin(quality: str | None) -> bool:
    """Whether the place is a street or an area rather than a door."""
    return quality not in ("rooftop", "pinned")


def round_geojson(round_: RoundView) -> dict[str, Any]:
    """A round as a GeoJSON FeatureCollection (RFC 7946): the way to each stop, then the stops, with
    the same properties as in the round; last the way back."""
    features: list[dict[str, Any]] = []
    for stop in round_["stops"]:
        properties = {key: value for key, value in stop.items() if key not in ("leg", "lat", "lon")}
        leg = {"distance_m": stop["leg"]["distance_m"], "travel_s": stop["leg"]["travel_s"]}
        features.append(
            {
                "type": "Feature",
                "id": f"{stop['id']}/way",
                "geometry": stop["leg"]["geometry"],
                "properties": {"kind": "way", "seq": stop["seq"], "stop_id": stop["id"], **leg},
            }
        )
        features.append(
            {
                "type": "Feature",
                "id": stop["id"],
                "geometry": {"type": "Point", "coordinates": [stop["lon"], stop["lat"]]},
                "properties": {"kind": "stop", **properties},
            }
        )
    if round_["way_back"]["coordinates"]:
        features.append(
            {
                "type": "Feature",
                "id": f"{round_['id']}/way-back",
                "geometry": round_["way_back"],
                "properties": {"kind": "way_back"},
            }
        )
    own = {key: round_[key] for key in ("id", "agent_id", "day", "revision", "distance_m",
                                        "travel_s", "skipped")}  # fmt: skip
    return {"type": "FeatureCollection", **own, "features": features}
