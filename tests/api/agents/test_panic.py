"""Calls for help over HTTP, and from inside a tracker's message."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.fix import Fix
from core.geometry import LatLon
from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent
from tracking.health.panic import call_from_device

NINE = "2026-11-23T12:00:00Z"
FIX = {"lat": -29.9, "lon": -71.25, "accuracy_m": 12, "captured_at": NINE}


@dataclass
class Scene:
    """An agent off duty and a supervisor."""

    database: Database
    branch_id: UUID
    agent_id: UUID
    agent: str
    supervisor_id: UUID
    supervisor: str

    async def alerts(self) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            statement = "SELECT * FROM alert WHERE branch_id = :b AND cleared_at IS NULL"
            return list(await rows(session, statement, b=self.branch_id))


@pytest.fixture
async def scene(database: Database) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent, boss = (
            await an_agent(session, branch, "Sofía Rojas"),
            await a_person(session, branch),
        )
        return Scene(
            database, branch, agent, await a_token(session, agent), boss,
            await a_token(session, boss),
        )  # fmt: skip


async def call(client: httpx.AsyncClient, scene: Scene, id_: UUID, **body: Any) -> httpx.Response:
    return await client.put(
        f"/v1/agent/panics/{id_}",
        json={"device_time": NINE, "fix": FIX} | body,
        headers=bearer(scene.agent),
    )


async def end(client: httpx.AsyncClient, scene: Scene, id_: UUID, note: str) -> httpx.Response:
    return await client.post(
        f"/v1/panics/{id_}/end", json={"note": note}, headers=bearer(scene.supervisor)
    )


async def test_a_call_for_help_is_told_at_once_with_place_and_number(
    client: httpx.AsyncClient, live: LiveBus, scene: Scene
) -> None:
    before, panic_id = await live.last_id(), new_id()
    answer = await call(client, scene, panic_id, note="Dog, cannot leave")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"id": str(panic_id), "device_time": NINE, "server_time": NINE}
    (alert,) = await scene.alerts()
    assert (alert.kind, alert.title) == ("panic", "Sofía Rojas calls for help")
    assert "Dog, cannot leave" in alert.detail
    assert "+56900000001" in alert.detail
    assert alert.facts["phone"] == "+56900000001"
    assert alert.facts["position"]["lat"] == -29.9
    ((_, change),) = await live.read(before)
    assert (change.kind, change.body["facts"]["panic_id"]) == ("alert", str(panic_id))


async def test_the_same_call_again_is_one_call_and_another_body_is_a_conflict(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    panic_id = new_id()
    answers = await asyncio.gather(*(call(client, scene, panic_id) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(await scene.alerts()) == 1
    other = await call(client, scene, panic_id, note="Other")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/id-reused")


@pytest.mark.parametrize("device_time", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00+05:30"])
async def test_a_wrong_clock_never_silences_a_call_for_help(
    client: httpx.AsyncClient, scene: Scene, device_time: str
) -> None:
    answer = await call(client, scene, new_id(), device_time=device_time, fix=None)
    assert answer.status_code == 200
    (alert,) = await scene.alerts()
    assert "No position is known." in alert.detail


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"device_time": "now"}, "device_time"),
        ({"device_time": "0001-01-01T00:00:00+05:00"}, "device_time"),
        ({"fix": {"lat": 91, "lon": 0, "captured_at": NINE}}, "fix.lat"),
        ({"note": ""}, "note"),
        ({"where": "here"}, "where"),
    ],
)
async def test_what_cannot_be_read_is_named(
    client: httpx.AsyncClient, scene: Scene, body: dict[str, Any], field: str
) -> None:
    answer = await call(client, scene, new_id(), **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_supervisor_ends_it_with_what_was_done(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    first, second = new_id(), new_id()
    await call(client, scene, first)
    await call(client, scene, second)
    assert [alert.subject_id for alert in await scene.alerts()] == [second], "one card an agent"
    done = await end(client, scene, second, "Called; a colleague is there")
    assert done.status_code == 200, done.text
    assert done.json()["ended_by"] == str(scene.supervisor_id)
    assert await scene.alerts() == []
    later = await end(client, scene, first, "Too late")
    assert later.json()["note"] == "Called; a colleague is there"
    await call(client, scene, new_id())
    assert len(await scene.alerts()) == 1, "a new call is a new alert"


async def test_two_who_end_it_at_once_are_told_of_the_first(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    panic_id = new_id()
    await call(client, scene, panic_id)
    answers = await asyncio.gather(*(end(client, scene, panic_id, f"Note {n}") for n in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


async def test_a_call_of_another_branch_is_not_there(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    panic_id = new_id()
    await call(client, scene, panic_id)
    async with database.transaction(EVERYTHING) as session:
        stranger = await a_token(session, await a_person(session, await a_branch(session)))
    answer = await client.post(
        f"/v1/panics/{panic_id}/end", json={"note": "x"}, headers=bearer(stranger)
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/panic-not-found")


async def test_a_trackers_alarm_is_one_call_however_often_it_is_sent(
    database: Database, scene: Scene
) -> None:
    fix = Fix(LatLon(-29.9, -71.25), 12, MONDAY_NINE)
    async with database.transaction(EVERYTHING) as session:
        device, _ = await a_device(session, scene.branch_id, scene.agent_id)
    for after_s in (0, 0, 30):
        at = MONDAY_NINE + timedelta(seconds=after_s)
        async with database.transaction(EVERYTHING) as session:
            await call_from_device(session, device, scene.agent_id, at, fix, at)
    async with database.transaction(EVERYTHING) as session:
        kept = await rows(session, "SELECT source FROM panic WHERE agent_id = :a", a=scene.agent_id)
    assert [r.source for r in kept] == ["device", "device"]
    assert len(await scene.alerts()) == 1
