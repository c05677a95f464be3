"""When a center meets."""

from dataclasses import dataclass
from datetime import date, time

from core.errors import InvalidField
from core.geometry import LatLon
from core.said import say


@dataclass(frozen=True, slots=True)
class Schedule:
    """A center meets at `meets_at`, by its branch's clock, on `first_on` and each `every_days` days
    after it, at `place`.

    Raises `InvalidField` for less than one day, or more than a year of them.
    """

    first_on: date
    every_days: int
    meets_at: time
    place: str
    location: LatLon | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.every_days <= 366:
            raise InvalidField("every_days", say("1 to 366; 7 is every week"))
