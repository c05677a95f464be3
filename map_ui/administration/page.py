"""What every page of administration is made of: the list at the side, and times by one clock."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from identity.permission import Permission
from map_ui.administration.sections import sections_for
from map_ui.page import Office, office_page


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at it: what they may do, and the zone of their branch, in which times are told."""

    office: Office
    permissions: AbstractSet[Permission]
    zone: str
    now: datetime


def admin_page(template: str, desk: Desk, here: str, **values: object) -> str:
    """A whole page of administration from ``templates/admin/``; `here` is its section's path."""
    return office_page(
        f"admin/{template}",
        desk.office,
        section_path=here,
        sections=sections_for(desk.permissions),
        may_act=Permission.ADMINISTRATION_ACT in desk.permissions,
        when=partial(local_time, zone=desk.zone),
        ago=partial(time_ago, now=desk.now, zone=desk.zone),
        now=desk.now,
        **values,
    )


def local_time(instant: datetime, zone: str) -> Markup:
    """An instant by a zone's clock, to the minute; the title has the second and the zone."""
    local = instant.astimezone(ZoneInfo(zone))
    return _time(instant, f"{local.day} {local:%b %Y, %H:%M}", local, zone)


def time_ago(instant: datetime, now: datetime, zone: str) -> Markup:
    """How long ago an instant was, in its largest unit; the title has when exactly."""
    local = instant.astimezone(ZoneInfo(zone))
    return _time(instant, told_ago((now - instant).total_seconds()), local, zone)


def told_ago(seconds: float) -> str:
    """``3 min ago``; what is less than a minute off, or still to come, is now."""
    for unit, length_s in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length_s:
            return f"{int(seconds // length_s)} {unit} ago"
    return "now"


def _time(instant: datetime, words: str, local: datetime, zone: str) -> Markup:
    exact = f"{local.day} {local:%b %Y, %H:%M:%S} ({zone})"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        instant.isoformat(), exact, words
    )
