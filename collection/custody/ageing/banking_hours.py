"""How long a counter was open between two instants: nights, weekends and holidays do not count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from collection.gate.calendars import Local, holiday_on

Span = tuple[int, int]
"""From one second of the clock's day to another."""

WITHOUT_COUNTERS: Mapping[int, tuple[Span, ...]] = dict.fromkeys(range(5), ((9 * 3600, 17 * 3600),))
"""What counts where a branch knows of no counter: Monday to Friday from nine to five."""

LONGEST = timedelta(days=90)
"""Cash that is older than this is that old."""


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap as one."""
    done: list[Span] = []
    for begin, end in sorted(spans):
        if done and begin <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end))
        else:
            done.append((begin, end))
    return tuple(done)


@dataclass(frozen=True, slots=True)
class BankingHours:
    """When cash can be handed in somewhere near a branch.

    `weekly` by weekday (0 is Monday) in the branch's zone, merged; `calendar` is its branch's.
    """

    zone: str
    calendar: str
    weekly: Mapping[int, tuple[Span, ...]]
    local: Local = field(default_factory=dict)

    def open_s(self, begin: datetime, end: datetime) -> float:
        """Seconds between two instants in which a counter was open; at most those of `LONGEST`."""
        tz = ZoneInfo(self.zone)
        begin = max(begin, end - LONGEST)
        day, last = begin.astimezone(tz).date(), end.astimezone(tz).date()
        total = 0.0
        while day <= last:
            midnight = datetime(day.year, day.month, day.day, tzinfo=tz)
            for opens_s, closes_s in self._open_on(day.weekday(), day):
                opens = (midnight + timedelta(seconds=opens_s)).astimezone(begin.tzinfo)
                closes = (midnight + timedelta(seconds=closes_s)).astimezone(begin.tzinfo)
                total += max(0.0, (min(closes, end) - max(opens, begin)).total_seconds())
            day += timedelta(days=1)
        return total

    def _open_on(self, weekday: int, day: date) -> Iterable[Span]:
        spans = self.weekly.get(weekday, ())
        holiday = holiday_on(self.calendar, day, self.local)
        if holiday is None:
            return spans
        shut_from, shut_to = holiday.closed_s
        left = (
            part for begin, end in spans for part in ((begin, min(end, shut_from)),
                                                      (max(begin, shut_to), end))
        )  # fmt: skip
        return [(begin, end) for begin, end in left if begin < end]
