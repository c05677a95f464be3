"""A stretch of time cut into pieces in which the clock on the wall runs evenly through one day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1)
_LOOK_S = 900
"""Clocks do not change twice within a quarter of an hour, and stay changed for longer."""


@dataclass(frozen=True, slots=True)
class Cell:
    """From `begin` to before `end` (Unix seconds) the clock shows `day`, and seconds of it are
    those since `midnight`."""

    begin: int
    end: int
    day: date
    midnight: int


@lru_cache(maxsize=4096)
def day_span(zone: str, day: date) -> tuple[int, int]:
    """A local day in Unix seconds, half-open. Where midnight is skipped it begins after that."""
    begin, end = (
        round(datetime.combine(day + timedelta(days=more), time(), ZoneInfo(zone)).timestamp())
        for more in (0, 1)
    )
    return begin, end


@lru_cache(maxsize=4096)
def cells(zone: str, begin: int, end: int) -> tuple[Cell, ...]:
    """The pieces of `begin` to before `end` by a zone's clock, in order and without gaps."""
    found: list[Cell] = []
    at = begin
    while at < end:
        offset_s = _offset_s(zone, at)
        change = _next_change(zone, at, end, offset_s)
        while at < change:
            days = (at + offset_s) // 86_400
            midnight = days * 86_400 - offset_s
            until = min(change, midnight + 86_400)
            found.append(Cell(at, until, _EPOCH + timedelta(days=days), midnight))
            at = until
    return tuple(found)


def wall(zone: str, at: datetime) -> tuple[date, float]:
    """The day that a zone's clock shows at an instant, and the seconds of it."""
    local = at.astimezone(ZoneInfo(zone))
    seconds = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    return local.date(), seconds


def _offset_s(zone: str, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _next_change(zone: str, at: int, end: int, offset_s: int) -> int:
    """The first instant from `at` on, but no later than `end`, with another offset."""
    low = at
    while low < end:
        high = min(low + _LOOK_S, end)
        if _offset_s(zone, high) != offset_s:
            while high - low > 1:
                middle = (low + high) // 2
                if _offset_s(zone, middle) == offset_s:
                    low = middle
                else:
                    high = middle
            return high
        low = high
    return end
