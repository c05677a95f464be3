"""Changing a password, and replacing a lost one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from data.limits import Limits
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows, run
from identity.errors import AccountLocked, WrongPassword
from identity.passwords.prove import prove
from identity.passwords.reset import CODE_LIFE
from identity.principal import Role
from identity.throttle.back_off import FIRST, TRIES
from identity.throttle.guard import SignInGuard
from tests.api.conftest import bearer
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_person, a_token

NEW = "tres tristes tigres"


@dataclass(frozen=True)
class People:
    """A supervisor, whose password is `PASSWORD`, and an administrator of the same branch."""

    id: UUID
    username: str
    admin_id: UUID
    admin: str


@pytest.fixture
async def people(database: Database, live: LiveBus) -> People:
    await live.carry_out([("FLUSHDB",)])
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        person, admin = await a_person(session, branch), await a_person(session, branch, Role.ADMIN)
        (found,) = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
        return People(person, found.username, admin, await a_token(session, admin))


@pytest.fixture
async def tomorrow(database: Database, live: LiveBus) -> AsyncIterator[httpx.AsyncClient]:
    late = MONDAY_NINE + CODE_LIFE + timedelta(seconds=1)
    async with client_at(database, live, late) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, people: People, password: str) -> httpx.Response:
    body = {"username": people.username, "password": password}
    answer = await client.post("/v1/sign-in", json=body)
    client.cookies.clear()
    return answer


async def change(client: httpx.AsyncClient, token: str, old: str, new: str) -> httpx.Response:
    body = {"old_password": old, "new_password": new}
    return await client.put("/v1/me/password", json=body, headers=bearer(token))


async def a_code(client: httpx.AsyncClient, people: People) -> str:
    path = f"/v1/staff/{people.id}/password-code"
    answer = await client.post(path, headers=bearer(people.admin))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["code"])


async def reset(
    client: httpx.AsyncClient, people: People, code: str, password: str = NEW
) -> httpx.Response:
    body = {"username": people.username, "code": code, "password": password}
    return await client.post("/v1/password-reset", json=body)


async def test_a_new_password_ends_the_sign_ins_elsewhere(
    client: httpx.AsyncClient, people: People
) -> None:
    here, elsewhere = [(await sign_in(client, people, PASSWORD)).json()["token"] for _ in range(2)]
    answer = await change(client, here, PASSWORD, NEW)
    assert answer.json() == {"ended": 1}
    assert (await client.get("/v1/me", headers=bearer(here))).status_code == 200
    assert (await client.get("/v1/me", headers=bearer(elsewhere))).status_code == 401
    assert (await sign_in(client, people, PASSWORD)).status_code == 401
    assert (await sign_in(client, people, NEW)).status_code == 200


async def test_an_open_session_does_not_tell_the_password(
    client: httpx.AsyncClient, people: People
) -> None:
    token = (await sign_in(client, people, PASSWORD)).json()["token"]
    statuses = [(await change(client, token, f"guess {n}", NEW)).status_code for n in range(6)]
    assert statuses == [409] * 5 + [429]


async def test_an_open_session_does_not_tell_the_password_to_many_addresses(
    database: Database, live: LiveBus, people: People
) -> None:
    guard = SignInGuard(Limits(live), at_once=2)
    guesses = [
        prove(database, guard, people.id, f"guess {n}", f"2001:db8:{n:x}::1", MONDAY_NINE)
        for n in range(2 * TRIES)
    ]
    told = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(each, WrongPassword) for each in told) == TRIES
    assert sum(isinstance(each, AccountLocked) for each in told) == TRIES
    later = MONDAY_NINE + FIRST
    await prove(database, guard, people.id, PASSWORD, "2001:db8:ffff::1", later)
    await prove(database, guard, people.id, PASSWORD, "2001:db8:fffe::1", later)


async def test_a_code_opens_nothing_for_who_handed_it_out_and_was_suspended_or_left(
    client: httpx.AsyncClient, database: Database, people: People
) -> None:
    code = await a_code(client, people)

    async def set_issuer(values: str) -> None:
        async with database.transaction(EVERYTHING) as session:
            await run(
                session,
                f"UPDATE staff SET {values} WHERE id = (SELECT issued_by"  # noqa: S608 our own
                " FROM password_code WHERE staff_id = :id)",
                id=people.id,
            )

    for taken, given in (
        ("suspended_at = '2026-11-01'", "suspended_at = NULL"),
        ("is_active = false", "is_active = true"),
    ):
        await set_issuer(taken)
        assert (await reset(client, people, code)).status_code == 409
        await set_issuer(given)
    assert (await reset(client, people, code)).status_code == 204


async def test_a_new_password_that_is_guessed_first_is_refused(
    client: httpx.AsyncClient, people: People
) -> None:
    token = (await sign_in(client, people, PASSWORD)).json()["token"]
    answer = await change(client, token, PASSWORD, f"{people.username}2026")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "new_password"
    assert (await sign_in(client, people, PASSWORD)).status_code == 200


async def test_a_code_replaces_a_lost_password_once(
    client: httpx.AsyncClient, database: Database, people: People
) -> None:
    token = (await sign_in(client, people, PASSWORD)).json()["token"]
    code = await a_code(client, people)
    assert (await client.get("/v1/me", headers=bearer(token))).status_code == 401
    assert (await sign_in(client, people, PASSWORD)).status_code == 401
    assert (await reset(client, people, code, "password123")).status_code == 422
    assert (await reset(client, people, code.upper())).status_code == 204
    assert (await reset(client, people, code)).status_code == 409
    assert (await sign_in(client, people, NEW)).status_code == 200
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session, "SELECT kind FROM audit_event WHERE actor_id = :who"
            " AND action = 'password-reset' ORDER BY id",
            who=people.id,
        )  # fmt: skip
    assert [event.kind for event in found] == ["change", "refused"]


async def test_a_wrong_code_and_nobody_look_the_same(
    client: httpx.AsyncClient, people: People
) -> None:
    await a_code(client, people)
    body = {"username": "nobody.at.all", "code": "2" * 12, "password": NEW}
    nobody = await client.post("/v1/password-reset", json=body)
    wrong = await reset(client, people, "2" * 12)
    assert (wrong.status_code, wrong.json()) == (409, nobody.json())


async def test_a_code_ends_after_a_day(
    client: httpx.AsyncClient, tomorrow: httpx.AsyncClient, people: People
) -> None:
    code = await a_code(client, people)
    assert (await reset(tomorrow, people, code)).status_code == 409


async def test_nobody_hands_out_a_code_to_themselves(
    client: httpx.AsyncClient, people: People
) -> None:
    path = f"/v1/staff/{people.admin_id}/password-code"
    answer = await client.post(path, headers=bearer(people.admin))
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/own-password"
