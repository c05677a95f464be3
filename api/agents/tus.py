"""The tus protocol, version 1.0.0: how files come in parts (https://tus.io/protocols/resumable-upload).

Here is what it asks of every request and answer; the routes are in ``api/agents/uploads.py``.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api import problems
from core.errors import DomainError, InvalidField
from geofence.attachments.uploads.upload import MOST_BYTES, Told

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration"
ALGORITHMS = ("sha1", "sha256")
PART_TYPE = "application/offset+octet-stream"
DAMAGED = 460
"""The protocol's own status: a part is not what its checksum says."""


class TusRoute(APIRoute):
    """A route that takes this version alone, and says so in every answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the protocol's headers around it."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                answer = await inner(request)
            except DomainError as error:
                answer = problems.of_domain_error(error)
            except HTTPException as error:
                answer = problems.of_http_error(error)
            except RequestValidationError as error:
                answer = problems.of_bad_request(error)
            answer.headers["Tus-Resumable"] = VERSION
            return answer

        return handle


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a body: all of it, or as much as came before it was `cut` off."""

    content: bytes
    cut: HTTPException | None


async def part_of(request: Request) -> Part:
    """The body of a request, as far as it came. Raises `HTTPException` for another version of the
    protocol, another type of body, and one that is too large or not what its checksum says.

    A part with a checksum that was cut off cannot be told from a damaged one: it is dropped.
    """
    if request.headers.get("Tus-Resumable") != VERSION:
        raise HTTPException(412, f"Send Tus-Resumable: {VERSION}", headers={"Tus-Version": VERSION})
    content, cut = bytearray(), None
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > MOST_BYTES:
                raise too_large()
    except ClientDisconnect:
        cut = HTTPException(408, "The connection broke; ask how far it came, and go on from there")
    except HTTPException as error:
        if error.status_code != 408:
            raise
        cut = error
    is_part = request.headers.get("Content-Type") == PART_TYPE
    if not is_part and (content or request.method == "PATCH"):
        raise HTTPException(415, f"Send parts as {PART_TYPE}")
    stated = request.headers.get("Upload-Checksum")
    if stated is None:
        return Part(bytes(content), cut)
    digest = _checksum(stated)
    if cut:
        return Part(b"", cut)
    if not hmac.compare_digest(digest[1], hashlib.new(digest[0], content).digest()):
        raise HTTPException(DAMAGED, "The part is not what its checksum says; send it again")
    return Part(bytes(content), None)


def too_large() -> HTTPException:
    """Refuses what is larger than any file may be."""
    return HTTPException(413, f"Send a file of at most {MOST_BYTES:,} bytes")


def _checksum(stated: str) -> tuple[str, bytes]:
    name, _, encoded = stated.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if name not in ALGORITHMS or not digest:
        raise HTTPException(
            400, f"Send Upload-Checksum as one of {', '.join(ALGORITHMS)} and base64"
        )
    return name, digest


def told_of(metadata: str, size_bytes: int) -> Told:
    """What ``Upload-Metadata`` tells of a file: pairs of a key and a value in base64, the keys `id`
    (a UUIDv7 of the sender's) and `sha256` (hexadecimal). Raises `InvalidField`."""
    found: dict[str, str] = {}
    for pair in metadata.split(","):
        name, _, encoded = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            found[name] = ""
    try:
        told = Told(UUID(found.pop("id", "")), size_bytes, bytes.fromhex(found.pop("sha256", "")))
    except ValueError:
        told = None
    if told is None or len(told.sha256) != hashlib.sha256().digest_size or found:
        raise InvalidField(
            "Upload-Metadata", "id (a UUID) and sha256 (64 hexadecimal digits), each in base64"
        )
    return told


def metadata_of(told: Told) -> str:
    """The same again."""
    named = {"id": str(told.id), "sha256": told.sha256.hex()}
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in named.items())
