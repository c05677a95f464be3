"""The door before sign-in: what a crowd meets, and everybody else does not notice."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from api.sign_in_door import LONGEST_BYTES
from core.clock import Clock
from data.live import MOST_CONNECTIONS, LiveBus
from data.session import EVERYTHING, Database, rows
from identity.throttle.guard import WRONG_FROM_ADDRESS
from tests.application import application, talking_to
from tests.factories import PASSWORD, a_branch, a_person


@pytest.fixture
async def client(
    database: Database, live: LiveBus, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to an application that nobody has tried to get into."""
    await live.carry_out([("FLUSHDB",)])
    with application(database, live, clock) as app:
        async with talking_to(app) as client:
            yield client


async def a_user(database: Database) -> str:
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
        return str(found[0].username)


async def try_in(client: httpx.AsyncClient, username: str, password: str) -> int:
    answer = await client.post("/v1/sign-in", json={"username": username, "password": password})
    return answer.status_code


async def test_a_crowd_at_once_is_counted_as_one_after_the_other_would_be(
    client: httpx.AsyncClient,
) -> None:
    crowd = 3 * MOST_CONNECTIONS
    answers = await asyncio.gather(*(try_in(client, f"nobody{n}", "wrong") for n in range(crowd)))
    # On a slow machine some are sent away before it is their turn.
    tried = answers.count(401)
    assert 0 < tried <= WRONG_FROM_ADDRESS.burst
    assert answers.count(429) == crowd - tried


async def test_whoever_is_known_gets_in_past_a_crowd_at_their_own_address(
    client: httpx.AsyncClient, database: Database
) -> None:
    username = await a_user(database)
    assert await try_in(client, username, PASSWORD) == 200
    for n in range(WRONG_FROM_ADDRESS.burst + 1):
        status = await try_in(client, f"nobody{n}", "wrong")
    assert status == 429
    answer = await client.post("/v1/sign-in", json={"username": "nobody", "password": "wrong"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert await try_in(client, username.upper(), PASSWORD) == 200


DEEP = b'{"username": ' + b"[" * 9_000 + b"]" * 9_000 + b"}"


@pytest.mark.parametrize("body", [b"", b"{", b'{"username": 7}', b'"\xff"', b"[]", DEEP])
async def test_what_names_nobody_is_refused_as_ever(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(
        "/v1/sign-in", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)


async def test_a_body_that_is_too_large_for_a_password_is_refused(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/v1/sign-in", content=b" " * (LONGEST_BYTES + 1))
    assert answer.status_code == 413
