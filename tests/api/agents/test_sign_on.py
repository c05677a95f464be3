"""Signing on to a phone over HTTP."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from data.session import EVERYTHING, Database, rows
from data.tables.tracking import DeviceHealth
from identity import store
from identity.secret import hash_secret
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
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


async def test_whoever_signs_on_takes_the_phone_over_and_leaves_their_own(
    client: httpx.AsyncClient, database: Database, phones: Phones
) -> None:
    first = await sign_on(client, phones.agent, phones.keys[0])
    taken = await sign_on(client, phones.other, phones.keys[0])
    back = await sign_on(client, phones.agent, phones.keys[1])
    second = await sign_on(client, phones.other, phones.keys[1])
    assert [a.status_code for a in (first, taken, back, second)] == [200] * 4
    assert [a.json()["suspect"] for a in (first, taken, back, second)] == [False, True, False, True]
    assert first.json()["reason"] is None
    assert "was still signed on to Phone" in taken.json()["reason"]
    # The second phone had a holder, and its taker had another.
    assert "was still signed on to" in second.json()["reason"]
    assert "You were still signed on to" in second.json()["reason"]
    told = await client.put(
        "/v1/agent/sign-on", json={"device_key": phones.keys[0]},
        headers=bearer(phones.other) | {"Accept-Language": "id"},
    )  # fmt: skip
    assert told.json()["reason"].startswith("Anda masih tercatat memakai Phone")


async def test_a_phone_that_is_taken_has_one_holder_at_each_moment(
    client: httpx.AsyncClient, database: Database, phones: Phones
) -> None:
    key = phones.keys[0]
    device = (await sign_on(client, phones.agent, key)).json()["device_id"]
    for token in (phones.other, phones.agent, phones.other):
        assert (await sign_on(client, token, key)).status_code == 200
    async with database.transaction(EVERYTHING) as session:
        open_ = await rows(
            session,
            "SELECT s.agent_id, t.token_hash FROM sign_on s"
            " JOIN access_token t ON t.staff_id = s.agent_id"
            " WHERE s.device_id = :device AND upper_inf(during)",
            device=UUID(device),
        )
    assert [bytes(r.token_hash) for r in open_] == [hash_secret(phones.other)]


@pytest.mark.parametrize("attempt", range(5))
async def test_two_who_sign_on_to_one_phone_at_once_come_one_after_the_other(
    client: httpx.AsyncClient, database: Database, phones: Phones, attempt: int
) -> None:
    holders = [(phones.agent, phones.keys[0]), (phones.other, phones.keys[1])]
    for token, key in holders:
        await sign_on(client, token, key)
    # Each takes the other's phone, several times over: the worst order of locks there is.
    wanted = [(phones.agent, phones.keys[1]), (phones.other, phones.keys[0]), *holders] * 4
    answers = await asyncio.gather(*(sign_on(client, *each) for each in wanted))
    assert {answer.status_code for answer in answers} == {200}
    devices = {UUID(answer.json()["device_id"]) for answer in answers}
    async with database.transaction(EVERYTHING) as session:
        open_ = await rows(
            session,
            "SELECT device_id, agent_id FROM sign_on WHERE device_id = ANY(:devices)"
            " AND upper_inf(during)",
            devices=list(devices),
        )
    assert 1 <= len(open_) <= 2
    assert len({r.device_id for r in open_}) == len({r.agent_id for r in open_}) == len(open_)


async def test_a_sign_on_that_was_sent_earlier_may_come_to_its_turn_later(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        former, late, agent = [await an_agent(session, branch) for _ in range(3)]
        device, _ = await a_device(session, branch, carried_by=former)
        soon, earlier = MONDAY_NINE + timedelta(seconds=2), MONDAY_NINE + timedelta(seconds=1)
        await store.sign_on(session, branch, device, agent, soon)
        (ended,) = await store.sign_on(session, branch, device, late, earlier)
        assert ended.agent_id == agent
        held = await rows(
            session,
            "SELECT agent_id FROM sign_on WHERE device_id = :device AND during @> :at",
            device=device,
            at=soon,
        )
    assert [r.agent_id for r in held] == [late]


@pytest.mark.parametrize(
    ("on_shift", "heard_min_ago", "raised"),
    [(True, 14, 1), (True, 16, 0), (True, None, 0), (False, 1, 0)],
)
async def test_a_phone_taken_while_in_use_alerts_the_supervisor(
    client: httpx.AsyncClient,
    database: Database,
    on_shift: bool,
    heard_min_ago: int | None,
    raised: int,
) -> None:
    ends_at = MONDAY_NINE + timedelta(hours=8)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        shift = (MONDAY_NINE - timedelta(hours=1), ends_at) if on_shift else None
        former = await an_agent(session, branch, "Diego Soto", shift=shift)
        taker = await a_token(session, await an_agent(session, branch, "Ana Rojas"))
        device, key = await a_device(session, branch, carried_by=former)
        if heard_min_ago is not None:
            heard_at = MONDAY_NINE - timedelta(minutes=heard_min_ago)
            health = insert(DeviceHealth).values(
                device_id=device, branch_id=branch, heard_at=heard_at
            )
            await session.execute(health)
    label = (await sign_on(client, taker, key)).json()["label"]
    async with database.transaction(EVERYTHING) as session:
        alerts = await rows(session, "SELECT * FROM alert WHERE branch_id = :b", b=branch)
    assert len(alerts) == raised
    for alert in alerts:
        assert (alert.kind, alert.agent_id) == ("sign_on_taken_over", former)
        for word in ("Diego Soto", "Ana Rojas", label):
            assert word in f"{alert.title} {alert.detail}"
        assert alert.facts["shift_until"] == ends_at.isoformat()


async def test_a_wrong_key_and_another_branchs_phone_are_unknown_alike(
    client: httpx.AsyncClient, phones: Phones
) -> None:
    for key in ("rd_nonsense", phones.foreign_key):
        answer = await sign_on(client, phones.agent, key)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/unknown-device"
