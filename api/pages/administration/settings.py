"""Pages of what holds at a branch: policies, holidays, lists of values, contact rules."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from api.pages.administration.people import branch_options
from api.pages.administration.visit import AdminVisit, AllocationVisit, DeskVisit, Visit
from api.routing import Router
from collection.field_notes.values import store as values
from collection.field_notes.values.value_list import Topic
from collection.gate.calendars import days_of
from collection.gate.closed_days.store import calendars
from collection.gate.errors import RuleNotFound
from collection.gate.records import store as records
from collection.gate.rulebook import store as rulebook
from collection.gate.rulebook.load_pack import packs
from collection.portfolio.arrears.rules import store as arrears
from collection.portfolio.products.store import product_names
from collection.portfolio.stages import store as stage_rules
from core.clock import local_day
from identity.errors import BranchNotFound
from identity.policies.store import policy_views
from identity.store import BranchView, branches
from map_ui.administration import settings_pages

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)

Code = Annotated[str, Query(max_length=20, pattern=r"^[^\x00]*$")]


async def branch_of(visit: Visit, code: str) -> BranchView:
    """The branch with a code, or without one the visitor's own. Raises `BranchNotFound`."""
    for branch in await branches(visit.session):
        if branch.code == code or (not code and branch.id == visit.caller.branch_id):
            return branch
    raise BranchNotFound(code)


@pages.get("/policies")
async def policies(
    visit: AdminVisit,
    branch: Code = "",
    q: Annotated[str, Query(max_length=80)] = "",
    source: Annotated[str, Query(pattern="^(|own|inherited|default)$")] = "",
) -> HTMLResponse:
    """What holds at a branch, and where that comes from."""
    at = await branch_of(visit, branch)
    shown = settings_pages.policies(
        visit.desk,
        at.code,
        await policy_views(visit.session, at.id),
        viewer_id=visit.caller.id,
        branches=await branch_options(visit.session),
        q=q,
        source=source,
    )
    return HTMLResponse(shown)


@pages.get("/stages")
async def stages(visit: AllocationVisit, branch: Code = "") -> HTMLResponse:
    """Which stages of cases are visited at a branch, and by whom."""
    at = await branch_of(visit, branch)
    shown = settings_pages.stages(
        visit.desk,
        at.code,
        await stage_rules.visits_of(visit.session, at.id),
        branches=await branch_options(visit.session),
    )
    return HTMLResponse(shown)


@pages.get("/arrears-rules")
async def arrears_rules(visit: AdminVisit, branch: Code = "") -> HTMLResponse:
    """Who may be offered at a branch to pay what is overdue in parts."""
    at = await branch_of(visit, branch)
    shown = settings_pages.arrears_rules(
        visit.desk,
        at.code,
        await arrears.rules_of(visit.session, at.id),
        is_own=await arrears.has_own_rules(visit.session, at.id),
        branches=await branch_options(visit.session),
        products=await product_names(visit.session),
    )
    return HTMLResponse(shown)


@pages.get("/holidays")
async def holidays(
    visit: AdminVisit,
    branch: Code = "",
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> HTMLResponse:
    """The days of a branch's calendar, and the declared ones that bind it."""
    at = await branch_of(visit, branch)
    today = local_day(visit.now, at.zone)
    found = await calendars(visit.session, [at.id], today, today)
    year = year or today.year
    calendar = found[at.id].code
    shown = settings_pages.holidays(
        visit.desk,
        at.code,
        await records.holidays(visit.session, at.id, year),
        days=days_of(calendar, year),
        calendar=calendar,
        country=at.country,
        year=year,
        branches=await branch_options(visit.session),
    )
    return HTMLResponse(shown)


@pages.get("/value-lists")
async def value_list(
    visit: DeskVisit, branch: Code = "", topic: Topic = Topic.VISIT
) -> HTMLResponse:
    """What can be chosen at a branch today."""
    at = await branch_of(visit, branch)
    listed = await values.value_list(visit.session, at.id, topic, local_day(visit.now, at.zone))
    shown = settings_pages.value_list(
        visit.desk,
        at.code,
        listed,
        branches=await branch_options(visit.session),
        is_own=await values.has_own(visit.session, at.id, topic),
    )
    return HTMLResponse(shown)


@pages.get("/contact-rules")
async def contact_rules(visit: AllocationVisit, branch: Code = "") -> HTMLResponse:
    """The rules that bind a branch."""
    at = await branch_of(visit, branch)
    shown = settings_pages.contact_rules(
        visit.desk,
        at.code,
        await rulebook.binding(visit.session, at.id),
        packs(),
        branches=await branch_options(visit.session),
    )
    return HTMLResponse(shown)


@pages.get("/contact-rules/{id}")
async def contact_rule(visit: AllocationVisit, id: UUID) -> HTMLResponse:  # noqa: A002
    """One rule and its history."""
    found = await rulebook.versions(visit.session, id)
    if not found:
        raise RuleNotFound(str(id))
    return HTMLResponse(settings_pages.contact_rule(visit.desk, found))
