"""Subscriptions to reports: which days a report is of, and when it is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from collection.figures.period import Grouping, period_of
from map_ui.figures_file import Format


class Every(StrEnum):
    """How often a report comes. A week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody's wish: figures of a branch (code) and all below it, grouped, as a file; sent to
    `email` besides where there is one."""

    id: UUID
    branch: str
    every: Every
    grouping: Grouping
    format: Format
    made_at: datetime
    ended_at: datetime | None
    email: str | None = None


def span_before(day: date, every: Every) -> tuple[date, date]:
    """The last whole day, week or month before the one that `day` is in."""
    last = period_of(day, Grouping(every)) - timedelta(days=1)
    return period_of(last, Grouping(every)), last


def due(
    today: date, every: Every, made_on: date, last_made: date | None
) -> Iterator[tuple[date, date]]:
    """The spans whose reports are due on `today`, oldest first: those that ended since the last
    day that was reported, or since the span before the subscription was made."""
    spans = []
    first, last = span_before(today, every)
    floor = last_made or span_before(made_on, every)[1] - timedelta(days=1)
    while last > floor:
        spans.append((first, last))
        first, last = span_before(first, every)
    yield from reversed(spans)
