"""A plain ASGI request, read without a framework in between."""

from starlette.types import Receive, Scope

from tracking.errors import Undecodable

MOST_BYTES = 1_000_000
"""Some ten thousand pings: more than a phone gathers in two days offline."""


class TooLarge(Exception):
    """The body is longer than `MOST_BYTES`."""


def header(scope: Scope, name: bytes) -> str:
    """A header's value by its lower-case name; empty when missing."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return ""


def bearer_of(scope: Scope) -> str:
    """The bearer token of the request; empty when it has none."""
    scheme, _, token = header(scope, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def body_of(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises `TooLarge`, or `Undecodable` when the sender broke off."""
    stated = header(scope, b"content-length")
    if stated.isdecimal() and int(stated) > MOST_BYTES:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Undecodable("Send the body to its end")
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
