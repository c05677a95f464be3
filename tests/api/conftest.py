"""The application served in-process, on a database of the test's own."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.app import create_app
from core.clock import Clock
from data.live import LiveBus
from data.session import Database


@pytest.fixture
async def client(
    database: Database, live: LiveBus, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the application; the clock stands at Monday 09:00 in Santiago."""
    app = create_app()
    app.state.database, app.state.live, app.state.clock = database, live, clock
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    """The header that a token goes in."""
    return {"Authorization": f"Bearer {token}"}
