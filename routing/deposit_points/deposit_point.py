"""A counter that takes cash, and when it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from core.errors import InvalidField
from core.geometry import LatLon
from core.said import say

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From one time of the local day to another, on a weekday (0 is Monday)."""

    weekday: int
    from_time: time
    to_time: time


@dataclass(frozen=True, slots=True)
class DepositPoint:
    """A branch or bank counter. Handing in cash takes `service_s` seconds."""

    id: UUID
    branch_id: UUID
    name: str
    kind: str
    position: LatLon
    service_s: int
    hours: tuple[OpenHours, ...]

    def open_on(self, weekday: int) -> tuple[OpenHours, ...]:
        """Its hours on a weekday, in order; none when it is closed."""
        its = (hours for hours in self.hours if hours.weekday == weekday)
        return tuple(sorted(its, key=lambda hours: hours.from_time))


def check_hours(hours: Sequence[OpenHours]) -> None:
    """Raises `InvalidField` unless there are hours that end after they begin and never overlap."""
    if not hours:
        raise InvalidField("hours", say("at least one weekday with opening hours"))
    for number, one in enumerate(hours):
        day = WEEKDAYS[one.weekday]
        if one.from_time >= one.to_time:
            raise InvalidField(
                "hours", say("on {day} an end that is later than its beginning", day=day)
            )
        if any(
            one.weekday == other.weekday
            and one.from_time < other.to_time
            and other.from_time < one.to_time
            for other in hours[:number]
        ):
            raise InvalidField("hours", say("on {day} hours that do not overlap", day=day))
