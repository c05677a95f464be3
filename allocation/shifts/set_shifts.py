"""Set when many agents work, or that they do not, on many days at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.gate.closed_days.store import calendars
from core.clock import day_range
from data.session import Session
from identity.shifts import store
from identity.shifts.hours import Hours, Span, days_between, worked
from identity.shifts.store import Outcome
from identity.store import BranchView, branches


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to work, on which days, at which hours (None: not at all). Weekdays count from Monday,
    which is 0; a holiday of their branch is left as it is where `skips_holidays`."""

    agent_ids: Sequence[UUID]
    first: date
    last: date
    weekdays: Collection[int]
    hours: Hours | None
    skips_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What became of it. `holidays` and `over` are days that were left as they are, at one of the
    branches at least: those that are holidays, and those whose shift would be over by now."""

    outcome: Outcome
    holidays: Sequence[date]
    over: Sequence[date]


async def set_shifts(session: Session, wanted: Wanted, now: datetime) -> Setting:
    """Have agents in scope work as wanted, by the clock of each one's branch.

    Of shifts that overlap, what has not begun is replaced; what has begun is never changed. The
    same again changes nothing. Raises `AgentNotFound` or `InvalidField`, and nothing is set then.
    """
    # 1. Which days, and whose: nobody else sets these agents' shifts meanwhile.
    days = days_between(wanted.first, wanted.last, wanted.weekdays)
    agent_ids = list(dict.fromkeys(wanted.agent_ids))
    concerned = await store.lock_agents(session, agent_ids)
    # 2. At which instants, branch by branch: each has its own clock, and its own holidays.
    found = await calendars(session, concerned, days[0], days[-1])
    left: dict[UUID, list[Span]] = {}
    holidays, over = set[date](), set[date]()
    for branch in await branches(session):
        if branch.id not in concerned:
            continue
        spans = _spans(wanted.hours, days, branch)
        closed = {
            day for day in spans if wanted.skips_holidays and found[branch.id].is_holiday(day)
        }
        past = {day for day, span in spans.items() if span.ends_at <= now} - closed
        holidays |= closed
        over |= past
        left[branch.id] = [span for day, span in spans.items() if day not in closed | past]
    # 3. Set them, all together.
    if wanted.hours is None:
        outcome = await store.remove_shifts(session, agent_ids, left, now)
    else:
        its = wanted.hours
        outcome = await store.set_shifts(
            session, agent_ids, left, now, its.round_start, its.round_end
        )
    return Setting(outcome, sorted(holidays), sorted(over))


def _spans(hours: Hours | None, days: Sequence[date], branch: BranchView) -> Mapping[date, Span]:
    if hours is None:
        return {day: Span(day, *day_range(day, branch.zone)) for day in days}
    return {day: worked(hours, day, branch.zone) for day in days}
