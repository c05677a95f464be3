"""Spans of days, and how a question groups what it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidField
from core.said import say

MOST_DAYS = 800
"""The longest span that is told at once."""


class Grouping(StrEnum):
    """What a row of an answer is about. A week begins on Monday."""

    ALL = "all"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    BRANCH = "branch"
    AGENT = "agent"
    PRODUCT = "product"


PERIODS = (Grouping.DAY, Grouping.WEEK, Grouping.MONTH)


@dataclass(frozen=True, slots=True)
class Question:
    """Which figures are asked for: from the first day to the last, both included.

    `branch` is a code, and means all below it too; `product` leaves out what has none. Branches of
    other currencies than `currency` are left out.
    """

    first: date
    last: date
    grouping: Grouping
    currency: str
    branch: str | None = None
    agent_id: UUID | None = None
    product: str | None = None

    def __post_init__(self) -> None:
        """Raises `InvalidField` for a span that ends before it begins, or is too long."""
        if not self.first <= self.last < self.first + timedelta(days=MOST_DAYS):
            raise InvalidField(
                "to",
                say(
                    "a day from {first} on, and less than {most_days} days after it",
                    first=self.first,
                    most_days=MOST_DAYS,
                ),
            )


def whole_months(first: date, last: date) -> tuple[date, date]:
    """The months that lie within `first` to `last`: the first day of the first of them, and the
    day after the last. Twice the same day where there is none."""
    next_month = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    begin = first if first.day == 1 else next_month
    return begin, max(begin, (last + timedelta(days=1)).replace(day=1))


def period_of(day: date, grouping: Grouping) -> date:
    """The first day of the day, week or month that `day` is in."""
    if grouping is Grouping.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grouping is Grouping.MONTH else day


def periods(first: date, last: date, grouping: Grouping) -> Iterator[date]:
    """The beginnings of all days, weeks or months from `first` to `last`, partial ones too."""
    day = period_of(first, grouping)
    while day <= last:
        yield day
        day = period_of(day + timedelta(days={"day": 1, "week": 7}.get(grouping, 31)), grouping)
