"""An agent who has toured, seen at 11:00."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.app import attach, create_app
from core.clock import Clock
from data.live import LiveBus
from data.session import Database
from tests.api.supervisors.scenes import HOUR, Scene, a_scene
from tests.api.supervisors.tours import pings_of, send, tour
from tests.conftest import MONDAY_NINE

END = MONDAY_NINE + 2 * HOUR


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


@pytest.fixture
async def later(database: Database, live: LiveBus) -> Any:
    """Talks to the application at 11:00."""
    app = create_app()
    attach(app, database, live, Clock(datetime.now(UTC), END, 1e-9))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def toured(later: httpx.AsyncClient, scene: Scene) -> Scene:
    """The pings of a tour, some of them hours late and the newest first."""
    pings = pings_of(tour())
    await send(later, scene.key, pings[::-2])
    await send(later, scene.key, pings[-2::-2])
    return scene
