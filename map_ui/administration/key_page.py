"""Keys of programs: an administrator opens this when another system is to be connected, when a key
is about to end, or when one may have got into wrong hands."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.api_keys.store import KeyLine
from identity.permission import Area, Permission, acting
from map_ui.administration.page import Desk, admin_page
from map_ui.administration.people_pages import Option

GOOD_FOR_DAYS = (90, 30, 180, 365)
"""What a new key may be good for, what is offered first ahead."""
OVERLAP_HOURS = (24, 1, 72, 168, 0)
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Listed:
    """A key, whether it opens anything, whether another one took its place meanwhile, and whether
    it ends soon with none in its place."""

    line: KeyLine
    opens: bool
    is_replaced: bool
    ends_soon: bool


def _listed(line: KeyLine, now: datetime) -> Listed:
    opens = line.expires_at > now and (line.ended_at is None or line.ended_at > now)
    return Listed(
        line, opens, is_replaced=opens and line.ended_at is not None,
        ends_soon=opens and line.ended_at is None and line.expires_at <= now + SOON,
    )  # fmt: skip


def keys(
    desk: Desk,
    found: Sequence[KeyLine],
    *,
    issuer: AbstractSet[Permission],
    branches: Sequence[Option],
) -> str:
    """The keys of programs, those in use first; `issuer` is what the viewer could give away."""
    listed = [_listed(line, desk.now) for line in found]
    return admin_page(
        "api_keys.html", desk, "/admin/api-keys",
        keys=sorted(listed, key=lambda one: not one.opens),
        areas=tuple(area for area in Area if area is not Area.FIELD),
        grantable=frozenset(issuer) - acting(Area.FIELD), branches=branches,
        ends=[(days, (desk.now + timedelta(days=days)).isoformat()) for days in GOOD_FOR_DAYS],
        overlaps=OVERLAP_HOURS,
    )  # fmt: skip
