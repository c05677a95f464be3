"""The page of phones."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from api.admin.devices import wanted_devices
from api.cursor import Cursor, cut, keys_of
from api.pages.administration.people import ON_A_PAGE, branch_options, further
from api.pages.administration.visit import AdminVisit
from api.routing import Router
from identity.devices import store
from identity.phone_vaults.store import vaults
from map_ui.administration import settings_pages

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)


@pages.get("/devices")
async def devices(
    request: Request,
    visit: AdminVisit,
    wanted: Annotated[store.Wanted, Depends(wanted_devices)],
    cursor: Cursor = None,
) -> HTMLResponse:
    """The phones that fit a search, by label, and whose data is on which."""
    session = visit.session
    after = keys_of(cursor, str)
    found = await store.devices(session, wanted, after=after, limit=ON_A_PAGE + 1)
    page, behind = cut(found, ON_A_PAGE, lambda device: (device.label, device.id))
    shown = settings_pages.devices(
        visit.desk,
        page,
        wanted,
        vaults=await vaults(session, after=None, limit=ON_A_PAGE),
        branches=await branch_options(session),
        next_url=further(request, behind),
    )
    return HTMLResponse(shown)
