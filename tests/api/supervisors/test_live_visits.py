"""Visits reach those who watch within seconds: pings in, the worker's loop, events out."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime

import httpx
import pytest

from core.clock import Clock
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from jobs.visits import keep_visits_current
from map_ui.live_hub import LiveHub
from tests.api.supervisors.scenes import HOUR, Scene, a_scene
from tests.api.supervisors.test_live_events import Watcher
from tests.api.supervisors.test_visits import at_the_first_door
from tests.api.supervisors.tours import send
from tests.application import client_at
from tests.conftest import MONDAY_NINE

WITHIN_S = 5.0
NOW = MONDAY_NINE + HOUR


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


@pytest.fixture
async def worker(database: Database) -> AsyncIterator[None]:
    """The worker's own loop, as it runs in its process."""
    clock = Clock(datetime.now(UTC), NOW, 1e-9)
    loop = asyncio.create_task(keep_visits_current(database, clock))
    yield
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop


@pytest.fixture
async def at_ten(database: Database, live: LiveBus) -> AsyncIterator[httpx.AsyncClient]:
    async with client_at(database, live, NOW) as client:
        yield client


@pytest.mark.usefixtures("worker")
async def test_a_visit_and_its_stop_are_told_within_five_seconds_of_the_deciding_ping(
    at_ten: httpx.AsyncClient, database: Database, live: LiveBus, scene: Scene
) -> None:
    hub = LiveHub(database, live, Clock(datetime.now(UTC), NOW, 1e-9))
    watcher = Watcher(hub, scene, await live.last_id())
    pings = at_the_first_door()
    arrived = [ping for ping in pings if ping["captured_at"] <= "2026-11-23T12:10:00Z"]
    async with aclosing(watcher.events):
        waiting = asyncio.create_task(watcher.until("visits"))
        await asyncio.sleep(0.3)
        sent_s = time.monotonic()
        await send(at_ten, scene.key, arrived)
        batch = await waiting
        told_s = time.monotonic() - sent_s
        (visit,) = batch["visits"]
        waiting = asyncio.create_task(watcher.until("visits"))
        await send(at_ten, scene.key, pings[len(arrived) :])
        left = await waiting
        # Figures and stops are read once a second: the agent may be told to be there still.
        stops = left["stops"]
        while [stop["status"] for stop in stops] != ["verified"]:
            stops = (await watcher.until("stops"))["stops"]
    assert told_s < WITHIN_S
    assert (visit["agent_id"], visit["version"]) == (str(scene.agent_id), 1)
    assert (visit["verdict"], visit["is_closed"]) == ("verified", False)
    assert visit["case_ids"] == [str(scene.cases[0].case_id)]
    assert (visit["lat"], visit["lon"]) == (
        pytest.approx(-29.9, abs=1e-4), pytest.approx(-71.25, abs=1e-4),
    )  # fmt: skip
    (closed,) = left["visits"]
    assert (closed["id"], closed["version"], closed["is_closed"]) == (visit["id"], 2, True)
    assert closed["change"] == "ended"
    if hub._reading:
        await hub._reading


@pytest.mark.usefixtures("worker")
async def test_a_visit_that_no_longer_holds_is_told_as_withdrawn(
    at_ten: httpx.AsyncClient, database: Database, live: LiveBus, scene: Scene
) -> None:
    hub = LiveHub(database, live, Clock(datetime.now(UTC), NOW, 1e-9))
    watcher = Watcher(hub, scene, await live.last_id())
    pings = at_the_first_door()
    async with aclosing(watcher.events):
        waiting = asyncio.create_task(watcher.until("visits"))
        await asyncio.sleep(0.3)
        await send(at_ten, scene.key, pings[:-1])
        (visit,) = (await waiting)["visits"]
        async with database.transaction(EVERYTHING) as session:
            await rows(session, "UPDATE fence SET center = 'SRID=4326;POINT(-71.2 -29.95)'"
                       " RETURNING 1")  # fmt: skip
        waiting = asyncio.create_task(watcher.until("visits"))
        await send(at_ten, scene.key, pings[-1:])
        batch = await waiting
    (gone,) = batch["visits"]
    assert (gone["id"], gone["withdrawn_why"]) == (visit["id"], "no longer shown by the pings")
    if hub._reading:
        await hub._reading
