"""Pages of demand files, of quarantine, and of the audit trail."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from api.cursor import Cursor, cut, keys_of
from api.pages.administration.people import ON_A_PAGE, further
from api.pages.administration.visit import AdminVisit, AuditVisit, Visit
from api.routing import Router
from api.schemas import Day
from collection.portfolio.intake.store import imports as imports_of
from core.clock import local_day
from identity.audit import store as trail
from identity.audit.event import Kind
from identity.audit.store import Wanted
from identity.audit.verify import verify_chains
from identity.people.person import Wanted as WantedPeople
from identity.people.store import people
from map_ui.administration import trail_pages
from map_ui.administration.trail_pages import Asked
from tracking.quarantine import store as quarantine
from tracking.quarantine.entry import read
from tracking.quarantine.errors import EntryNotFound

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)

EMPTY_IS_NONE = BeforeValidator(lambda given: given or None)
PLAIN = r"^[^\x00]*$"


@pages.get("/imports")
async def imports(visit: AdminVisit) -> HTMLResponse:
    """Demand files."""
    found = await imports_of(visit.session, 50)
    today = local_day(visit.now, visit.desk.zone)
    return HTMLResponse(trail_pages.imports(visit.desk, found, today.isoformat()))


@pages.get("/quarantine")
async def quarantine_page(
    request: Request,
    visit: AdminVisit,
    shown: Literal["", "open", "ended"] = "open",
    cursor: Cursor = None,
) -> HTMLResponse:
    """What phones sent and nobody could use."""
    found = await quarantine.lines(
        visit.session,
        device_id=None,
        protocol=None,
        resolved={"open": False, "ended": True}.get(shown),
        after=keys_of(cursor, datetime.fromisoformat),
        limit=ON_A_PAGE + 1,
    )
    page, behind = cut(found, ON_A_PAGE, lambda line: (line.received_at, line.id))
    page_of = trail_pages.quarantine(
        visit.desk, page, shown=shown, next_url=further(request, behind)
    )
    return HTMLResponse(page_of)


@pages.get("/quarantine/{id}")
async def quarantined(visit: AdminVisit, id: UUID) -> HTMLResponse:  # noqa: A002
    """One entry of it."""
    entry = await quarantine.entry(visit.session, id)
    if entry is None:
        raise EntryNotFound(str(id))
    return HTMLResponse(trail_pages.quarantined(visit.desk, entry, read(entry)))


@pages.get("/audit")
async def audit(
    request: Request,
    visit: AuditVisit,
    who: Annotated[str, Query(max_length=80, pattern=PLAIN)] = "",
    actor_id: Annotated[UUID | None, EMPTY_IS_NONE] = None,
    subject: Annotated[str, Query(max_length=100, pattern=PLAIN)] = "",
    kind: Annotated[Kind | None, EMPTY_IS_NONE] = None,
    since: Annotated[Day | None, EMPTY_IS_NONE] = None,
    until: Annotated[Day | None, EMPTY_IS_NONE] = None,
    verify: bool = False,
    cursor: Cursor = None,
) -> HTMLResponse:
    """Who did and saw what: by person, by id, by kind, by days of the visitor's zone."""
    actor = actor_id
    if who and actor is None:
        actor = await _named(visit, who)
    wanted = Wanted(
        _begins(since, visit.desk.zone),
        _begins(until and until + timedelta(days=1), visit.desk.zone),
        actor, subject or None, kind,
    )  # fmt: skip
    keys = keys_of(cursor, str)
    nobody = bool(who) and actor is None
    found = (
        []
        if nobody
        else await trail.listed(
            visit.session, wanted, after=keys[1] if keys else None, limit=ON_A_PAGE + 1
        )
    )
    page, behind = cut(found, ON_A_PAGE, lambda line: (line.branch, line.event.id))
    asked = Asked(who, str(actor_id or ""), subject, kind or "", str(since or ""), str(until or ""))
    shown = trail_pages.audit(
        visit.desk,
        page,
        asked,
        export_query=_query(wanted),
        next_url=further(request, behind),
        chains=await verify_chains(visit.session) if verify else None,
    )
    return HTMLResponse(shown)


async def _named(visit: Visit, who: str) -> UUID | None:
    """The first person whose name or user name has `who` in it."""
    found = await people(visit.session, WantedPeople(q=who), visit.now, after=None, limit=1)
    return found[0].id if found else None


def _begins(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _query(wanted: Wanted) -> str:
    """The same question, as the export takes it."""
    told = {
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until and wanted.until.isoformat(),
        "actor_id": wanted.actor_id, "subject": wanted.subject, "kind": wanted.kind,
    }  # fmt: skip
    return urlencode({name: value for name, value in told.items() if value})
