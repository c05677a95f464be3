"""How much of a visit lies outside the hours in which it was allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.gate.hours import ContactHours


@dataclass(frozen=True, slots=True)
class Made:
    """A visit that was made, with the open cases of its place. Not one that is unverified."""

    id: UUID
    agent_id: UUID
    began_at: datetime
    ended_at: datetime
    case_ids: tuple[UUID, ...]
    verdict: str
    zone: str
    day: date


@dataclass(frozen=True, slots=True)
class Outside:
    """A visit that was not allowed for `case_id`, and for no other case of its place.

    `outside_s` is how long of it lay outside `hours`; 0 for one of no length, or to the instant.
    """

    visit: Made
    case_id: UUID
    outside_s: float
    hours: ContactHours


def outside_hours(
    visit: Made, midnight: float, hours: Sequence[tuple[UUID, ContactHours]]
) -> Outside | None:
    """The visit, if it was not allowed for any case at its place; hours are half-open.

    It may end as hours end, and must not begin then. Of several cases the most lenient counts:
    nobody is held to the wish of a neighbor. `midnight` is the day's beginning in Unix seconds.
    """
    found = []
    for case_id, its in hours:
        outside_s = _outside_s(visit, midnight, its)
        if outside_s is None:
            return None
        found.append(Outside(visit, case_id, outside_s, its))
    return min(found, key=lambda each: each.outside_s, default=None)


def _outside_s(visit: Made, midnight: float, hours: ContactHours) -> float | None:
    began, ended = (at.timestamp() - midnight for at in (visit.began_at, visit.ended_at))
    inside = sum(
        max(0.0, min(ended, until) - max(began, since)) for since, until in hours.windows
    )  # fmt: skip
    begins_inside = any(since <= began < until for since, until in hours.windows)
    outside_s = round(ended - began - inside, 3)
    return None if begins_inside and outside_s <= 0 else outside_s
