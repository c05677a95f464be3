"""What GPS apps send, over HTTP: status, answer, and what is stored."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range

from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from data.tables.identity import SignOn
from tests.api.conftest import bearer
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, an_agent
from tests.tracking.parcels import Walker, a_walker, one, stored
from tests.tracking.protocol_vectors import NOW, VECTORS, Vector

LOCATION = {"_type": "location", "lat": -29.9, "lon": -71.25, "tst": 1795435200, "acc": 7}
POINT = '<trkpt lat="-29.9" lon="-71.25"><time>2026-11-23T12:00:0{}Z</time></trkpt>'
GPX = f"<gpx><trk><trkseg>{POINT.format(0)}{POINT.format(1)}<trkpt/></trkseg></trk></gpx>"


async def a_walker_since(database: Database, since: datetime) -> Walker:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        device, key = await a_device(session, branch)
        signed_on = {"branch_id": branch, "device_id": device, "agent_id": agent}
        await session.execute(
            insert(SignOn).values(id=new_id(), during=Range(since, None), **signed_on)
        )
    return Walker(branch, agent, device, key)


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


async def post(client: httpx.AsyncClient, content: Any, **more: Any) -> httpx.Response:
    return await client.post("/gps/pub", json=content, **more)


async def kept(database: Database, walker: Walker) -> Any:
    return await one(
        database, "SELECT * FROM quarantine WHERE device_id = :device", device=walker.device_id
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
async def test_what_a_real_app_sends_is_answered_and_stored(
    vector: Vector, database: Database, live: LiveBus
) -> None:
    captured_at = vector.ping.captured_at if vector.ping else NOW
    walker = await a_walker_since(database, captured_at - timedelta(hours=1))
    sent = vector.with_key(walker.key) if vector.status == 200 else vector
    async with client_at(database, live, captured_at) as client:
        answer = await client.request(
            sent.method,
            f"{sent.path}?{sent.query}" if sent.query else sent.path,
            content=sent.body,
            headers={"Content-Type": sent.content_type} if sent.content_type else {},
        )
    assert (answer.status_code, answer.text) == (vector.status, vector.answer)
    if vector.answer:
        assert answer.headers["content-type"] == "application/json"
    found = await stored(database, walker)
    assert len(found) == (vector.ping is not None)
    if vector.ping:
        (row,) = found
        for name in ("lat", "lon", "accuracy_m", "speed_mps", "heading_deg", "battery_pct"):
            wanted = getattr(vector.ping, name)
            assert getattr(row, name) == (
                None if wanted is None else pytest.approx(wanted, rel=1e-5)
            )
        assert (row.captured_at, row.is_mock) == (captured_at, vector.ping.mock)


@pytest.mark.parametrize(
    "how",
    [
        lambda key: {"auth": ("anna", key)},
        lambda key: {"auth": (key, "")},
        lambda key: {"auth": (key, "secret")},
        lambda key: {"headers": bearer(key)},
        lambda key: {"headers": {"X-Limit-U": "anna", "X-Limit-D": key}},
        lambda key: {"params": {"u": "anna", "d": key}},
    ],
)
async def test_owntracks_may_name_its_device_in_several_ways(
    client: httpx.AsyncClient, database: Database, walker: Walker, how: Any
) -> None:
    answer = await post(client, LOCATION | {"tid": "aa", "topic": "o/u/d"}, **how(walker.key))
    assert (answer.status_code, answer.json()) == (200, [])
    assert len(await stored(database, walker)) == 1


@pytest.mark.parametrize(
    "how", [{}, {"auth": ("anna", "rd_wrong")}, {"headers": {"Authorization": "Basic ?"}}]
)
@pytest.mark.parametrize("content", [LOCATION, {"pings": []}])
async def test_without_the_right_credentials_an_app_is_asked_for_them(
    client: httpx.AsyncClient, how: Any, content: Any
) -> None:
    answer = await post(client, content, **how)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_encrypted_message_is_acknowledged_and_kept_aside_with_what_to_do(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    message = {"_type": "encrypted", "data": "TestCipherText"}
    answer = await post(client, message, auth=("anna", walker.key))
    assert (answer.status_code, answer.json()) == (200, [])
    row = await kept(database, walker)
    assert row.protocol == "owntracks"
    assert "encryption key" in row.reason
    assert (await post(client, message, auth=("anna", "rd_wrong"))).status_code == 401


async def test_our_own_batch_is_taken_here_too(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    ping = {"captured_at": "2026-11-23T12:00:00Z", "lat": -29.9, "lon": -71.25}
    answer = await post(client, {"pings": [ping]}, headers=bearer(walker.key))
    assert answer.json() == {
        "stored": 1, "quarantined": 0, "dropped": 0, "results": [{"status": "stored"}],
    }  # fmt: skip
    assert len(await stored(database, walker)) == 1


@pytest.mark.parametrize("content_type", ["application/gpx+xml", "text/xml", "application/xml", ""])
async def test_a_whole_track_may_be_uploaded(
    client: httpx.AsyncClient, database: Database, walker: Walker, content_type: str
) -> None:
    answer = await client.post(
        "/gps/track.gpx",
        content=GPX,
        headers=bearer(walker.key) | ({"Content-Type": content_type} if content_type else {}),
    )
    assert answer.json() == {"stored": 2, "quarantined": 1, "dropped": 0}
    assert len(await stored(database, walker)) == 2
    row = await kept(database, walker)
    assert row.protocol == "gpx"
    assert row.reason.startswith("1 of 3 points")


async def test_a_track_may_be_larger_than_other_bodies(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    points = "".join(
        f'<trkpt lat="-29.9" lon="-71.25"><time>2026-11-23T12:{n // 60:02}:{n % 60:02}Z</time>'
        f"<name>{'x' * 6000}</name></trkpt>"
        for n in range(200)
    )
    answer = await client.post(
        "/gps", params={"id": walker.key}, content=f"<gpx>{points}</gpx>",
        headers={"Content-Type": "application/gpx+xml"},
    )  # fmt: skip
    assert answer.json()["stored"] == 200


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("text/html", "application/problem+json"), ("application/json", "application/problem+json")],
)
async def test_who_reads_an_answer_is_told_what_would_be_right(
    client: httpx.AsyncClient, accept: str, media_type: str
) -> None:
    for request in ("lat=1&lon=2", "id=rd_invented&lat=1&lon=2"):
        answer = await client.get(f"/gps?{request}", headers={"Accept": accept})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == media_type
        assert "device key" in answer.json()["detail"]


async def test_a_poison_message_is_kept_aside_without_the_key_of_its_device(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    await client.get(f"/gps?id={walker.key}&lat=91&lon=0")
    row = await kept(database, walker)
    assert bytes(row.body) == b"id=(device key)&lat=91&lon=0"


async def test_a_sign_of_life_is_acknowledged_and_leaves_no_ping(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    beat = {"device_id": walker.key, "location": {"battery": {"level": 0.5}}}
    for answer in (
        await client.post("/gps", json=beat),
        await client.get(f"/gps?id={walker.key}&batt=50"),
        await post(client, {"_type": "status"}, auth=("anna", walker.key)),
        await post(client, {"_type": "lwt"}, auth=("anna", walker.key)),
    ):
        assert answer.status_code == 200
    assert await stored(database, walker) == []
    assert await kept(database, walker) is None


async def test_what_several_positions_of_a_message_come_to_is_stored_one_by_one(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    messages = [LOCATION, LOCATION | {"lat": 91}, LOCATION | {"tst": 1795435201}]
    assert (await post(client, messages, auth=("anna", walker.key))).json() == []
    assert len(await stored(database, walker)) == 2
    assert json.loads((await kept(database, walker)).body) == LOCATION | {"lat": 91}


async def test_the_same_message_twice_is_one_ping(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    for _ in range(2):
        await post(client, LOCATION, auth=("anna", walker.key))
    assert len(await stored(database, walker)) == 1
    async with database.transaction(EVERYTHING, read_only=True) as session:
        marks = await rows(
            session, "SELECT marks FROM agent_dirty WHERE agent_id = :agent", agent=walker.agent_id
        )
    assert [row.marks for row in marks] == [1]
    assert (await stored(database, walker))[0].captured_at == MONDAY_NINE
