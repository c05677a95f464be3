"""The hot routes, which take pings from devices, in front of the framework.

- ``POST /v1/pings``: our own batch, with the device's key as a bearer token.
- ``GET`` and ``POST /gps`` and any path below it: Traccar Client, with the device's key as its
  device identifier.
"""

from collections import Counter
from datetime import datetime

import msgspec
import structlog
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.devices.requests import MOST_BYTES, TooLarge, bearer_of, body_of, header
from core.errors import DomainError
from identity.errors import UnknownDevice
from tracking.errors import NoDeviceId, Undecodable
from tracking.message import Decoded
from tracking.parcel import ItemAnswer
from tracking.protocols import batch, traccar
from tracking.receive import Reception

log = structlog.get_logger()


class BatchAnswer(msgspec.Struct):
    """What became of a batch: how many, and each in the batch's order."""

    stored: int
    quarantined: int
    dropped: int
    results: tuple[ItemAnswer, ...]


class DeviceRoutes:
    """Answers what devices send and hands everything else on to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path == "/v1/pings":
            take, methods = _take_batch, ["POST"]
        elif scope["type"] == "http" and (path == "/gps" or path.startswith("/gps/")):
            take, methods = _take_traccar, ["GET", "POST"]
        else:
            await self.app(scope, receive, send)
            return
        if scope["method"] not in methods:
            response: Response = _wrong_method(methods)
        else:
            try:
                response = await take(scope, receive)
            except TooLarge:
                response = _too_large()
            except DomainError as error:
                response = problems.of_domain_error(error)
        await response(scope, receive, send)


def _reception_of(scope: Scope) -> tuple[Reception, datetime]:
    state = scope["app"].state
    return state.reception, state.clock.now()


async def _take_batch(scope: Scope, receive: Receive) -> Response:
    """Each ping is dealt with by itself; a body that is no batch is refused as a whole, so that a
    phone keeps what was damaged on the way and sends it again."""
    reception, now = _reception_of(scope)
    key = bearer_of(scope)
    if not key:
        raise UnknownDevice
    await reception.device(key, now)
    try:
        items = batch.decode(await body_of(scope, receive))
    except Undecodable as error:
        return problems.problem(400, error.title, error.detail, error.code)
    results = await reception.receive(key, Decoded(items), "batch", now)
    counts = Counter(result.status for result in results)
    answer = BatchAnswer(counts["stored"], counts["quarantined"], counts["dropped"], results)
    return Response(msgspec.json.encode(answer), media_type="application/json")


async def _take_traccar(scope: Scope, receive: Receive) -> Response:
    """Anything but 2xx has the app send the same message for ever, before all others. So that is
    the answer only where the device's settings must be put right, or when nothing was stored."""
    reception, now = _reception_of(scope)
    body = await body_of(scope, receive)
    try:
        message = traccar.read(scope["query_string"], header(scope, b"content-type"), body)
    except NoDeviceId as error:
        return problems.problem(400, error.title, error.detail, error.code)
    except Undecodable:
        # Whose it is cannot be known, so it cannot even be kept aside.
        log.info("gps.unreadable", size=len(body))
        return Response()
    try:
        items = traccar.positions(message, now)
        await reception.receive(message.device_key, Decoded(items), "traccar", now)
    except UnknownDevice as error:
        return problems.problem(404, error.title, error.detail, error.code)
    return Response()


def _wrong_method(methods: list[str]) -> JSONResponse:
    answer = problems.problem(
        405, "This address does not take that method", f"Use {' or '.join(methods)}", "http-405"
    )
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _too_large() -> JSONResponse:
    detail = f"Send at most {MOST_BYTES} bytes at once; several smaller batches will do"
    return problems.problem(413, "The body is too large", detail, "too-large")
