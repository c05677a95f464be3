"""Limits on what is sent: how many requests from an address, how large, how slow."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from core.said import say
from core.settings import settings
from data.limits import Limits, PrepaidLimit, per_minute
from identity.errors import TooManyRequests

UNCOUNTED = {"/healthz"}
"""Asked by what keeps the service running, which must be told the truth under load, too."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """The limits on requests of an installation, counted for all its processes together."""

    counts: Limits
    of_address: PrepaidLimit | None
    of_actor: PrepaidLimit | None

    async def count_address(self, address: str) -> None:
        """Count a request from an address. Raises `TooManyRequests`."""
        await self._count(self.of_address, address, "address")

    async def count_actor(self, actor: str) -> None:
        """Count a request of somebody who has shown who they are. Raises `TooManyRequests`."""
        await self._count(self.of_actor, actor, "account")

    async def _count(self, limit: PrepaidLimit | None, whose: str, counted: str) -> None:
        if limit is None:
            return
        wait_s = await limit.take(whose, monotonic())
        if wait_s:
            raise TooManyRequests(int(wait_s) + 1, counted)


def request_limits(counts: Limits) -> RequestLimits:
    """The limits that the settings name."""

    def prepaid(name: str, most: int) -> PrepaidLimit | None:
        limit = per_minute(name, most)
        return None if limit is None else PrepaidLimit(counts, limit)

    return RequestLimits(
        counts,
        prepaid("requests:address", settings().requests_per_min_address),
        prepaid("requests:actor", settings().requests_per_min_actor),
    )


class LimitedRequests:
    """Refuses a request whose address has sent too many, and a body that is too large or stalls."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCOUNTED:
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        try:
            await scope["app"].state.request_limits.count_address(client[0] if client else "")
        except TooManyRequests as error:
            await problems.of_domain_error(error)(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated[:20]) > settings().most_body_bytes:
            await problems.of_http_error(_too_large())(scope, receive, send)
            return
        await self.app(scope, BodyWatch(receive), send)


class BodyWatch:
    """Receives a body, as long as it keeps coming and is not too large.

    What it raises are errors that the framework lets through to its handlers.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0
        self._is_whole = False

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(settings().body_stall_s):
                message = await self._receive()
        except TimeoutError:
            raise _too_slow() from None
        self._size += len(message.get("body", b""))
        if self._size > settings().most_body_bytes:
            raise _too_large()
        self._is_whole = not message.get("more_body", False)
        return message


def _too_large() -> HTTPException:
    return HTTPException(
        413, say("Send at most {most_bytes:,} bytes at once", most_bytes=settings().most_body_bytes)
    )


def _too_slow() -> HTTPException:
    return HTTPException(
        408,
        say(
            "Nothing came for {stall_s:g} s; nothing was stored, send it again",
            stall_s=settings().body_stall_s,
        ),
    )
