"""Dates of a demand file: each is read one way, or it is asked which.

A year that comes first, a month's name and a spreadsheet's number of a day can be meant one way
only. `05/03/2026` can be meant two ways: whether days or months come first is said with the file,
or told by dates in it that make sense in one order only.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from collection.portfolio.errors import MixedDates, UnclearDates
from core.errors import InvalidField
from core.said import say

FIRST_YEAR, LAST_YEAR = 1970, 2099

_NO_TIME = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.]?)(\d{{2}})\2(\d{{2}}){_NO_TIME}", re.ASCII)
_NUMBERS = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_NO_TIME}", re.ASCII)
_DAY_MONTH = re.compile(r"([0-9]{1,2})[-/. ]?([^\W\d_]{3,10})\.?[-/. ,]{0,2}([0-9]{4}|[0-9]{2})")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,10})\.?[ -]([0-9]{1,2}),? ?([0-9]{4})")
_DAY_NUMBER = re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)
_DAY_ZERO = date(1899, 12, 30)
"""Spreadsheets count days from here (those since March 1900, for there was no 29 February)."""

_ANY_NUMBERS = re.compile(r"(?<!\d)\d{1,2}([-/.])\d{1,2}\1\d{4}(?!\d)", re.ASCII)

_MONTHS = (
    "jan january ene enero januari", "feb february febrero februari pebruari",
    "mar march marzo maret", "apr april abr abril", "may mayo mei", "jun june junio juni",
    "jul july julio juli", "aug august ago agosto agu agt agustus", "sep sept set september"
    " septiembre setiembre", "oct october octubre okt oktober", "nov november noviembre",
    "dec december dic diciembre des desember",
)  # fmt: skip
_MONTH = {name: nth for nth, names in enumerate(_MONTHS, 1) for name in names.split()}


class DateOrder(StrEnum):
    """What comes first in dates that are written in numbers, the year last."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST

EXAMPLES = {
    None: "2031-11-23, 23-Nov-2031",
    DAY: "2031-11-23, 23/11/2031, 23-Nov-2031",
    MONTH: "2031-11-23, 11/23/2031, 23-Nov-2031",
}


class DateCell(NamedTuple):
    """A cell of a column of dates, and where it stands."""

    line: int
    column: str
    text: str


def date_reader(order: DateOrder | None) -> Callable[[str], date]:
    """Reads a cell to its day. Raises `InvalidField` whose `expected` says what would be right."""
    expected = say(
        "a date from {first} to {last} written like one of these: {examples}",
        first=str(FIRST_YEAR), last=str(LAST_YEAR), examples=EXAMPLES[order],
    )  # fmt: skip

    def read(text: str) -> date:
        day = _day(text, order)
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidField("cell", expected)
        return day

    return lru_cache(1 << 16)(read)


def may_depend_on_order(text: str) -> bool:
    """Whether there is anything in a text that looks like a date of numbers, the year last."""
    return _ANY_NUMBERS.search(text) is not None


def order_of(cells: Iterable[DateCell]) -> DateOrder | None:
    """The order in which all of a file's dates make sense; None where none depends on it.

    Raises `UnclearDates` where both orders do, and `MixedDates` where some dates make sense in the
    one only and some in the other. A few such dates in columns that are written clearly are no
    reason to ask: they are bad cells.
    """
    seen: dict[tuple[DateOrder, ...], DateCell] = {}
    depending, clear = Counter[str](), Counter[str]()
    for cell in cells:
        if orders := _orders(cell.text):
            seen.setdefault(orders, cell)
            depending[cell.column] += 1
        elif not _NUMBERS.fullmatch(cell.text) and _day(cell.text, None):
            clear[cell.column] += 1
    days, months, either = (seen.get(orders) for orders in ((DAY,), (MONTH,), (DAY, MONTH)))
    if (days is None) != (months is None):
        return DAY if days else MONTH
    if days is None and either is None:
        return None
    if all(clear[column] >= count for column, count in depending.items()):
        return None
    if days and months:
        raise MixedDates(days.line, days.column, days.text, months.line, months.text)
    assert either is not None, "there was one of either order, or of both"
    first, second = (_by_numbers(either.text, each) for each in DateOrder)
    raise UnclearDates(either.line, either.column, either.text, str(first), str(second))


@lru_cache(1 << 16)
def _orders(text: str) -> tuple[DateOrder, ...]:
    """The orders in which a date makes sense; none where it is the same day in any."""
    days = {each: day for each in DateOrder if (day := _by_numbers(text, each))}
    return () if len(days) > len(set(days.values())) else tuple(days)


def _day(text: str, order: DateOrder | None) -> date | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(found[1], found[3], found[4])
    if _NUMBERS.fullmatch(text):
        # 5/5/2026 is one day in any order.
        days = {_by_numbers(text, each) for each in ((order,) if order else DateOrder)}
        return days.pop() if len(days) == 1 else None
    if found := _DAY_MONTH.fullmatch(text):
        return _date(found[3], _MONTH.get(found[2].casefold()), found[1])
    if found := _MONTH_DAY.fullmatch(text):
        return _date(found[3], _MONTH.get(found[1].casefold()), found[2])
    if found := _DAY_NUMBER.fullmatch(text):
        return _DAY_ZERO + timedelta(int(found[1]))
    return None


def _by_numbers(text: str, order: DateOrder) -> date | None:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    day, month = (found[1], found[3]) if order is DateOrder.DAY_FIRST else (found[3], found[1])
    return _date(found[4], month, day)


def _date(year: str, month: str | int | None, day: str) -> date | None:
    """The day; a year of two digits is of this century."""
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month or 0), int(day))
    except ValueError:
        return None
