"""The page of a branch's shifts, week by week."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from allocation.shifts.roster import roster
from api.pages.administration.people import branch_options
from api.pages.administration.settings import Code, branch_of
from api.pages.administration.visit import AllocationVisit
from api.routing import Router
from api.schemas import Day
from core.clock import FIRST_DAY, LAST_DAY, local_day
from map_ui.administration import shifts_page

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)


@pages.get("/shifts")
async def shifts(
    visit: AllocationVisit,
    branch: Code = "",
    week: Annotated[Day | None, Query(description="a day of it")] = None,
    q: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = "",
) -> HTMLResponse:
    """Who of a branch works when in a week."""
    at = await branch_of(visit, branch)
    today = local_day(visit.now, at.zone)
    monday = _monday_of(week or today)
    found = await roster(visit.session, at, monday, monday + timedelta(days=6))
    shown = shifts_page.shifts(
        visit.desk, found, today=today, q=q, branches=await branch_options(visit.session)
    )
    return HTMLResponse(shown)


def _monday_of(day: date) -> date:
    kept = min(max(day, FIRST_DAY + timedelta(weeks=2)), LAST_DAY - timedelta(weeks=2))
    return kept - timedelta(days=kept.weekday())
