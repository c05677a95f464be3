"""What can be said of a day that runs, and what makes it something to plan with."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.errors import InvalidField
from core.said import say


class Kind(StrEnum):
    """What is said."""

    LATE = "late"
    """Nothing can be done before `at`."""
    STOPS_EARLY = "stops_early"
    """The shift ends at `at`."""
    CASE_ADDED = "case_added"
    HALF_SHIFT_SWAPPED = "half_shift_swapped"


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Something said of an agent's day. `id` is the teller's own; `body_hash` tells repeats."""

    id: UUID
    agent_id: UUID
    kind: Kind
    at: datetime
    reason: str | None
    told_by: UUID
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as taken down. `facts` are those of its kind."""

    id: UUID
    agent_id: UUID
    kind: Kind
    at: datetime
    facts: dict[str, Any]
    reason: str | None
    told_at: datetime
    told_by: UUID
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class RunningShift:
    """The shift that runs now or is the next of today."""

    id: UUID
    branch_id: UUID
    zone: str
    starts_at: datetime
    ends_at: datetime


def check_notice(at: datetime, shift: RunningShift, now: datetime) -> None:
    """Raises `InvalidField` unless `at` is still to come and lies within the shift."""
    earliest = max(now, shift.starts_at)
    if not earliest < at < shift.ends_at:
        expected = say(
            "between {earliest:%H:%M} and {ends_at:%H:%M} UTC: later than now, and",
            earliest=earliest,
            ends_at=shift.ends_at,
        )
        raise InvalidField("at", say("{expected} within the shift", expected=expected))
