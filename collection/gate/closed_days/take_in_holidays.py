"""Take in a file of holidays, and say which calendar a branch goes by."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from collection.gate.calendars import calendar_exists
from collection.gate.closed_days import store
from collection.gate.closed_days.holiday_file import read_holidays
from collection.gate.records import store as records
from collection.gate.records.put_on_record import declare_holiday
from collection.gate.rulebook.change_rule import branch_id_of
from core.errors import InvalidField
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class HolidayReport:
    """What became of a file: days read, and those that the branch had not declared so before."""

    read: int
    declared: int


async def take_in_holidays(
    session: Session, branch: str, content: bytes, by: UUID, now: datetime
) -> HolidayReport:
    """Declare the holidays of a file for a branch in scope and those below it, all or none.

    The same file again changes nothing. Raises `BranchNotFound`, or `InvalidField` naming the line.
    """
    await branch_id_of(session, branch)
    told = read_holidays(content)
    known = set()
    for year in {holiday.day.year for holiday in told}:
        for view in await records.holidays(session, await branch_id_of(session, branch), year):
            if view.branch == branch:
                known.add((view.calendar, view.day, view.name, view.kind, view.closed_from,
                           view.closed_to))  # fmt: skip
    declared = 0
    for number, one in enumerate(told, start=2):
        row = (one.calendar, one.day, one.name, one.kind, one.closed_from, one.closed_to)
        if row in known:
            continue
        try:
            await declare_holiday(session, branch, one, by, now)
        except InvalidField as wrong:
            raise replace(wrong, field=f"line {number}, {wrong.field}") from None
        declared += 1
    return HolidayReport(len(told), declared)


async def go_by_calendar(session: Session, branch: str, calendar: str | None) -> None:
    """Have a branch in scope go by the calendar of its part of the country; None: its country's.

    Raises `BranchNotFound` or `InvalidField`.
    """
    branch_id = await branch_id_of(session, branch)
    if calendar is not None and not calendar_exists(calendar):
        raise InvalidField(
            "calendar", say("a country (IN) or a part of one (IN-MH) with a calendar")
        )
    await store.set_calendar(session, branch_id, calendar)
