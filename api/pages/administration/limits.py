"""Pages of agents' cash limits."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.cursor import Cursor, cut, keys_of
from api.pages.administration.people import ON_A_PAGE, further
from api.pages.administration.visit import Visit, sees
from api.routing import Router
from collection.custody.limits import store
from identity.errors import AgentNotFound
from identity.permission import Permission
from map_ui.administration import limits_pages

pages = Router(prefix="/admin", include_in_schema=False, default_response_class=HTMLResponse)

SupervisionVisit = Annotated[
    Visit, Depends(sees(Permission.SUPERVISION_SEE), scope="function")
]  # fmt: skip


@pages.get("/cash-limits")
async def limits(
    request: Request,
    visit: SupervisionVisit,
    q: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = "",
    cursor: Cursor = None,
) -> HTMLResponse:
    """The limits, those with a change that waits first."""
    after = keys_of(cursor, str)
    found = await store.limits(visit.session, q=q or None, after=after, limit=ON_A_PAGE + 1)
    page, behind = cut(found, ON_A_PAGE, store.order_key)
    shown = limits_pages.limits(visit.desk, page, q=q, next_url=further(request, behind))
    return HTMLResponse(shown)


@pages.get("/cash-limits/{agent_id}")
async def limit(visit: SupervisionVisit, agent_id: UUID) -> HTMLResponse:
    """One agent's limit, and the changes there were."""
    line = await store.limit_of(visit.session, agent_id)
    if line is None:
        raise AgentNotFound(str(agent_id))
    history = await store.history(visit.session, agent_id)
    return HTMLResponse(limits_pages.limit(visit.desk, line, history, viewer_id=visit.caller.id))
