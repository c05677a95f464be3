"""One clock for API, worker and SQL (which gets the time as a parameter, never from ``now()``)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time, from an origin and at a rate.

    `wall_origin` is the real instant at which this clock showed `time_origin`; from there it runs
    `rate` times as fast as the real one. Only a demonstration has a rate other than 1.
    """

    wall_origin: datetime
    time_origin: datetime
    rate: float = 1.0

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self.at(datetime.now(UTC))

    def at(self, wall: datetime) -> datetime:
        """What this clock shows at the real instant `wall`."""
        return self.time_origin + (wall - self.wall_origin) * self.rate

    def wall_s(self, duration_s: float) -> float:
        """Real seconds that pass while this clock advances `duration_s`."""
        return duration_s / self.rate


_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
REAL = Clock(_EPOCH, _EPOCH)


FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
"""Days that are told to us lie between: what a clock can show, however wrong, and what every zone,
every sum of days and the database can tell again."""


def read_day(text: str) -> date:
    """A day as ISO 8601 has it. Raises ValueError for what is none, or lies outside."""
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day


def local_day(instant: datetime, zone: str) -> date:
    """The working day on which `instant` falls, in the branch's zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_range(day: date, zone: str) -> tuple[datetime, datetime]:
    """First instant of a working day and of the next, in UTC (23 to 25 hours apart)."""
    tz = ZoneInfo(zone)
    start = datetime(day.year, day.month, day.day, tzinfo=tz)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=tz)
    return start.astimezone(UTC), end.astimezone(UTC)
