"""Headers that every answer carries."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import settings

CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'self'; style-src 'nonce-{nonce}' 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

EVERYWHERE = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Other sites do not load what we answer."""

ON_DOCUMENTS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
}
"""Other sites do not hold a window of ours, and what of a phone no page here needs none may ask
for."""

ON_FACTS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
"""What is no document may do nothing. A phone asks a thousand times a day, and pays for each
byte."""

HTTPS_ONLY = "max-age=31536000"
"""A browser that was here over HTTPS asks in no other way for a year (RFC 6797)."""


class SecurityHeaders:
    """Adds a content security policy and the like; a document's has a fresh nonce
    (``request.state.nonce``)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = {"Content-Security-Policy": CSP.format(nonce=nonce)}
                its = ON_FACTS if _is_no_document(headers) else policy | ON_DOCUMENTS
                for name, value in (EVERYWHERE | its).items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if settings().secure_cookies:
                    headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_no_document(headers: MutableHeaders) -> bool:
    media_type = headers.get("Content-Type", "").partition(";")[0]
    return media_type in ("", "application/json", "application/problem+json")
