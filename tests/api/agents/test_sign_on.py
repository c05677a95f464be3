"""Signing on to a phone over HTTP."""

import asyncio
from dataclasses import dataclass

import httpx
import pytest

from data.session import EVERYTHING, Database
from tests.api.conftest import bearer
from tests.factories import a_branch, a_device, a_token, an_agent
from tracking.carriers import FRESH_S

NINE = "2026-11-23T12:00:00Z"
CARRIERS_ARE_KEPT_S = FRESH_S + 0.1


@dataclass
class Phones:
    """Two agents of a branch and two phones that nobody carries; a phone of another branch."""

    agent: str
    other: str
    keys: tuple[str, str]
    foreign_key: str


@pytest.fixture
async def phones(database: Database) -> Phones:
    async with database.transaction(EVERYTHING) as session:
        branch, elsewhere = await a_branch(session), await a_branch(session)
        tokens = [await a_token(session, await an_agent(session, branch)) for _ in range(2)]
        keys = [(await a_device(session, b))[1] for b in (branch, branch, elsewhere)]
        return Phones(tokens[0], tokens[1], (keys[0], keys[1]), keys[2])


async def sign_on(client: httpx.AsyncClient, token: str, key: str) -> httpx.Response:
    return await client.put("/v1/agent/sign-on", json={"device_key": key}, headers=bearer(token))


async def ping(client: httpx.AsyncClient, key: str) -> str:
    pings = [{"captured_at": NINE, "lat": -29.9, "lon": -71.25, "accuracy_m": 8}]
    answer = await client.post("/v1/pings", json={"pings": pings}, headers=bearer(key))
    assert answer.status_code == 200, answer.text
    status: str = answer.json()["results"][0]["status"]
    return status


async def test_a_phones_pings_count_from_sign_on_to_sign_off(
    client: httpx.AsyncClient, phones: Phones
) -> None:
    key = phones.keys[0]
    assert await ping(client, key) == "dropped"
    await asyncio.sleep(CARRIERS_ARE_KEPT_S)
    assert (await sign_on(client, phones.agent, key)).status_code == 200
    assert await ping(client, key) == "stored"
    off = await client.delete("/v1/agent/sign-on", headers=bearer(phones.agent))
    assert off.status_code == 204
    assert (await sign_on(client, phones.other, key)).status_code == 200


async def test_signing_on_twice_is_signing_on_once(
    client: httpx.AsyncClient, phones: Phones
) -> None:
    first = await sign_on(client, phones.agent, phones.keys[0])
    again = await sign_on(client, phones.agent, phones.keys[0])
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()


async def test_nobody_takes_a_phone_that_another_carries_or_carries_two(
    client: httpx.AsyncClient, phones: Phones
) -> None:
    await sign_on(client, phones.agent, phones.keys[0])
    taken = await sign_on(client, phones.other, phones.keys[0])
    second = await sign_on(client, phones.agent, phones.keys[1])
    assert [taken.status_code, second.status_code] == [409, 409]
    assert taken.json()["type"] == "/problems/carried-by-another"


async def test_a_wrong_key_and_another_branchs_phone_are_unknown_alike(
    client: httpx.AsyncClient, phones: Phones
) -> None:
    for key in ("rd_nonsense", phones.foreign_key):
        answer = await sign_on(client, phones.agent, key)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/unknown-device"
