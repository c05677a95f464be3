"""Signing in: tokens, wrong passwords, locks."""

import asyncio
from datetime import timedelta

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url, update

from data.limits import Limits
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from data.tables.identity import Staff
from identity import store
from identity.bearers.bearers import Bearers
from identity.bearers.store import sign_in_record
from identity.errors import AccountLocked, NotSignedIn, TooManySignIns, WrongCredentials
from identity.secret import hash_secret, is_outdated
from identity.sign_in import TOKEN_LIFE, Attempt, sign_in
from identity.throttle.back_off import FIRST, TRIES
from identity.throttle.guard import WRONG_FROM_ADDRESS, WRONG_WHERE_KNOWN, SignInGuard
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_device, a_person, a_token, an_agent


async def a_user(database: Database) -> str:
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
        return str(found[0].username)


@pytest.fixture
async def guard(live: LiveBus) -> SignInGuard:
    """The guard of a process, which nobody has tried yet."""
    await live.carry_out([("FLUSHDB",)])
    return SignInGuard(Limits(live), at_once=2)


def an_attempt(username: str, password: str = PASSWORD, *, address: str = "192.0.2.1") -> Attempt:
    return Attempt(address, "Firefox", username, password)


async def test_the_right_password_gives_a_token_that_is_stored_hashed(
    database: Database, guard: SignInGuard
) -> None:
    username = await a_user(database)
    done = await sign_in(database, guard, an_attempt(username.upper()), MONDAY_NINE)
    async with database.transaction(EVERYTHING) as session:
        (stored,) = await rows(
            session,
            "SELECT token_hash, address, client FROM access_token WHERE token_hash = :h",
            h=hash_secret(done.token),
        )
        assert (stored.address, stored.client) == ("192.0.2.1", "Firefox")
        assert done.token.encode() not in bytes(stored.token_hash)
        on_audit = await rows(
            session, "SELECT kind, action FROM audit_event WHERE actor_id = :who",
            who=done.principal.id,
        )  # fmt: skip
    assert [tuple(e) for e in on_audit] == [("change", "sign-in")]


async def test_wrong_passwords_close_the_account_longer_and_longer(
    database: Database, guard: SignInGuard
) -> None:
    username = await a_user(database)
    wrong = an_attempt(username, "wrong")
    for _ in range(TRIES):
        with pytest.raises(WrongCredentials):
            await sign_in(database, guard, wrong, MONDAY_NINE)
    with pytest.raises(AccountLocked) as refused:
        await sign_in(database, guard, an_attempt(username), MONDAY_NINE)
    assert refused.value.retry_after_s == FIRST.total_seconds() + 1
    with pytest.raises(WrongCredentials):
        await sign_in(database, guard, wrong, MONDAY_NINE + FIRST)
    with pytest.raises(AccountLocked):
        await sign_in(database, guard, an_attempt(username), MONDAY_NINE + FIRST * 2)
    await sign_in(database, guard, an_attempt(username), MONDAY_NINE + FIRST * 3)


async def test_many_guesses_at_once_get_no_more_tries_than_few(
    database: Database, guard: SignInGuard
) -> None:
    username = await a_user(database)
    outcomes = await asyncio.gather(
        *(
            sign_in(database, guard, an_attempt(username, "wrong", address=f"192.0.2.{n}"),
                    MONDAY_NINE)
            for n in range(20)
        ),
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(outcome, WrongCredentials) for outcome in outcomes) == TRIES
    assert sum(isinstance(outcome, AccountLocked) for outcome in outcomes) == 20 - TRIES


