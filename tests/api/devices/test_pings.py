"""What devices call, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.clock import Clock
from data.live import LiveBus
from data.session import EVERYTHING, Database
from identity import store as identity_store
from tests.api.conftest import bearer
from tests.application import application, talking_to
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, an_agent
from tests.tracking.parcels import Walker, a_walker, one, position_of, stored
from tracking.carriers import FRESH_S
from tracking.ingest import PingWriter

NINE = "2026-11-23T12:00:00Z"
TRACCAR = "timestamp=1795435200&lat=-29.9&lon=-71.25&speed=1.94384&accuracy=7&batt=80"


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


def a_ping(**changed: Any) -> dict[str, Any]:
    return {"captured_at": NINE, "lat": -29.9, "lon": -71.25, "accuracy_m": 7} | changed


async def post(client: httpx.AsyncClient, key: str, *pings: Any) -> httpx.Response:
    return await client.post("/v1/pings", json={"pings": pings}, headers=bearer(key))


async def test_each_ping_of_a_batch_gets_its_own_answer(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    early = (MONDAY_NINE - timedelta(minutes=1)).isoformat()
    answer = await post(
        client, walker.key, a_ping(), a_ping(lat=91), a_ping(captured_at=early), a_ping()
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["stored"], body["quarantined"], body["dropped"]) == (2, 1, 1)
    assert body["results"] == [
        {"status": "stored"},
        {"status": "quarantined", "reason": "lat: degrees from -90 to 90"},
        {"status": "dropped", "reason": "nobody was on duty with this device at that time"},
        {"status": "stored"},
    ]
    assert len(await stored(database, walker)) == 1
    assert (await position_of(database, walker)).accuracy_m == 7


async def test_a_ping_whose_time_cannot_be_is_told_of_and_never_asked_for_again(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    """A phone repeats what is not answered with 200, before all that it took since."""
    ahead, old = (
        (MONDAY_NINE + late).isoformat() for late in (timedelta(minutes=6), timedelta(days=-31))
    )
    answer = await post(
        client, walker.key, a_ping(captured_at=ahead), a_ping(captured_at=old), a_ping()
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"] == [
        {
            "status": "quarantined",
            "reason": "captured_at: more than 5 minutes ahead of the server",
        },
        {
            "status": "quarantined",
            "reason": "captured_at: older than the 30 days for which pings are kept",
        },
        {"status": "stored"},
    ]
    assert len(await stored(database, walker)) == 1


@pytest.mark.parametrize("headers", [{}, bearer("rd_invented"), {"Authorization": "Basic abc"}])
async def test_without_a_known_device_key_nothing_is_taken(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post("/v1/pings", json={"pings": []}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("body", [b"", b"{", b'{"pings": 3}', b"\xff", b'{"ping": []}'])
async def test_a_body_that_is_no_batch_is_a_clear_400(
    client: httpx.AsyncClient, walker: Walker, body: bytes
) -> None:
    answer = await client.post("/v1/pings", content=body, headers=bearer(walker.key))
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/undecodable"


@pytest.mark.parametrize("path", ["/v1/pings", "/gps"])
async def test_a_body_that_is_too_large_is_refused(
    client: httpx.AsyncClient, walker: Walker, path: str
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    for content in (b" " * 1_100_000, parts()):
        answer = await client.post(path, content=content, headers=bearer(walker.key))
        assert answer.status_code == 413
        assert answer.json()["type"] == "/problems/too-large"


async def test_other_methods_are_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/pings")).status_code == 405
    assert (await client.delete("/gps")).headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/gps", "/gps/", "/gps/some/where"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_traccar_client_may_put_everything_into_the_address(
    client: httpx.AsyncClient, database: Database, walker: Walker, path: str, method: str
) -> None:
    answer = await client.request(method, f"{path}?id={walker.key}&{TRACCAR}")
    assert (answer.status_code, answer.content) == (200, b"")
    (row,) = await stored(database, walker)
    assert row.speed_mps == pytest.approx(1)


async def test_traccar_client_may_send_a_form_or_json(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    form = {"id": walker.key, "lat": "-29.9", "lon": "-71.25", "timestamp": "1795435201"}
    assert (await client.post("/gps", data=form)).status_code == 200
    coords = {"latitude": -29.9, "longitude": -71.25, "accuracy": 5, "speed": 1}
    location = {"timestamp": "2026-11-23T12:00:02.500Z", "coords": coords}
    body = {"device_id": walker.key, "location": location}
    assert (await client.post("/gps", json=body)).status_code == 200
    assert len(await stored(database, walker)) == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [(TRACCAR, 400), ("id=&" + TRACCAR, 400), ("id=rd_invented&" + TRACCAR, 400)],
)
async def test_an_unknown_or_missing_device_id_is_the_only_refusal(
    client: httpx.AsyncClient, query: str, status: int
) -> None:
    assert (await client.get(f"/gps?{query}")).status_code == status


@pytest.mark.parametrize(
    "query", ["lat=91&lon=0", "lat=x&lon=0", "timestamp=0&lat=1&lon=1", "", "%ff=%00"]
)
async def test_a_poison_message_is_acknowledged_and_kept_aside(
    client: httpx.AsyncClient, database: Database, walker: Walker, query: str
) -> None:
    assert (await client.get(f"/gps?id={walker.key}&{query}")).status_code == 200
    kept = await one(
        database, "SELECT * FROM quarantine WHERE device_id = :device", device=walker.device_id
    )
    assert kept.protocol == "traccar"
    assert await stored(database, walker) == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 5000])
async def test_json_that_cannot_be_read_does_not_block_the_app(
    client: httpx.AsyncClient, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await client.post("/gps", content=body, headers=headers)).status_code == 200


async def test_pings_of_a_phone_that_nobody_carries_leave_no_trace(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        device_id, key = await a_device(session, await a_branch(session))
    answer = await post(client, key, a_ping())
    assert answer.status_code == 200
    assert answer.json()["dropped"] == 1
    for table in ("ping", "quarantine"):
        found = f"SELECT 1 FROM {table} WHERE device_id = :device"  # noqa: S608
        assert await one(database, found, device=device_id) is None


async def test_a_sign_on_of_this_moment_is_known_before_a_ping_is_dropped(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        device_id, key = await a_device(session, branch)
    assert (await post(client, key, a_ping())).json()["dropped"] == 1
    await asyncio.sleep(FRESH_S)
    async with database.transaction(EVERYTHING) as session:
        await identity_store.sign_on(session, branch, device_id, agent, MONDAY_NINE)
    assert (await post(client, key, a_ping())).json()["stored"] == 1


async def test_a_full_queue_asks_the_phone_to_come_again(
    database: Database, live: LiveBus, clock: Clock, walker: Walker
) -> None:
    with application(database, live, clock) as app:
        app.state.reception.writer = PingWriter(database, most_queued=0)
        async with talking_to(app) as client:
            for answer in (
                await post(client, walker.key, a_ping()),
                await client.get(f"/gps?id={walker.key}&{TRACCAR}"),
            ):
                assert answer.status_code == 503
                assert int(answer.headers["retry-after"]) > 0
                assert answer.json()["type"] == "/problems/queue-full"
    assert await stored(database, walker) == []


async def test_without_the_database_nothing_is_acknowledged(
    database_url: str, live: LiveBus, clock: Clock, walker: Walker
) -> None:
    away = Database(database_url.replace("@127.0.0.1:", "@127.0.0.1:1"))
    with application(away, live, clock) as app:
        async with talking_to(app) as client:
            assert (await post(client, walker.key, a_ping())).status_code == 503
            assert (await client.get(f"/gps?id={walker.key}&{TRACCAR}")).status_code == 503
    await away.close()


async def test_a_stored_position_is_told_to_the_map(
    client: httpx.AsyncClient, live: LiveBus, walker: Walker
) -> None:
    before = await live.last_id()
    await post(client, walker.key, a_ping())
    ((_, change),) = await live.read(before)
    assert (change.branch_id, change.kind) == (walker.branch_id, "position")
    assert change.body[0]["agent_id"] == str(walker.agent_id)
    assert json.loads(json.dumps(change.body))[0]["lat"] == pytest.approx(-29.9)
