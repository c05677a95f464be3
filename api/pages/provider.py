"""Signing in and out with the organization's identity provider, by way of the browser."""

from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import Db, Now, address_of
from api.pages.locale import locale_of
from api.routing import Router
from api.sign_in import keep_cookie
from core.errors import DomainError
from core.settings import settings
from identity.errors import NoProvider, ProviderAnswerUnusable
from identity.providers.ask import addresses_of, identity_behind
from identity.providers.provider import Provider, authorization_url, flow_of, sign_out_url
from identity.providers.sign_in import sign_in_with_provider
from identity.secret import new_secret
from identity.sign_in import Whence
from map_ui import sign_in_page
from map_ui.page import page
from map_ui.sign_in_page import stays_here

pages = Router(include_in_schema=False, default_response_class=HTMLResponse)

PATH = "/sign-in/provider"
FLOW_COOKIE = "roundsman_provider"
FLOW_LIFE_S = 600


def provider_name() -> str | None:
    """What people call the provider; None where there is none."""
    return settings().provider_name if settings().provider_issuer else None


async def _provider() -> Provider:
    """The installation's provider. Raises `NoProvider`."""
    issuer = settings().provider_issuer
    if issuer is None:
        raise NoProvider
    return Provider(
        issuer,
        settings().provider_client_id or "",
        settings().provider_client_secret or "",
        settings().provider_name,
    )


TheProvider = Annotated[Provider, Depends(_provider)]


def _here(request: Request, path: str) -> str:
    parts = urlsplit(settings().public_url or str(request.base_url))
    return f"{parts.scheme}://{parts.netloc}{path}"


@pages.get(PATH)
async def begin(
    request: Request,
    provider: TheProvider,
    next: str = "/",  # noqa: A002
) -> RedirectResponse:
    """Send a browser to the provider. Open to everybody."""
    secret = new_secret("rf")
    addresses = await addresses_of(provider)
    to = authorization_url(provider, addresses, flow_of(secret), _here(request, f"{PATH}/back"))
    answer = RedirectResponse(to, status_code=303)
    # Lax, not strict: the provider sends the browser back, so the way back begins elsewhere.
    answer.set_cookie(
        FLOW_COOKIE,
        f"{secret}:{quote(next if stays_here(next) else '/')}",
        max_age=FLOW_LIFE_S,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=settings().secure_cookies,
    )
    return answer


@pages.get(f"{PATH}/back")
async def back(
    request: Request, provider: TheProvider, database: Db, now: Now, code: str = "", state: str = ""
) -> Response:
    """Where the provider sends a browser back. Open to everybody."""
    nonce: str = request.state.nonce
    secret, _, kept = request.cookies.get(FLOW_COOKIE, "").partition(":")
    next_url = unquote(kept) if stays_here(unquote(kept)) else "/"
    try:
        flow = flow_of(secret)
        if not secret or state != flow.state:
            raise ProviderAnswerUnusable("it is not to what this browser asked last")
        if not code:
            raise ProviderAnswerUnusable("nobody signed in there")
        addresses = await addresses_of(provider)
        identity = await identity_behind(
            provider, addresses, flow, code, _here(request, f"{PATH}/back")
        )
        whence = Whence(address_of(request), request.headers.get("User-Agent"))
        done = await sign_in_with_provider(database, identity, whence, now)
    except DomainError as error:
        html = sign_in_page.render(
            nonce=nonce, locale=locale_of(request), next_url=next_url, provider=provider.name,
            problem=f"{error.title}. {error.detail}.",
        )  # fmt: skip
        return _without_flow(HTMLResponse(html, status_code=403))
    # A page of ours, which then goes on: the strict cookie is not sent on a way begun elsewhere.
    answer = HTMLResponse(
        page(
            "going_on.html",
            nonce=nonce,
            locale=locale_of(request),
            to=next_url,
        )
    )
    keep_cookie(answer, done.token)
    return _without_flow(answer)


@pages.get(f"{PATH}/out")
async def out(request: Request, provider: TheProvider) -> RedirectResponse:
    """Sign a browser out at the provider, after it was signed out here. Open to everybody."""
    here = _here(request, "/sign-in")
    to = sign_out_url(provider, await addresses_of(provider), here)
    return RedirectResponse(to or here, status_code=303)


def _without_flow(answer: HTMLResponse) -> HTMLResponse:
    answer.delete_cookie(FLOW_COOKIE, path=PATH)
    return answer
