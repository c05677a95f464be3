"""Who of a branch works when, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from collection.gate.calendars import holiday_on
from collection.gate.closed_days.store import calendars
from core.clock import day_range
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.shifts import store
from identity.shifts.store import AtWork
from identity.store import BranchView

MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class RosterDay:
    """A day of a branch: whether people work then, which they do neither on weekends nor on a
    holiday that closes all of it, and that holiday's name."""

    day: date
    is_working: bool
    holiday: str | None


@dataclass(frozen=True, slots=True)
class Roster:
    """The days of a branch in order, and its agents by name with the shifts that begin on them."""

    branch: BranchView
    days: Sequence[RosterDay]
    agents: Sequence[AtWork]

    @property
    def clock(self) -> ZoneInfo:
        """The clock that the branch goes by."""
        return ZoneInfo(self.branch.zone)


async def roster(session: Session, branch: BranchView, first: date, last: date) -> Roster:
    """The shifts of a branch in scope from the first to the last day, by its clock.

    Raises `InvalidField` unless these are 1 to `MOST_DAYS` days.
    """
    if not 0 <= (last - first).days < MOST_DAYS:
        raise InvalidField("to", say("from the first day on, at most {most} days", most=MOST_DAYS))
    calendar = (await calendars(session, [branch.id], first, last))[branch.id]
    days = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        holiday = holiday_on(calendar.code, day, calendar.local)
        name = holiday.name if holiday and holiday.is_whole else None
        days.append(RosterDay(day, calendar.is_working(day), name))
    since, until = day_range(first, branch.zone)[0], day_range(last, branch.zone)[1]
    return Roster(branch, days, await store.at_work(session, branch.id, since, until))
