"""A round while it is ridden: what is known of it, and what a look at it finds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from core.geometry import LatLon


class StopToCome(msgspec.Struct, frozen=True):
    """A stop that an agent has still to make, or is at. Times in seconds since the epoch.

    `left_s` is the planned departure from the stop before; `closes_s` the latest begin, by the
    customer's window and the contact hours; `is_passed`: a later stop was made before it.
    """

    id: UUID
    seq: int
    case_id: UUID | None
    arrives_s: float
    begins_s: float
    left_s: float | None
    service_s: float
    travel_s: float
    opens_s: float | None
    closes_s: float
    has_window: bool
    lat: float
    lon: float
    is_here: bool
    here_s: float | None
    is_gone: bool
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Ride:
    """An agent's round in force and how far it is. Times in seconds since the epoch, None unknown.

    `ready_s` is when an agent who said to be late can go on; `left_s` when the last visit ended.
    `added` were given to the agent since the round was planned, `urgent` are those of them that
    cannot wait.
    """

    agent_id: UUID
    agent: str
    branch_id: UUID
    round_id: UUID
    day: date
    zone: str
    planned_at: datetime
    branch_at: LatLon | None
    home: LatLon | None
    position: LatLon | None
    begins_s: float
    shift_ends_s: float
    rests: tuple[tuple[float, float], ...]
    seen_s: float | None
    ready_s: float | None
    left_s: float | None
    stops: tuple[StopToCome, ...]
    done: tuple[UUID, ...]
    added: tuple[UUID, ...]
    urgent: tuple[UUID, ...]
    left_out: int
    has_offer: bool
    considered: str | None
    considered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What a look at a round found: expected times of its stops as JSON values, how late it is."""

    agent_id: UUID
    branch_id: UUID
    round_id: UUID
    ends_at: datetime
    late_s: int
    stops: tuple[dict[str, Any], ...]
