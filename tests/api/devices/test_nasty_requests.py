"""Whatever is sent to the device routes, the answer is one that the apps know."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import Clock
from data.live import LiveBus
from data.session import Database
from tests.application import application
from tests.tracking.parcels import Walker, a_walker
from tests.tracking.protocol_vectors import FORM, JSON
from tests.tracking.test_nasty_messages import CORPUS, mutated
from tracking.protocols.request import Request

ANSWERS = {200, 400, 401, 404, 413, 503}
PATHS = ("/gps", "/gps/pub", "/v1/pings")
NO_FRESH_FIXTURES = [HealthCheck.function_scoped_fixture]


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


@pytest.fixture
def app(database: Database, live: LiveBus, clock: Clock) -> Iterator[FastAPI]:
    with application(database, live, clock) as app:
        yield app


async def send(app: FastAPI, path: str, request: Request, walker: Walker) -> None:
    """Send a request as it is, bytes that no client would let through included, and check the
    answer. Where it says `rd_1` it is from a device that is enrolled."""
    known = walker.key.encode()
    headers = {b"content-type": request.content_type, b"authorization": request.authorization}
    sent = [{"type": "http.request", "body": request.body.replace(b"rd_1", known)}]
    answered: list[Any] = []

    async def receive() -> Any:
        return sent.pop()

    async def answer(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "app": app,
        "query_string": request.query.replace(b"rd_1", known),
        "headers": [(n, v.encode("latin-1", "replace")) for n, v in headers.items() if v],
    }  # fmt: skip
    await app(scope, receive, answer)
    start, *bodies = answered
    assert start["status"] in ANSWERS, bodies
    content = b"".join(part.get("body", b"") for part in bodies)
    told = dict(start["headers"])
    assert int(told[b"content-length"]) == len(content)
    if start["status"] != 200 and content:
        assert told[b"content-type"] == b"application/problem+json"


@pytest.mark.parametrize("body", [p.read_bytes() for p in CORPUS], ids=[p.name for p in CORPUS])
async def test_a_nasty_message_gets_a_known_answer(
    app: FastAPI, walker: Walker, body: bytes
) -> None:
    for to in PATHS:
        for content_type in ("", FORM, JSON, "application/gpx+xml"):
            for authorization in ("", f"Bearer {walker.key}"):
                request = Request(b"", content_type, authorization, body)
                await send(app, to, request, walker)
        if len(body) < 2000:
            await send(app, to, Request(body), walker)


@settings(max_examples=60, suppress_health_check=NO_FRESH_FIXTURES)
@given(request_=mutated(), path=st.sampled_from(PATHS), known=st.booleans())
async def test_a_real_request_gone_wrong_gets_a_known_answer(
    app: FastAPI, walker: Walker, request_: Request, path: str, known: bool
) -> None:
    authorization = f"Bearer {walker.key}" if known else request_.authorization
    asked = Request(request_.query, request_.content_type, authorization, request_.body)
    await send(app, path, asked, walker)


@settings(max_examples=60, suppress_health_check=NO_FRESH_FIXTURES)
@given(query=st.binary(max_size=100), body=st.binary(max_size=300), path=st.sampled_from(PATHS))
async def test_random_bytes_get_a_known_answer(
    app: FastAPI, walker: Walker, query: bytes, body: bytes, path: str
) -> None:
    request = Request(query, "", f"Bearer {walker.key}", body)
    await send(app, path, request, walker)


@pytest.mark.deep
@settings(max_examples=2000, suppress_health_check=NO_FRESH_FIXTURES)
@given(request_=mutated(), path=st.sampled_from(PATHS))
async def test_a_great_many_requests_get_a_known_answer(
    app: FastAPI, walker: Walker, request_: Request, path: str
) -> None:
    asked = Request(request_.query, request_.content_type, f"Bearer {walker.key}", request_.body)
    await send(app, path, asked, walker)
