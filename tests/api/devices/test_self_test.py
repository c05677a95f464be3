"""The phone's own set-up page, over HTTP."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from data.session import EVERYTHING, Database
from data.tables.tracking import DeviceHealth, SelfTestBeat
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, an_agent
from tests.tracking.health.scenes import set_policies
from tracking.health.start_self_test import start_self_test

NINE = "2026-11-23T12:00:00Z"


@dataclass
class Phone:
    """An enrolled phone of a branch."""

    database: Database
    branch_id: UUID
    device_id: UUID
    key: str

    async def beat(self, self_test_id: str, at: datetime) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(SelfTestBeat).values(
                    self_test_id=UUID(self_test_id), captured_at=at, received_at=at
                )
            )


@pytest.fixture
async def phone(database: Database) -> Phone:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        return Phone(database, branch, *await a_device(session, branch))


async def start(
    client: httpx.AsyncClient, phone: Phone, body: dict[str, object] | None = None
) -> httpx.Response:
    return await client.post("/v1/device/self-tests", json=body, headers=bearer(phone.key))


async def latest(client: httpx.AsyncClient, phone: Phone) -> httpx.Response:
    return await client.get("/v1/device/self-tests/latest", headers=bearer(phone.key))


async def test_a_phone_sees_its_label_when_it_was_heard_and_who_carries_it(
    client: httpx.AsyncClient, database: Database, phone: Phone
) -> None:
    bare = await client.get("/v1/device", headers=bearer(phone.key))
    assert bare.status_code == 200, bare.text
    body = bare.json()
    assert (body["heard_at"], body["carried_by"], body["now"]) == (None, None, NINE)
    async with database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, phone.branch_id, "Sofía Rojas")
        device, key = await a_device(session, phone.branch_id, agent)
        heard = DeviceHealth(device_id=device, branch_id=phone.branch_id, heard_at=MONDAY_NINE)
        session.add(heard)
    body = (await client.get("/v1/device", headers=bearer(key))).json()
    assert (body["heard_at"], body["carried_by"]) == (NINE, "Sofía Rojas")


async def test_a_self_test_runs_and_its_beats_are_counted(
    client: httpx.AsyncClient, phone: Phone
) -> None:
    none = await latest(client, phone)
    assert (none.status_code, none.json()["type"]) == (404, "/problems/no-self-test")
    started = await start(client, phone)
    assert started.status_code == 200, started.text
    body = started.json()
    assert (body["state"], body["interval_s"], body["taken"]) == ("running", 30, 0)
    assert body["ends_at"] == "2026-11-23T12:15:00Z"
    await phone.beat(body["id"], MONDAY_NINE)
    now = (await latest(client, phone)).json()
    assert (now["id"], now["taken"], now["last_beat_at"]) == (body["id"], 1, NINE)


async def test_one_test_of_a_phone_runs_at_a_time(client: httpx.AsyncClient, phone: Phone) -> None:
    answers = await asyncio.gather(*(start(client, phone) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_test_that_is_over_has_a_verdict_and_the_next_may_start(
    client: httpx.AsyncClient, database: Database, phone: Phone
) -> None:
    async with database.transaction(EVERYTHING) as session:
        early = MONDAY_NINE - timedelta(minutes=20)
        over = await start_self_test(session, phone.branch_id, phone.device_id, 30, early)
    await phone.beat(str(over.id), early + timedelta(minutes=4))
    body = (await latest(client, phone)).json()
    assert (body["state"], body["expected"], body["taken"]) == ("failed", 30, 1)
    assert body["findings"][0]["code"] == "stopped"
    assert (await start(client, phone)).json()["id"] != str(over.id)


async def test_how_often_is_given_or_what_the_branch_has_decided(
    client: httpx.AsyncClient, database: Database, phone: Phone
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await set_policies(session, phone.branch_id, ping_interval_s=60)
        _, key = await a_device(session, phone.branch_id)
    given = Phone(phone.database, phone.branch_id, phone.device_id, key)
    assert (await start(client, phone, {})).json()["interval_s"] == 60
    assert (await start(client, given, {"interval_s": 10})).json()["interval_s"] == 10
    for member, value in (("interval_s", 0), ("interval_s", "often"), ("every_s", 5)):
        assert (await start(client, phone, {member: value})).status_code == 422


@pytest.mark.parametrize("headers", [{}, bearer("rd_invented"), {"Authorization": "Basic abc"}])
async def test_without_a_known_key_nothing_is_told(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.get("/v1/device", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unknown-device")
