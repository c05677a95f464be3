"""Shifts: whoever plans opens these on a Friday, or when nobody's round was planned, to see where
a week has gaps and to set who works when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from itertools import groupby
from typing import Any
from uuid import UUID

from babel import Locale
from babel.dates import format_skeleton

from allocation.shifts.roster import Roster
from identity.permission import Permission
from identity.shifts.store import AtWork, ShiftView
from map_ui.administration.page import Desk, admin_page, told_weekday
from map_ui.administration.people_pages import Option

MOST_SHOWN = 1000
"""Agents on a page, which is as many as one request sets the shifts of."""


@dataclass(frozen=True, slots=True)
class ShownShift:
    """A shift by the branch's clock, and the hours as the API takes them."""

    begins: str
    ends: str
    is_absent: bool
    may_change: bool
    hours: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An agent's week: the shifts of each day."""

    agent_id: UUID
    name: str
    days: Sequence[Sequence[ShownShift]]


def shifts(desk: Desk, found: Roster, *, today: date, q: str, branches: Sequence[Option]) -> str:
    """The week of a branch's agents, narrowed to those with `q` in their name."""
    named = [one for one in found.agents if q.casefold() in one.name.casefold()]
    lines = [_line(desk, found, one) for one in named[:MOST_SHOWN]]
    monday = found.days[0].day
    return admin_page(
        "shifts.html",
        desk,
        "/admin/shifts",
        branch=found.branch.code,
        branches=branches,
        q=q,
        days=found.days,
        today=today,
        lines=lines,
        at_work=[
            sum(any(not each.is_absent for each in line.days[n]) for line in lines)
            for n in range(len(found.days))
        ],
        left_out=max(0, len(named) - MOST_SHOWN),
        has_agents=bool(found.agents),
        earlier=monday - timedelta(weeks=1),
        later=monday + timedelta(weeks=1),
        short_day=partial(_short_day, locale=desk.office.locale),
        weekday=partial(told_weekday, locale=desk.office.locale),
        may_set=Permission.ALLOCATION_ACT in desk.permissions,
    )


def _line(desk: Desk, found: Roster, one: AtWork) -> Line:
    by_day = {
        day: tuple(_shown(desk, found, each) for each in its)
        for day, its in groupby(
            one.shifts, key=lambda each: each.starts_at.astimezone(found.clock).date()
        )
    }
    return Line(one.agent_id, one.name, [by_day.get(each.day, ()) for each in found.days])


def _shown(desk: Desk, found: Roster, its: ShiftView) -> ShownShift:
    def clock(instant: datetime) -> str:
        return f"{instant.astimezone(found.clock):%H:%M}"

    begins, ends = clock(its.starts_at), clock(its.ends_at)
    rests = [
        {"from_time": clock(r.begins_at), "length_s": r.length_s, "slack_s": r.slack_s}
        for r in its.rests
    ]
    hours = {
        "from_time": begins, "to_time": ends, "breaks": rests,
        "round_start": its.round_start, "round_end": its.round_end,
    }  # fmt: skip
    return ShownShift(begins, ends, its.absent_since is not None, its.starts_at > desk.now, hours)


@lru_cache(maxsize=256)
def _short_day(day: date, locale: str) -> str:
    """A day with its weekday in a table's head."""
    told: str = format_skeleton("MMMEd", day, locale=Locale.parse(locale, sep="-"))
    return told
