"""Hours by the clock of a branch, and the shifts that they make on days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import InvalidField
from core.said import say
from identity.shifts.shift import Rest, check_rests

MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Pause:
    """A rest that begins at a time of the clock, or up to `slack_s` seconds later."""

    from_time: time
    length_s: int
    slack_s: int


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when somebody works on a day, by the clock. Where rounds begin and end is as in
    the agent's field profile when None."""

    from_time: time
    to_time: time
    pauses: Sequence[Pause] = ()
    round_start: str | None = None
    round_end: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A day at a branch: from when to when, and the rests in it."""

    day: date
    starts_at: datetime
    ends_at: datetime
    rests: tuple[Rest, ...] = ()


def days_between(first: date, last: date, weekdays: Collection[int]) -> list[date]:
    """The days from the first to the last that are of these weekdays (0 is Monday).

    Raises `InvalidField` where there are none, or the two are more than `MOST_DAYS` apart.
    """
    if not 0 <= (last - first).days < MOST_DAYS:
        raise InvalidField(
            "to_day", say("from the first day on, at most {most} days", most=MOST_DAYS)
        )
    found = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [day for day in found if day.weekday() in weekdays]
    if not found:
        raise InvalidField("weekdays", say("one that is among the days"))
    return found


def worked(hours: Hours, day: date, zone: str) -> Span:
    """The shift that hours make on a day: by that day's clock, however long that is.

    Raises `InvalidField` unless it ends after it starts and its rests fit into it.
    """
    starts_at, ends_at = (at_clock(day, each, zone) for each in (hours.from_time, hours.to_time))
    if hours.to_time <= hours.from_time or ends_at <= starts_at:
        raise InvalidField("hours.to_time", say("after it starts"))
    rests = sorted(
        (
            Rest(at_clock(day, one.from_time, zone), one.length_s, one.slack_s)
            for one in hours.pauses
        ),
        key=lambda rest: rest.begins_at,
    )
    try:
        check_rests(starts_at, ends_at, rests)
    except InvalidField as wrong:
        raise replace(wrong, field=f"hours.{wrong.field}") from None
    return Span(day, starts_at, ends_at, tuple(rests))


def at_clock(day: date, clock: time, zone: str) -> datetime:
    """When a clock in a zone shows this time: the first time where it does so twice, and as much
    after the gap where it does not."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
