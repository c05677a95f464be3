"""A branch's days: which are holidays, and which working days are beside them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from collection.gate.calendars import Local, holiday_on, is_banking_day

LONGEST_CLOSED = 14
"""Days in a row that may be closed. More are no holiday but a branch that has shut."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BranchCalendar:
    """The calendar of a branch (ISO 3166-1 or 3166-2), and what is declared of its days."""

    code: str
    local: Local = field(default_factory=dict)

    def is_holiday(self, day: date) -> bool:
        """Whether all of a day is a holiday; a half day is not, nor a weekend as such."""
        holiday = holiday_on(self.code, day, self.local)
        return holiday is not None and holiday.is_whole

    def is_working(self, day: date) -> bool:
        """Whether it is neither a holiday nor a weekend."""
        return is_banking_day(self.code, day, self.local)

    def next_working(self, day: date) -> date:
        """The first working day after a day."""
        after = (day + DAY * n for n in range(1, LONGEST_CLOSED + 1))
        return next((d for d in after if self.is_working(d)), day + DAY)

    def closed_until(self, day: date) -> date:
        """The last of the closed days that follow a working day without a break; the day itself
        where it is not a working day, or the next one is.

        What falls due on the holidays among them can be paid on this day.
        """
        if not self.is_working(day):
            return day
        return self.next_working(day) - DAY

    def shifts(self, first: date, last: date) -> dict[date, date]:
        """The holidays from the first to the last day, each with the next working day."""
        days = (first + DAY * n for n in range((last - first).days + 1))
        return {day: self.next_working(day) for day in days if self.is_holiday(day)}
