"""The hot routes, which take pings from devices, in front of the framework.

- ``POST /v1/pings``: our own batch, with the device's key as a bearer token.
- ``GET`` and ``POST /gps`` and any path below it: whatever a GPS app sends; see
  `tracking.protocols.gps`.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.devices.requests import TooLarge, bearer_of, body_of, gps_request, headers_of
from core.errors import DomainError
from core.settings import settings
from data.limits import LocalLimit, per_minute
from identity.errors import UnknownDevice
from tracking.errors import NoDeviceId, PingsNotStored, TooManyMessages, Undecodable
from tracking.message import Decoded
from tracking.protocols import batch, gps
from tracking.receive import Reception

log = structlog.get_logger()

ASIDE_FROM_BYTES = 200_000
"""A body from this size on is decoded in a thread, so that others need not wait for it."""

EMPTY = {"type": "http.response.body", "body": b""}
EMPTY_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"0")],
}


class DeviceRoutes:
    """Answers what devices send and hands everything else on to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        methods: tuple[str, ...]
        if scope["type"] == "http" and path == "/v1/pings":
            take, methods = _take_batch, ("POST",)
        elif scope["type"] == "http" and (path == "/gps" or path.startswith("/gps/")):
            take, methods = _take_gps, ("GET", "POST")
        else:
            await self.app(scope, receive, send)
            return
        headers = headers_of(scope)
        try:
            if scope["method"] not in methods:
                refusal = _wrong_method(methods)
            else:
                await _answer(send, await take(scope, headers, receive))
                return
        except TooLarge as error:
            refusal = _too_large(error.most)
        except _Refusal as error:
            refusal = error.answer
        except Undecodable as error:
            refusal = problems.problem(400, error.title, error.detail, error.code)
        except DomainError as error:
            refusal = problems.of_domain_error(error)
        except Exception as error:
            # A fault of ours. Nothing is known to be stored, and the phone still has it.
            log.error("gps.failed", path=path, exc_info=error)
            refusal = problems.of_domain_error(PingsNotStored())
        await refusal(scope, receive, send)


class _Refusal(Exception):
    """A refusal in the words of the protocol that the sender speaks."""

    def __init__(self, answer: JSONResponse) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


async def _answer(send: Send, body: bytes) -> None:
    if not body:
        await send(EMPTY_START)
        await send(EMPTY)
        return
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def device_limit() -> LocalLimit | None:
    """What the settings allow a device, None for anything."""
    limit = per_minute("device", settings().messages_per_min_device)
    return LocalLimit(limit) if limit else None


def _count(scope: Scope, device_id: UUID) -> None:
    """Count a message of a device. Raises `TooManyMessages`.

    It is a 503, not a 429: some apps take any 4xx for the message's own fault and throw it away.
    """
    limit: LocalLimit | None = scope["app"].state.device_limit
    wait_s = limit.take(str(device_id), time.monotonic()) if limit else 0.0
    if wait_s:
        raise TooManyMessages(int(wait_s) + 1)


def _reception_of(scope: Scope) -> tuple[Reception, datetime]:
    state = scope["app"].state
    return state.reception, state.clock.now()


async def _take_batch(scope: Scope, headers: Mapping[bytes, str], receive: Receive) -> bytes:
    """Each ping is dealt with by itself; a body that is no batch is refused as a whole, so that a
    phone keeps what was damaged on the way and sends it again."""
    reception, now = _reception_of(scope)
    key = bearer_of(headers)
    if not key:
        raise UnknownDevice
    device = await reception.device(key, now)
    _count(scope, device.id)
    decoded = batch.decode(await body_of(headers, receive))
    return batch.answer(await reception.receive(key, decoded, batch.PROTOCOL.name, now))


async def _take_gps(scope: Scope, headers: Mapping[bytes, str], receive: Receive) -> bytes:
    """Anything but 2xx has Traccar Client send the same message for ever, before all others, and
    OwnTracks on iOS delete it. So that is the answer only where the device's settings must be put
    right, or when nothing was stored."""
    reception, now = _reception_of(scope)
    request = await gps_request(scope, headers, receive)
    try:
        message = gps.read(request)
    except NoDeviceId as error:
        raise _Refusal(_in_traccar_terms(400, error, headers)) from None
    except UnknownDevice as error:
        raise _Refusal(_ask_for_credentials(error)) from None
    except Undecodable:
        message = None
    if message is None or not message.keys:
        # Whose it is cannot be known, so it cannot even be kept aside.
        log.info("gps.unreadable", size=len(request.body))
        return message.protocol.answer(()) if message else b""
    try:
        key, device_id = await _key_of(reception, message, now)
        _count(scope, device_id)
        decoded = await _decoded(message, now)
        results = await reception.receive(key, decoded, message.protocol.name, now)
    except UnknownDevice as error:
        status = message.protocol.unknown_device
        if status == 401:
            raise _Refusal(_ask_for_credentials(error)) from None
        raise _Refusal(_in_traccar_terms(status, error, headers)) from None
    return message.protocol.answer(results)


async def _key_of(reception: Reception, message: gps.Message, now: datetime) -> tuple[str, UUID]:
    """Which of the values that may be the device's key is one, and whose. Raises `UnknownDevice`.

    Asked before anything is decoded, for a stranger may send a lot.
    """
    for key in message.keys:
        try:
            device = await reception.device(key, now)
        except UnknownDevice:
            continue
        return key, device.id
    raise UnknownDevice


async def _decoded(message: gps.Message, now: datetime) -> Decoded:
    if len(message.body) < ASIDE_FROM_BYTES:
        return message.decode(now)
    return await asyncio.to_thread(message.decode, now)


def _in_traccar_terms(
    status: int, error: DomainError, headers: Mapping[bytes, str]
) -> JSONResponse:
    """A Traccar app looks at the status alone and expects no body; who reads one gets a problem."""
    answer = problems.problem(status, error.title, error.detail, error.code)
    accepted = headers.get(b"accept", "")
    if "json" not in accepted and "html" not in accepted:
        answer.body = b""
        answer.headers["Content-Length"] = "0"
        del answer.headers["Content-Type"]
    return answer


def _ask_for_credentials(error: UnknownDevice) -> JSONResponse:
    answer = problems.of_domain_error(error)
    answer.headers["WWW-Authenticate"] = 'Basic realm="Roundsman", charset="UTF-8"'
    return answer


def _wrong_method(methods: tuple[str, ...]) -> JSONResponse:
    answer = problems.problem(
        405, "This address does not take that method", f"Use {' or '.join(methods)}", "http-405"
    )
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _too_large(most: int) -> JSONResponse:
    detail = f"Send at most {most} bytes at once; several smaller batches will do"
    return problems.problem(413, "The body is too large", detail, "too-large")
