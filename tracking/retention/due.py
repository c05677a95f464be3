"""Which pings must leave, and which partitions must be there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

AHEAD = timedelta(days=7)
"""How far ahead partitions are made: a worker may be away for a week."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a branch keeps its pings, and whether they are archived when they leave."""

    branch_id: UUID
    code: str
    retention_days: int
    archives: bool

    def is_due(self, day: date, now: datetime) -> bool:
        """Whether every ping of a UTC day is older than the branch keeps them."""
        return day < now.astimezone(UTC).date() - timedelta(days=self.retention_days)

    def oldest_kept(self, now: datetime) -> datetime:
        """What is not taken day by day must leave when it is older than this."""
        return now - timedelta(days=self.retention_days)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Pings of a branch that must leave."""

    branch: Keeping
    pings: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What becomes of a day's partition: who leaves it, and whether it goes as a whole."""

    day: date
    leaving: tuple[Leaving, ...]
    drops: bool


def days_ahead(now: datetime) -> Sequence[date]:
    """The UTC days for which there must be partitions: today and `AHEAD`."""
    today = now.astimezone(UTC).date()
    return [today + timedelta(days=n) for n in range(AHEAD.days + 1)]


def plan_day(
    day: date,
    pings: Mapping[UUID, int],
    branches: Collection[Keeping],
    held: Collection[UUID],
    now: datetime,
) -> DayPlan:
    """What becomes of a day with so many `pings` of each branch, of which some are `held`.

    A partition goes when nobody's pings stay in it; an empty one when no branch would take a late
    ping of that day any more.
    """
    due = [b for b in branches if b.is_due(day, now) and b.branch_id not in held]
    leaving = tuple(Leaving(b, pings[b.branch_id]) for b in due if b.branch_id in pings)
    drops = len(leaving) == len(pings) and (bool(pings) or len(due) == len(branches))
    return DayPlan(day, leaving, drops)
