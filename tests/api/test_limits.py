"""How much, how large and how slow requests may be."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from api.limits import RequestLimits
from core.clock import Clock
from core.settings import settings
from data.limits import Limit, Limits, LocalLimit, PrepaidLimit
from data.live import LiveBus
from data.session import EVERYTHING, Database, DatabaseError, rows
from tests.api.conftest import bearer
from tests.application import application, talking_to
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent

FEW = 3


@pytest.fixture
async def limited(
    database: Database, live: LiveBus, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to an application with low limits."""
    await live.carry_out([("FLUSHDB",)])
    with application(database, live, clock) as app:
        counts = Limits(live)
        app.state.request_limits = RequestLimits(
            counts,
            PrepaidLimit(counts, Limit("test:address", 2 * FEW, 60)),
            PrepaidLimit(counts, Limit("test:actor", FEW, 60)),
        )
        app.state.device_limit = LocalLimit(Limit("test:device", FEW, 60))
        async with talking_to(app) as client:
            yield client


@pytest.fixture
def small_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "most_body_bytes", 2_000)
    monkeypatch.setattr(settings(), "body_stall_s", 0.05)


async def test_who_asks_too_often_waits_and_others_do_not(
    limited: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        eager, other = [await a_token(session, await a_person(session, branch)) for _ in range(2)]
    statuses = [(await limited.get("/v1/me", headers=bearer(eager))) for _ in range(FEW + 1)]
    assert [answer.status_code for answer in statuses] == [200] * FEW + [429]
    refused = statuses[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert refused.json()["counted"] == "account"
    assert (await limited.get("/v1/me", headers=bearer(other))).status_code == 200


async def test_an_address_that_asks_too_often_waits_before_anything_is_looked_up(
    limited: httpx.AsyncClient,
) -> None:
    answers = [await limited.get("/v1/me", headers=bearer("rt_x")) for _ in range(2 * FEW + 1)]
    assert [answer.status_code for answer in answers] == [401] * (2 * FEW) + [429]
    assert answers[-1].json()["counted"] == "address"
    assert answers[-1].headers["Content-Security-Policy"]
    assert (await limited.get("/healthz")).status_code == 200


async def test_a_phone_that_sends_too_much_keeps_its_pings_and_sends_them_later(
    limited: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        _, key = await a_device(session, branch, await an_agent(session, branch))
        _, other = await a_device(session, branch, await an_agent(session, branch))
    at = int(MONDAY_NINE.timestamp())

    async def send(key: str, n: int) -> httpx.Response:
        query: dict[str, str | float] = {
            "id": key, "lat": -29.9, "lon": -71.25, "timestamp": at + n,
        }  # fmt: skip
        return await limited.get("/gps", params=query)

    answers = [await send(key, n) for n in range(FEW + 1)]
    assert [answer.status_code for answer in answers] == [200] * FEW + [503]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert (await send(other, 0)).status_code == 200


@pytest.mark.usefixtures("small_bodies")
@pytest.mark.parametrize("is_stated", [True, False])
async def test_a_body_that_is_too_large_is_refused(
    client: httpx.AsyncClient, is_stated: bool
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100

    content = b" " * 3_000 if is_stated else parts()
    answer = await client.post(
        "/v1/sign-in", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json()["detail"] == "Send at most 2,000 bytes at once"


@pytest.mark.usefixtures("small_bodies")
@pytest.mark.parametrize(("path", "status"), [("/v1/sign-in", 408), ("/gps", 503)])
async def test_a_body_that_stalls_is_not_waited_for(
    database: Database, live: LiveBus, clock: Clock, path: str, status: int
) -> None:
    with application(database, live, clock) as app:
        told: list[dict[str, object]] = []
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
            "query_string": b"", "headers": [(b"content-type", b"application/json")],
            "client": ("192.0.2.9", 1), "server": ("test", 80), "scheme": "http", "root_path": "",
            "http_version": "1.1",
        }  # fmt: skip

        async def send(message: dict[str, object]) -> None:
            told.append(message)

        async with asyncio.timeout(10):
            await app(scope, _Stalled(), send)  # type: ignore[arg-type]
    assert told[0]["status"] == status


class _Stalled:
    """Sends the beginning of a body and then nothing."""

    def __init__(self) -> None:
        self._has_begun = False

    async def __call__(self) -> dict[str, object]:
        if self._has_begun:
            await asyncio.Event().wait()
        self._has_begun = True
        return {"type": "http.request", "body": b"{", "more_body": True}


async def test_a_statement_that_takes_too_long_is_broken_off(database_url: str) -> None:
    hurried = Database(database_url, statement_s=0.05)
    with pytest.raises(DatabaseError, match="statement timeout"):
        async with hurried.transaction(EVERYTHING) as session:
            await rows(session, "SELECT pg_sleep(5)")
    await hurried.close()


def test_a_local_limit_lets_a_burst_pass_and_then_one_at_a_time() -> None:
    limit = LocalLimit(Limit("test", 2, 10))
    assert [limit.take("a", 100.0), limit.take("a", 100.0)] == [0, 0]
    assert limit.take("a", 100.0) == pytest.approx(10)
    assert limit.take("b", 100.0) == 0
    assert limit.take("a", 110.0) == 0
    assert limit.take("a", 110.0) == pytest.approx(10)


async def test_processes_that_pay_in_advance_let_no_more_pass_together(live: LiveBus) -> None:
    await live.carry_out([("FLUSHDB",)])
    limit = Limit("test", 500, 60)
    processes = [PrepaidLimit(Limits(live), limit) for _ in range(3)]
    taken = await asyncio.gather(*(processes[n % 3].take("a", 0.0) for n in range(600)))
    one_by_one = [await processes[n % 3].take("a", 1.0) for n in range(300)]
    assert [wait_s for wait_s in (*taken, *one_by_one) if not wait_s] == [0.0] * 500
    assert not any(taken[:400])  # nobody is refused while the limit has room
    assert await processes[0].take("b", 1.0) == 0


async def test_what_is_paid_in_advance_is_asked_for_once_and_lost_after_a_while(
    live: LiveBus,
) -> None:
    await live.carry_out([("FLUSHDB",)])
    limits, limit = Limits(live), Limit("test", 400, 60)
    one = PrepaidLimit(limits, limit)
    assert [await one.take("a", 0.0) for _ in range(4)] == [0.0] * 4
    whole_at_s = limit.every_s * 4  # the first four were paid at once
    standing = (await live.carry_out([("PTTL", limit.of("a").key)]))[0] / 1000
    assert standing == pytest.approx(whole_at_s, abs=1)
    await one.take("a", 0.0)
    await one.take("a", one.KEPT_S + 1)
    standing = (await live.carry_out([("PTTL", limit.of("a").key)]))[0] / 1000
    assert standing == pytest.approx(3 * whole_at_s, abs=1)
