"""HTML pages, vector tiles and static files."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from api.deps import AnyStaff, Db, Now, Read, caller_of
from api.pages import texts
from api.pages.files import KeptFiles
from api.pages.locale import locale_of
from api.pages.provider import provider_name
from api.routing import Router
from core.errors import InvalidField
from data.session import Database
from identity.errors import NotSignedIn
from identity.principal import Principal, Role
from identity.store import branches
from map_ui import (
    account_page,
    allocation_page,
    api_docs_page,
    case_page,
    cases_page,
    cash_desk_page,
    centers_page,
    confirmations_page,
    dashboards_page,
    live_map,
    parts_page,
    phone_page,
    reconciliation_page,
    sign_in_page,
    territories_page,
)
from map_ui.page import Office, office_page
from map_ui.places import PLACES, places_for
from map_ui.static_url import SERVED_AT, STATIC, version
from streets import store

FIRST = {
    Role.TELE_CALLER: "/cases",
    Role.ALLOCATION_MANAGER: "/allocation",
    Role.CASH_DESK: "/cash-desk",
    Role.HEAD_OFFICE: "/dashboards",
    Role.LEADERSHIP: "/dashboards",
}
NEEDS = {place.path: place.needs for place in PLACES}

pages = Router(include_in_schema=False, default_response_class=HTMLResponse)
tiles = Router(tags=["basemap"])


async def _visitor(request: Request) -> Principal | None:
    """Who opens a page; None sends them to sign in, rather than an error."""
    try:
        return await caller_of(request)
    except NotSignedIn:
        return None


Visitor = Annotated[Principal | None, Depends(_visitor)]


def _nonce(request: Request) -> str:
    nonce: str = request.state.nonce
    return nonce


def _shown(request: Request, visitor: Visitor, render: Callable[..., str]) -> Response:
    """A page of the office for who is signed in; others are sent to sign in first. Whom its figures
    would be refused is told so by the page itself."""
    if visitor is None:
        back = quote(_with_query(request.url.path, request))
        return RedirectResponse(f"/sign-in?next={back}", status_code=303)
    places, locale = places_for(visitor.permissions), locale_of(request, visitor.language)
    office = Office(_nonce(request), visitor.name, places, locale=locale)
    if request.url.path in NEEDS and NEEDS[request.url.path] not in visitor.permissions:
        return HTMLResponse(office_page("refused.html", office), status_code=403)
    return HTMLResponse(render(office))


@pages.get("/")
async def home(request: Request, visitor: Visitor) -> RedirectResponse:
    """The first thing to see is the page that somebody works on, or the first of their menu; a
    notification's ``?alert=`` goes along."""
    menu = places_for(visitor.permissions) if visitor else ()
    first = (FIRST.get(visitor.role) if visitor else None) or (menu[0].path if menu else "/live")
    return RedirectResponse(_with_query(first, request), status_code=303)


def _with_query(path: str, request: Request) -> str:
    return f"{path}?{request.url.query}" if request.url.query else path