async def test_strangers_do_not_close_an_account_for_whoever_was_there_before(
    database: Database, guard: SignInGuard
) -> None:
    username = await a_user(database)
    await sign_in(database, guard, an_attempt(username), MONDAY_NINE)
    for _ in range(TRIES):
        with pytest.raises(WrongCredentials):
            await sign_in(
                database, guard, an_attempt(username, "wrong", address="198.51.100.1"), MONDAY_NINE
            )
    with pytest.raises(AccountLocked):
        await sign_in(database, guard, an_attempt(username, address="198.51.100.2"), MONDAY_NINE)
    await sign_in(database, guard, an_attempt(username), MONDAY_NINE)
    # Where they were, guesses are counted apart.
    for _ in range(WRONG_WHERE_KNOWN.burst):
        with pytest.raises(WrongCredentials):
            await sign_in(database, guard, an_attempt(username, "wrong"), MONDAY_NINE)
    with pytest.raises(TooManySignIns):
        await sign_in(database, guard, an_attempt(username), MONDAY_NINE)


async def test_an_address_that_guesses_at_many_accounts_is_sent_away(
    database: Database, guard: SignInGuard
) -> None:
    for n in range(WRONG_FROM_ADDRESS.burst):
        with pytest.raises(WrongCredentials):
            await sign_in(database, guard, an_attempt(f"nobody{n}", "wrong"), MONDAY_NINE)
    with pytest.raises(TooManySignIns) as refused:
        await sign_in(database, guard, an_attempt(await a_user(database)), MONDAY_NINE)
    assert 0 < refused.value.retry_after_s <= WRONG_FROM_ADDRESS.every_s + 1


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


async def test_a_token_ends(database: Database, guard: SignInGuard) -> None:
    done = await sign_in(database, guard, an_attempt(await a_user(database)), MONDAY_NINE)
    late = MONDAY_NINE + TOKEN_LIFE
    found = await Bearers(database).who(done.token, late - timedelta(seconds=1))
    assert found == done.principal
    with pytest.raises(NotSignedIn):
        await Bearers(database).who(done.token, late)


async def test_a_person_who_left_cannot_use_a_token(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        token = await a_token(session, person)
    await Bearers(database).who(token, MONDAY_NINE)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(update(Staff).where(Staff.id == person).values(is_active=False))
    with pytest.raises(NotSignedIn):
        await Bearers(database).who(token, MONDAY_NINE)


async def test_a_caller_is_found_again_after_the_database_has_hung_up(
    database: Database, database_url: str
) -> None:
    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, await a_person(session, await a_branch(session)))
    asked = await Bearers(database).who(token, MONDAY_NINE)
    (row,) = await database.bearers.run("SELECT pg_backend_pid()", {})
    plain = make_url(database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 1000)", row)
    assert await Bearers(database).who(token, MONDAY_NINE) == asked


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
    # Another port is the same site for a cookie; over plain HTTP no Sec-Fetch-Site is sent.
    here = str(client.base_url).rstrip("/")
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"{here}:3000"}, {"Origin": "null"},
        {"Origin": here, "Sec-Fetch-Site": "same-site"},
    ):  # fmt: skip
        assert (await client.post("/v1/sign-out", headers=foreign)).status_code == 401
    assert (await client.post("/v1/sign-out", headers={"Origin": here})).status_code == 204
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


async def test_a_hash_with_other_settings_is_made_anew_at_the_next_sign_in(
    database: Database, guard: SignInGuard
) -> None:
    username = await a_user(database)
    older = PasswordHasher(memory_cost=1_024, time_cost=1).hash(PASSWORD)

    async def kept() -> str:
        async with database.transaction(EVERYTHING) as session:
            record = await sign_in_record(session, username)
        assert record is not None
        return record.password_hash

    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            update(Staff).where(Staff.username == username).values(password_hash=older)
        )
    with pytest.raises(WrongCredentials):
        await sign_in(database, guard, an_attempt(username, "wrong"), MONDAY_NINE)
    assert await kept() == older
    await sign_in(database, guard, an_attempt(username), MONDAY_NINE)
    renewed = await kept()
    assert not is_outdated(renewed)
    await sign_in(database, guard, an_attempt(username), MONDAY_NINE)
    assert await kept() == renewed
