"""The live events: one batch for all who watch, resumed where they broke off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from api import sse
from core.clock import Clock
from data.live import Change, LiveBus
from data.session import Database
from map_ui import audience
from map_ui.audience import RESET, SIGN_OF_LIFE, Event
from map_ui.live_hub import LiveHub
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import Scene, a_scene, a_visit
from tests.api.supervisors.test_visits import a_receipt
from tests.conftest import MONDAY_NINE
from tests.tracking.parcels import Walker
from tracking.protocols import batch as batch_protocol
from tracking.receive import Reception

SECOND = timedelta(seconds=1)
SOON_S = 5.0


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


@pytest.fixture
async def hub(database: Database, live: LiveBus, clock: Clock) -> AsyncIterator[LiveHub]:
    hub = LiveHub(database, live, clock)
    yield hub
    if hub._reading:
        await hub._reading  # ends by itself once nobody watches


class Watcher:
    """Somebody who watches branches, and takes the events one by one."""

    def __init__(self, hub: LiveHub, scene: Scene, last_event_id: str) -> None:
        self.events = hub.events((scene.branch_id,), last_event_id)

    async def next(self) -> Event:
        return await asyncio.wait_for(anext(self.events), SOON_S)

    async def batch(self) -> dict[str, Any]:
        event = await self.next()
        assert event.name == "batch"
        body: dict[str, Any] = msgspec.json.decode(event.body)
        return body

    async def until(self, part: str) -> dict[str, Any]:
        """All batches up to the first that has something in this part, as one."""
        gathered = await self.batch()
        while not gathered[part]:
            batch = await self.batch()
            gathered = {key: batch[key] or gathered[key] for key in batch}
        return gathered


async def walk(database: Database, live: LiveBus, scene: Scene, *seconds: int) -> None:
    """Have pings stored as a phone would."""
    walker = Walker(scene.branch_id, scene.agent_id, scene.device_id, scene.key)
    reception = Reception(database, live)
    for second in seconds:
        ping = {
            "captured_at": (MONDAY_NINE + second * SECOND).isoformat(),
            "lat": -29.9,
            "lon": -71.25,
            "speed_mps": 2.0,
        }
        message = batch_protocol.decode(json.dumps({"pings": [ping]}).encode())
        await reception.receive(walker.key, message, "batch", MONDAY_NINE)


async def figures(live: LiveBus, scene: Scene) -> None:
    body = {"agent_id": str(scene.agent_id)}
    await live.publish([Change(scene.branch_id, "figures", body)])


async def test_a_position_is_told_with_its_status(
    hub: LiveHub, database: Database, live: LiveBus, scene: Scene
) -> None:
    watcher = Watcher(hub, scene, await live.last_id())
    async with aclosing(watcher.events):
        waiting = asyncio.create_task(watcher.until("positions"))
        await asyncio.sleep(0.3)
        await walk(database, live, scene, 10)
        (position,) = (await waiting)["positions"]
    assert position == {
        "agent_id": str(scene.agent_id), "lat": pytest.approx(-29.9), "lon": pytest.approx(-71.25),
        "accuracy_m": None, "heading_deg": None, "speed_mps": 2.0,
        "captured_at": "2026-11-23T12:00:10Z", "status": "moving",
    }  # fmt: skip


async def test_nothing_of_another_branch_is_told(
    hub: LiveHub, database: Database, live: LiveBus, scene: Scene
) -> None:
    other = await a_scene(database)
    start = await live.last_id()
    await walk(database, live, other, 10)
    await walk(database, live, scene, 20)
    watcher = Watcher(hub, scene, start)
    async with aclosing(watcher.events):
        batch = await watcher.until("positions")
    assert [p["agent_id"] for p in batch["positions"]] == [str(scene.agent_id)]


async def test_who_comes_back_gets_what_was_missed_and_then_what_happens(
    hub: LiveHub, database: Database, live: LiveBus, scene: Scene
) -> None:
    start = await live.last_id()
    watcher = Watcher(hub, scene, start)
    async with aclosing(watcher.events):
        await walk(database, live, scene, 1)
        event = await watcher.next()
    await walk(database, live, scene, 2)
    await a_visit(database, scene, scene.cases[0], "verified")
    await live.publish([
        Change(scene.branch_id, "stop", {
            "agent_id": str(scene.agent_id), "case_id": str(scene.cases[0].case_id),
            "status": "verified",
        }),
    ])  # fmt: skip
    again = Watcher(hub, scene, event.id)
    async with aclosing(again.events):
        missed = await again.until("stops")
        assert missed["positions"][0]["captured_at"] == "2026-11-23T12:00:02Z"
        assert [s["status"] for s in missed["stops"]] == ["verified"]
        assert missed["agents"][0]["visits_done"] == 1
        assert missed["strip"]["visits_done"] == 1
        await walk(database, live, scene, 3)
        later = await again.until("positions")
        assert later["positions"][0]["captured_at"] == "2026-11-23T12:00:03Z"


async def test_an_event_id_that_is_too_old_or_missing_means_to_start_over(
    hub: LiveHub, scene: Scene
) -> None:
    for event_id in ("", "1-1", "99999999999999-0"):
        watcher = Watcher(hub, scene, event_id)
        assert await watcher.next() is RESET
        with pytest.raises(StopAsyncIteration):
            await watcher.next()


async def test_changed_figures_are_read_once_for_all_who_watch(
    hub: LiveHub, client: httpx.AsyncClient, live: LiveBus, scene: Scene
) -> None:
    start = await live.last_id()
    watchers = [Watcher(hub, scene, start) for _ in range(3)]
    waiting = [asyncio.create_task(w.until("agents")) for w in watchers]
    await asyncio.sleep(0.3)
    await a_receipt(client, scene, scene.cases[0], MONDAY_NINE)
    for _ in range(5):
        await figures(live, scene)
    for batch in await asyncio.gather(*waiting):
        assert [a["cash_in_hand_minor"] for a in batch["agents"]] == [1_000]
        assert batch["strip"]["cash_in_hand_minor"] == 1_000
    for watcher in watchers:
        await watcher.events.aclose()


async def test_alerts_and_rounds_are_told(hub: LiveHub, live: LiveBus, scene: Scene) -> None:
    start = await live.last_id()
    alert = {"id": str(uuid4()), "kind": "cash-limit", "title": "Limit reached"}
    other = {"id": str(uuid4()), "kind": "cash-limit", "title": "Gone again"}
    await live.publish([
        Change(scene.branch_id, "alert", alert),
        Change(scene.branch_id, "alert", other),
        Change(scene.branch_id, "alert_cleared", {"id": other["id"]}),
        Change(scene.branch_id, "round", {"agent_id": str(scene.agent_id)}),
    ])  # fmt: skip
    watcher = Watcher(hub, scene, start)
    async with aclosing(watcher.events):
        batch = await watcher.until("alerts")
    assert batch["alerts"] == [alert | {"severity": 2}]
    assert batch["cleared_alerts"] == [other["id"]]
    assert batch["rounds_changed"] == [str(scene.agent_id)]


async def test_many_positions_come_in_at_most_ten_batches_a_second(
    hub: LiveHub, database: Database, live: LiveBus, scene: Scene
) -> None:
    watcher = Watcher(hub, scene, await live.last_id())
    told_at_s: list[float] = []
    async with aclosing(watcher.events):
        waiting = asyncio.create_task(watcher.until("positions"))
        await asyncio.sleep(0.3)
        began_s = asyncio.get_running_loop().time()
        walking = asyncio.create_task(walk(database, live, scene, *range(1, 40)))
        batch = await waiting
        while batch["positions"][0]["captured_at"] != "2026-11-23T12:00:39Z":
            told_at_s.append(asyncio.get_running_loop().time())
            batch = await watcher.until("positions")
        await walking
    assert len(told_at_s) < 35
    # One for each round of a tenth of a second, of which the first had begun before, and the last
    # goes on. From the first step: a busy machine may read one late, and the next soon after.
    assert len(told_at_s) <= 10 * (told_at_s[-1] - began_s) + 2


async def test_a_slow_reader_is_told_to_start_over_and_holds_nobody_up(
    hub: LiveHub, live: LiveBus, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "MOST_WAITING", 2)
    start = await live.last_id()
    slow, quick = Watcher(hub, scene, start), Watcher(hub, scene, start)
    first = asyncio.create_task(slow.next())
    reading = asyncio.create_task(quick.next())
    await asyncio.sleep(0.3)
    for number in range(8):
        alert = {"id": str(uuid4()), "kind": "late", "title": str(number)}
        await live.publish([Change(scene.branch_id, "alert", alert)])
        assert (await asyncio.wait_for(reading, SOON_S)).name == "batch"
        reading = asyncio.create_task(quick.next())
    assert (await first).name == "batch"
    assert await slow.next() is RESET
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await quick.events.aclose()


async def test_when_the_bus_fails_everybody_starts_over(
    redis_url: str, database: Database, live: LiveBus, clock: Clock, scene: Scene
) -> None:
    own = LiveBus(redis_url)
    hub = LiveHub(database, own, clock)
    await figures(live, scene)
    watcher = Watcher(hub, scene, await live.last_id())
    waiting = asyncio.create_task(watcher.next())
    await asyncio.sleep(0.3)
    hub._live = LiveBus("redis://127.0.0.1:1/0")
    if (await asyncio.wait_for(waiting, SOON_S)).name == "batch":
        assert await watcher.next() is RESET
    await hub._live.close()
    await own.close()
    assert hub._reading is not None
    await hub._reading


async def test_quiet_times_have_signs_of_life(
    hub: LiveHub, live: LiveBus, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "SIGN_OF_LIFE_EVERY_S", 0.05)
    await figures(live, scene)
    watcher = Watcher(hub, scene, await live.last_id())
    async with aclosing(watcher.events):
        while (event := await watcher.next()) is not SIGN_OF_LIFE:
            assert event.name == "batch"


def test_an_event_as_text_is_what_a_browser_reads() -> None:
    text = Event("batch", "12-0", b'{"now":1}').text
    assert text == b'id: 12-0\nevent: batch\ndata: {"now":1}\n\n'
    assert RESET.text == b"event: reset\ndata: {}\n\n"
    assert SIGN_OF_LIFE.text.startswith(b":")


async def test_over_http_a_missing_id_is_answered_with_a_reset(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    answer = await client.get("/v1/live/events", headers=bearer(scene.token))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: reset" in answer.text


async def test_who_is_signed_out_is_told_no_more(
    client: httpx.AsyncClient, live: LiveBus, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "SIGN_OF_LIFE_EVERY_S", 0.05)
    monkeypatch.setattr(sse, "ASKED_EVERY_S", 0.1)
    await figures(live, scene)
    path = f"/v1/live/events?last_event_id={await live.last_id()}"
    watching = asyncio.create_task(client.get(path, headers=bearer(scene.token)))
    await asyncio.sleep(0.5)
    assert not watching.done()
    assert (await client.post("/v1/sign-out", headers=bearer(scene.token))).status_code == 204
    answer = await asyncio.wait_for(watching, SOON_S)
    assert answer.status_code == 200
    assert ":" in answer.text.removeprefix(": hello\n\n")  # it had been told that all was quiet