@pages.get("/sign-in")
async def sign_in(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002
    """The sign-in page. Open to everybody."""
    return HTMLResponse(
        sign_in_page.render(
            nonce=_nonce(request),
            locale=locale_of(request),
            next_url=next,
            provider=provider_name(),
        )
    )


@pages.get("/live")
async def live(request: Request, visitor: Visitor) -> Response:
    """The live map. The page holds no data; what it asks for is guarded on its own."""
    return _shown(request, visitor, live_map.render)


@pages.get("/cash-desk")
async def cash_desk(request: Request, visitor: Visitor) -> Response:
    """The cash desk's page of deposits, tills, vault and day. It holds no data of its own."""
    return _shown(request, visitor, cash_desk_page.render)


@pages.get("/centers")
async def centers(request: Request, visitor: Visitor) -> Response:
    """The supervisors' page of center meetings. It holds no data of its own."""
    return _shown(request, visitor, centers_page.render)


@pages.get("/confirmations")
async def confirmations(request: Request, visitor: Visitor) -> Response:
    """The supervisors' page of payers to be asked what they owe. It holds no data of its own."""
    return _shown(request, visitor, confirmations_page.render)


@pages.get("/reconciliation")
async def reconciliation(request: Request, visitor: Visitor) -> Response:
    """The cash desk's page of bank lines and what they prove. It holds no data of its own."""
    return _shown(request, visitor, reconciliation_page.render)


@pages.get("/dashboards")
async def dashboards(request: Request, visitor: Visitor, now: Now) -> Response:
    """The leaders' figures. The page holds no data; what it asks for is guarded on its own."""
    return _shown(request, visitor, partial(dashboards_page.render, now=now))


@pages.get("/allocation")
async def allocation(request: Request, visitor: Visitor) -> Response:
    """The allocation managers' workbench. The page holds no data, as the live map's does not."""
    return _shown(request, visitor, allocation_page.render)


@pages.get("/territories")
async def territories(request: Request, visitor: Visitor) -> Response:
    """The page of territories. It holds no data; what it asks for is guarded on its own."""
    return _shown(request, visitor, territories_page.render)


@pages.get("/cases")
async def cases(request: Request, visitor: Visitor) -> Response:
    """The desk's worklist. The page holds no data; what it asks for is guarded on its own."""
    return _shown(request, visitor, cases_page.render)


@pages.get("/cases/{id}")
async def case(id: UUID, request: Request, visitor: Visitor) -> Response:  # noqa: A002
    """One case. The page holds no data; it asks for the case that its address names."""
    return _shown(request, visitor, case_page.render)


@pages.get("/account")
async def account(request: Request, visitor: Visitor, database: Db) -> Response:
    """Everybody's own account. The page holds no data; what it asks for is guarded on its own."""
    zone = await _zone_of(database, visitor) if visitor else "UTC"
    return _shown(request, visitor, partial(account_page.render, zone=zone))


async def _zone_of(database: Database, visitor: Principal) -> str:
    async with database.transaction(visitor.scope, read_only=True) as session:
        return next(b.zone for b in await branches(session) if b.id == visitor.branch_id)


@pages.get("/sw.js", response_class=FileResponse)
async def service_worker() -> FileResponse:
    """The service worker, at the root so that it is the whole site's. Open to everybody."""
    headers = {
        "Service-Worker-Allowed": "/",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "default-src 'none'",  # it fetches nothing
    }
    return FileResponse(STATIC / "sw.js", media_type="text/javascript", headers=headers)


@pages.get("/ui")
async def ui(request: Request) -> HTMLResponse:
    """All parts of the look, in all states. Holds no data; open to everybody."""
    return HTMLResponse(parts_page.render(nonce=_nonce(request), locale=locale_of(request)))


@pages.get("/phone")
async def phone(request: Request) -> HTMLResponse:
    """A phone's set-up page. Holds no data; the phone's key stays in its browser. Open to all."""
    return HTMLResponse(phone_page.render(nonce=_nonce(request), locale=locale_of(request)))


@pages.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API, to read and to try. Open to everybody, as is the OpenAPI document it shows."""
    return HTMLResponse(api_docs_page.render(nonce=_nonce(request)))


@tiles.get(
    "/tiles/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={200: {"content": {"application/vnd.mapbox-vector-tile": {}}}},
)
async def get_tile(
    z: Annotated[int, PathParameter(ge=0, le=22)],
    x: Annotated[int, PathParameter(ge=0)],
    y: Annotated[int, PathParameter(ge=0)],
    caller: AnyStaff,
    session: Read,
    request: Request,
) -> Response:
    """A vector tile of our own basemap, in the Protomaps schema."""
    if x >= 2**z or y >= 2**z:
        raise InvalidField("x, y", f"from 0 to {2**z - 1} at zoom {z}")
    networks = await store.networks(session)
    etag = f'"{hash_of(tuple(info.graph_hash for info in networks))}-{z}-{x}-{y}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600"}
    if request.headers.get("If-None-Match") == etag:
        return Response(status_code=304, headers=headers)
    content = await store.tile(session, z, x, y)
    return Response(content, media_type="application/vnd.mapbox-vector-tile", headers=headers)


def hash_of(graph_hashes: tuple[str, ...]) -> str:
    """A short name for what the basemap shows now."""
    return hashlib.sha256("".join(graph_hashes).encode()).hexdigest()[:12]


def install(app: FastAPI) -> None:
    """Serve the pages, the tiles and the static files on `app`: first of all, for a page asks for a
    hundred files."""
    app.mount(SERVED_AT, KeptFiles(STATIC, version), name="static")
    app.include_router(pages)
    app.include_router(tiles)
    app.include_router(texts.scripts)
