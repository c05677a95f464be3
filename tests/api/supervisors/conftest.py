"""An agent who has toured, seen at 11:00."""

from typing import Any

import httpx
import pytest

from data.live import LiveBus
from data.session import Database
from tests.api.supervisors.scenes import HOUR, Scene, a_scene
from tests.api.supervisors.tours import pings_of, send, tour
from tests.application import client_at
from tests.conftest import MONDAY_NINE

END = MONDAY_NINE + 2 * HOUR


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


@pytest.fixture
async def later(database: Database, live: LiveBus) -> Any:
    """Talks to the application at 11:00."""
    async with client_at(database, live, END) as client:
        yield client


@pytest.fixture
async def toured(later: httpx.AsyncClient, scene: Scene) -> Scene:
    """The pings of a tour, some of them hours late and the newest first."""
    pings = pings_of(tour())
    await send(later, scene.key, pings[::-2])
    await send(later, scene.key, pings[-2::-2])
    return scene
