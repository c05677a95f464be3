"""Signing in: tokens, wrong passwords, locks."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from data.session import EVERYTHING, Database, rows
from data.tables.identity import Staff
from identity import store
from identity.errors import AccountLocked, NotSignedIn
from identity.secret import hash_secret
from identity.sign_in import LOCK, TOKEN_LIFE, TRIES, authenticate, check_password
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_device, a_person, a_token, an_agent


async def a_user(database: Database) -> str:
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
        return str(found[0].username)


async def test_the_right_password_gives_a_token_that_is_stored_hashed(database: Database) -> None:
    username = await a_user(database)
    async with database.transaction(EVERYTHING) as session:
        done = await check_password(session, username.upper(), PASSWORD, MONDAY_NINE)
        assert done
        stored = await rows(session, "SELECT token_hash FROM access_token WHERE token_hash = :h",
                            h=hash_secret(done.token))  # fmt: skip
        assert len(stored) == 1
        assert done.token.encode() not in bytes(stored[0].token_hash)
        late = MONDAY_NINE + TOKEN_LIFE
        with pytest.raises(NotSignedIn):
            await authenticate(session, done.token, late)


async def test_wrong_passwords_close_the_account_for_a_while(database: Database) -> None:
    username = await a_user(database)
    for _ in range(TRIES):
        async with database.transaction(EVERYTHING) as session:
            assert await check_password(session, username, "wrong", MONDAY_NINE) is None
    async with database.transaction(EVERYTHING) as session:
        with pytest.raises(AccountLocked):
            await check_password(session, username, PASSWORD, MONDAY_NINE)
        assert await check_password(session, username, PASSWORD, MONDAY_NINE + LOCK)


async def test_nobody_and_a_wrong_password_look_the_same(
    client: httpx.AsyncClient, database: Database
) -> None:
    username = await a_user(database)
    wrong = {"username": username, "password": "wrong"}
    nobody = {"username": "nobody.at.all", "password": "wrong"}
    one = await client.post("/v1/sign-in", json=wrong)
    two = await client.post("/v1/sign-in", json=nobody)
    assert one.status_code == two.status_code == 401
    assert one.json() == two.json()


async def test_a_person_who_left_cannot_use_a_token(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        token = await a_token(session, person)
        await authenticate(session, token, MONDAY_NINE)
        await session.execute(update(Staff).where(Staff.id == person).values(is_active=False))
        with pytest.raises(NotSignedIn):
            await authenticate(session, token, MONDAY_NINE)


async def test_the_cookie_serves_pages_and_no_other_site(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = {"username": await a_user(database), "password": PASSWORD}
    done = await client.post("/v1/sign-in", json=body)
    assert done.status_code == 200
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    client.cookies.update(done.cookies)
    assert (await client.get("/v1/me")).status_code == 200
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/v1/sign-out", headers=foreign)).status_code == 401
    client.cookies.clear()


async def test_a_person_carries_one_phone_and_a_phone_has_one_holder(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, "Diego Soto")
        other = await an_agent(session, branch)
        device, _ = await a_device(session, branch, carried_by=agent)
        second, _ = await a_device(session, branch)
        assert await store.sign_on(session, branch, device, agent, MONDAY_NINE) == []
        later = MONDAY_NINE + timedelta(hours=1)
        (left,) = await store.sign_on(session, branch, second, agent, later)
        assert (left.agent_id, left.device_id) == (agent, device)
        (taken,) = await store.sign_on(session, branch, second, other, later)
        assert (taken.agent_id, taken.agent, taken.device_id) == (agent, "Diego Soto", second)
        await store.sign_off(session, other, later + timedelta(hours=1))
        assert await store.sign_on(session, branch, second, agent, later + timedelta(hours=1)) == []
