"""Who opens a page of administration, and what it is shown with."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Db, Now
from api.pages.locale import locale_of
from api.pages.screens import Visitor
from data.session import Database, Session
from identity.permission import Permission
from identity.principal import Principal
from identity.store import branches
from map_ui.administration.page import Desk
from map_ui.page import Office, office_page
from map_ui.places import places_for


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at a page that they may see, and their transaction, which reads only."""

    desk: Desk
    caller: Principal
    session: Session
    now: datetime


class NotForViewer(Exception):
    """The page is none that its viewer may see."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office


def sees(needed: Permission) -> Callable[..., AsyncIterator[Visit]]:
    """A dependency that lets nobody pass but who has a permission; who is not signed in is sent to
    sign in first."""

    async def visit(
        request: Request, visitor: Visitor, database: Db, now: Now
    ) -> AsyncIterator[Visit]:
        if visitor is None:
            query = f"?{request.url.query}" if request.url.query else ""
            back = quote(request.url.path + query)
            raise HTTPException(303, headers={"Location": f"/sign-in?next={back}"})
        office = Office(
            request.state.nonce,
            visitor.name,
            places_for(visitor.permissions),
            locale=locale_of(request, visitor.language),
        )
        if needed not in visitor.permissions:
            raise NotForViewer(office)
        async for each in _reading(database, visitor, office, now):
            yield each

    return visit


async def _reading(
    database: Database, visitor: Principal, office: Office, now: datetime
) -> AsyncIterator[Visit]:
    async with database.transaction(visitor.scope, read_only=True) as session:
        zone = next(b.zone for b in await branches(session) if b.id == visitor.branch_id)
        yield Visit(Desk(office, visitor.permissions, zone, now), visitor, session, now)


AdminVisit = Annotated[Visit, Depends(sees(Permission.ADMINISTRATION_SEE), scope="function")]
"""A visit of somebody who may see administration."""
AuditVisit = Annotated[Visit, Depends(sees(Permission.AUDIT_SEE), scope="function")]
DeskVisit = Annotated[Visit, Depends(sees(Permission.DESK_SEE), scope="function")]
AllocationVisit = Annotated[Visit, Depends(sees(Permission.ALLOCATION_SEE), scope="function")]


async def refuse(_: Request, error: Exception) -> Response:
    """The page that says so."""
    assert isinstance(error, NotForViewer)
    return HTMLResponse(office_page("refused.html", error.office), status_code=403)
