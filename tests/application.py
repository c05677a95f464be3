"""The application in the tests' own process, and clients who talk to it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.attached import attach
from core.clock import Clock
from data.live import LiveBus
from data.session import Database

_idle: list[FastAPI] = []
"""Nothing of a test stays in one, and a new one takes a tenth of a second to answer first."""


@cache
def document() -> dict[str, Any]:
    """What the API says of itself. It takes seconds to make, and nobody changes it."""
    app = create_app()
    _idle.append(app)
    return app.openapi()


@contextmanager
def application(database: Database, live: LiveBus, clock: Clock) -> Iterator[FastAPI]:
    """The application on these; nobody else has it meanwhile."""
    app = _idle.pop() if _idle else create_app()
    attach(app, database, live, clock)
    try:
        yield app
    finally:
        _idle.append(app)


@asynccontextmanager
async def talking_to(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, which answers errors of ours with 500, as it does when served."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@asynccontextmanager
async def client_at(
    database: Database, live: LiveBus, now: datetime
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose clock stands (as good as) still at `now`."""
    with application(database, live, standing(now)) as app:
        async with talking_to(app) as client:
            yield client


def standing(now: datetime) -> Clock:
    """A clock that stands (as good as) still."""
    return Clock(datetime.now(UTC), now, 1e-9)
