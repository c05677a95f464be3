"""What is to be judged: an agent's day, with what it is held against."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from core.geometry import LatLon
from geofence.gaming.away import ReceiptClaim
from geofence.gaming.on_the_way import CheckInClaim, Stay


@dataclass(frozen=True, slots=True)
class DayToJudge:
    """A working day of an agent, from `begin` to `end`; `is_over` when nothing more is awaited."""

    agent_id: UUID
    branch_id: UUID
    day: date
    begin: datetime
    end: datetime
    is_over: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time of an agent."""

    agent_id: UUID
    begin: datetime
    end: datetime


@dataclass(slots=True)
class Claims:
    """What an agent reported on a day, what pings prove of it, and where the doors are."""

    doors: list[LatLon] = field(default_factory=list)
    check_ins: list[CheckInClaim] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    receipts: list[ReceiptClaim] = field(default_factory=list)
