"""What every page of administration is made of: the list at the side, and times by one clock."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_day_names
from babel.numbers import format_decimal
from markupsafe import Markup

from identity.permission import Permission
from map_ui.administration.sections import sections_for
from map_ui.page import Office, office_page
from map_ui.texts.amounts import money_in
from map_ui.texts.catalog import text_in

Length = Literal["short", "medium"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at it: what they may do, and the zone of their branch, in which times are told."""

    office: Office
    permissions: AbstractSet[Permission]
    zone: str
    now: datetime


def admin_page(template: str, desk: Desk, here: str, **values: object) -> str:
    """A whole page of administration from ``templates/admin/``; `here` is its section's path."""
    locale = desk.office.locale
    return office_page(
        f"admin/{template}",
        desk.office,
        section_path=here,
        sections=sections_for(desk.permissions),
        may_act=Permission.ADMINISTRATION_ACT in desk.permissions,
        when=partial(local_time, zone=desk.zone, locale=locale),
        ago=partial(time_ago, now=desk.now, zone=desk.zone, locale=locale),
        day=partial(told_day, locale=locale),
        amount=partial(money_in, locale),
        number=partial(format_decimal, locale=_of_babel(locale)),
        now=desk.now,
        **values,
    )


def local_time(instant: datetime, zone: str, locale: str) -> Markup:
    """An instant by a zone's clock, to the minute, as the reader writes it; the title has the
    second and the zone."""
    return _time(instant, _told(instant, zone, locale, "medium", "short"), zone, locale)


def time_ago(instant: datetime, now: datetime, zone: str, locale: str) -> Markup:
    """How long ago an instant was, in its largest unit; the title has when exactly."""
    # What is still to come by our clock has just been.
    words = (
        text_in(locale, "just now")
        if now - instant < timedelta(minutes=1)
        else format_timedelta(
            instant - now, granularity="minute", add_direction=True, locale=_of_babel(locale)
        )
    )
    return _time(instant, words, zone, locale)


def told_day(day: date, locale: str) -> str:
    """A day with its weekday, as the reader writes it."""
    told: str = format_date(day, "full", locale=_of_babel(locale))
    return told


def told_weekday(number: int, locale: str) -> str:
    """What a day of the week is called: 1 is Monday."""
    names: Mapping[int, str] = get_day_names(locale=_of_babel(locale))
    return names[number - 1]


def _time(instant: datetime, words: str, zone: str, locale: str) -> Markup:
    exact = f"{_told(instant, zone, locale, 'medium', 'medium')} ({zone})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        instant.isoformat(), exact, words
    )


def _told(instant: datetime, zone: str, locale: str, day: Length, clock: Length) -> str:
    local, its = instant.astimezone(ZoneInfo(zone)), _of_babel(locale)
    day_told = format_date(local.date(), day, locale=its)
    return f"{day_told}, {format_time(local, clock, tzinfo=local.tzinfo, locale=its)}"


def _of_babel(locale: str) -> Locale:
    return Locale.parse(locale, sep="-")
