"""List what is odd about a day."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial

from data.session import Session
from geofence.findings.contact_hours.look import outside_contact_hours
from geofence.findings.finding import Found, Kind
from geofence.findings.store import Asked, from_visits
from geofence.findings.whereabouts.store import gaps, two_places

_LOOK: Mapping[Kind, Callable[[Session, Asked], Awaitable[list[Found]]]] = {
    Kind.GAP: gaps,
    Kind.TWO_PLACES: two_places,
    Kind.OUTSIDE_CONTACT_HOURS: outside_contact_hours,
} | {
    kind: partial(from_visits, kind) for kind in (Kind.OVERLAP, Kind.NOT_VISITED, Kind.NOT_PLANNED)
}


async def list_findings(session: Session, kinds: Collection[Kind], asked: Asked) -> list[Found]:
    """The findings of these kinds in scope, the newest first; no more than asked for."""
    found = [each for kind in kinds for each in await _LOOK[kind](session, asked)]
    return sorted(found, key=lambda f: (f.began_at, f.id), reverse=True)[: asked.limit]
