"""A plain ASGI request, read without a framework in between."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive, Scope

from core.settings import settings
from tracking.errors import PingsNotStored, Undecodable
from tracking.protocols.request import Request

MOST_BYTES = 1_000_000
"""Some ten thousand pings: more than a phone gathers in two days offline."""

MOST_TRACK_BYTES = 10_000_000
"""A day's GPX file with a point each second, with room to spare."""


class TooLarge(Exception):
    """The body is longer than `most` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def headers_of(scope: Scope) -> Mapping[bytes, str]:
    """The headers by their lower-case name; of one that comes twice the last."""
    return {name: value.decode("latin-1") for name, value in scope["headers"]}


def bearer_of(headers: Mapping[bytes, str]) -> str:
    """The bearer token of the request; empty when it has none."""
    scheme, _, token = headers.get(b"authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def body_of(headers: Mapping[bytes, str], receive: Receive, most: int = MOST_BYTES) -> bytes:
    """The whole body. Raises `TooLarge`, `Undecodable` when the sender broke off, and
    `PingsNotStored` when nothing came for a while: no stranger keeps a connection for nothing."""
    stated = headers.get(b"content-length", "")
    if stated.isdecimal() and int(stated[:20]) > most:
        raise TooLarge(most)
    parts: list[bytes] = []
    size = 0
    while True:
        try:
            async with asyncio.timeout(settings().body_stall_s):
                message = await receive()
        except TimeoutError:
            raise PingsNotStored from None
        if message["type"] == "http.disconnect":
            raise Undecodable("Send the body to its end")
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLarge(most)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def gps_request(scope: Scope, headers: Mapping[bytes, str], receive: Receive) -> Request:
    """What a GPS app sent, whichever it is. Raises what `body_of` raises."""
    content_type = headers.get(b"content-type", "")
    is_track = "xml" in content_type.lower()
    return Request(
        scope["query_string"],
        content_type,
        headers.get(b"authorization", ""),
        await body_of(headers, receive, MOST_TRACK_BYTES if is_track else MOST_BYTES),
        headers.get(b"x-limit-d", ""),
        headers.get(b"user-agent", ""),
    )
