"""The door before sign-in: a crowd that guesses waits outside of the framework, where it costs
next to nothing."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.limits import BodyWatch
from identity.errors import TooManySignIns
from identity.throttle.guard import SignInGuard

OPEN_TO_GUESSING = {"/v1/sign-in", "/v1/password-reset"}
LONGEST_BYTES = 20_000
"""A user name, a password and a code, however they are escaped."""


class _Named(msgspec.Struct):
    username: str


_decoder = msgspec.json.Decoder(_Named)


class SignInDoor:
    """Hands requests on to `app`; of strangers who want to sign in few at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["path"] not in OPEN_TO_GUESSING
            or scope["method"] != "POST"
        ):
            await self.app(scope, receive, send)
            return
        try:
            body = await _body(receive)
        except HTTPException as error:
            await problems.of_http_error(error)(scope, receive, send)
            return
        guard: SignInGuard = scope["app"].state.sign_in_guard
        client = scope.get("client")
        try:
            async with guard.entrance(_username(body), client[0] if client else ""):
                await self.app(scope, _again(body, receive), send)
        except TooManySignIns as error:
            await problems.of_domain_error(error)(scope, receive, send)


async def _body(receive: Receive) -> bytes:
    """The whole body. Raises `HTTPException` when it is too large or stalls."""
    watched = BodyWatch(receive)
    body: bytes = b""
    while True:
        message = await watched()
        body += message.get("body", b"")
        if len(body) > LONGEST_BYTES:
            raise HTTPException(413, f"Send at most {LONGEST_BYTES:,} bytes to sign in")
        if not message.get("more_body", False):
            return body


def _username(body: bytes) -> str:
    """Who somebody says they are; nobody in a body that will be refused."""
    try:
        return _decoder.decode(body).username
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def _again(body: bytes, receive: Receive) -> Receive:
    """What has been received, and then whatever comes."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again
