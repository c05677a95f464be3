"""The page of the keys of programs."""

from fastapi.responses import HTMLResponse

from api.pages.administration.people import branch_options
from api.pages.administration.visit import AdminVisit
from api.routing import Router
from identity.api_keys.store import listed
from map_ui.administration import key_page

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)

MOST_KEYS = 200


@pages.get("/api-keys")
async def api_keys(visit: AdminVisit) -> HTMLResponse:
    """The newest keys, and making another."""
    shown = key_page.keys(
        visit.desk,
        await listed(visit.session, limit=MOST_KEYS),
        issuer=visit.caller.permissions,
        branches=await branch_options(visit.session),
    )
    return HTMLResponse(shown)
