"""Keys of programs: what they open, when they end, and what is known of their use."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from data.session import EVERYTHING, Database, rows
from identity.bearers.bearers import Bearers
from identity.errors import NotSignedIn
from identity.principal import Role
from identity.secret import hash_secret
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_person, a_token, branch_code

SOON = "2026-12-31T00:00:00Z"


@pytest.fixture
async def admin(database: Database) -> tuple[dict[str, str], str]:
    """An administrator's headers and the branch's code."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        token = await a_token(session, await a_person(session, branch, Role.ADMIN))
        return bearer(token), await branch_code(session, branch)


async def issued(
    client: httpx.AsyncClient, admin: tuple[dict[str, str], str], *permissions: str
) -> dict[str, Any]:
    headers, code = admin
    body = {
        "branch_code": code, "name": "Core banking", "permissions": permissions,
        "expires_at": SOON,
    }  # fmt: skip
    answer = await client.post("/v1/api-keys", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_key_opens_what_it_was_given_and_is_stored_hashed(
    client: httpx.AsyncClient, database: Database, admin: tuple[dict[str, str], str]
) -> None:
    key = (await issued(client, admin, "cash.see"))["key"]
    assert (await client.get("/v1/tills", headers=bearer(key))).status_code == 200
    assert (await client.get("/v1/visits", headers=bearer(key))).status_code == 403
    assert (await client.get("/v1/me", headers=bearer(key))).json()["role"] == "integration"
    async with database.transaction(EVERYTHING) as session:
        (stored,) = await rows(
            session, "SELECT * FROM api_key WHERE key_hash = :h", h=hash_secret(key)
        )
    assert key not in str(stored)


async def test_when_and_from_where_it_was_used_last_is_shown(
    client: httpx.AsyncClient, admin: tuple[dict[str, str], str]
) -> None:
    made = await issued(client, admin, "cash.see")
    (line,) = (await client.get("/v1/api-keys", headers=admin[0])).json()["items"]
    assert (line["id"], line["last_used_at"]) == (made["id"], None)
    await client.get("/v1/tills", headers=bearer(made["key"]))
    listed = await client.get("/v1/api-keys", headers=admin[0])
    (line,) = listed.json()["items"]
    assert line["last_used_at"].startswith("2026-11-23T12:00:0")
    assert line["last_used_from"] == "127.0.0.1"
    assert made["key"] not in listed.text


async def test_a_rotated_or_ended_key_opens_nothing(
    client: httpx.AsyncClient, admin: tuple[dict[str, str], str]
) -> None:
    old = await issued(client, admin, "cash.see")
    new = (
        await client.post(
            f"/v1/api-keys/{old['id']}/rotate", json={"expires_at": SOON}, headers=admin[0]
        )
    ).json()
    assert (await client.get("/v1/tills", headers=bearer(old["key"]))).status_code == 401
    assert (await client.get("/v1/tills", headers=bearer(new["key"]))).status_code == 200
    ended = await client.post(f"/v1/api-keys/{new['id']}/end", headers=admin[0])
    assert ended.status_code == 200
    assert (await client.get("/v1/tills", headers=bearer(new["key"]))).status_code == 401
    again = await client.post(
        f"/v1/api-keys/{old['id']}/rotate", json={"expires_at": SOON}, headers=admin[0]
    )
    assert again.status_code == 404


async def test_an_old_key_opens_until_the_overlap_is_over_and_is_replaced_once(
    client: httpx.AsyncClient, database: Database, admin: tuple[dict[str, str], str]
) -> None:
    old = await issued(client, admin, "cash.see")
    url = f"/v1/api-keys/{old['id']}/rotate"
    body = {"expires_at": SOON, "overlap_hours": 2}
    new = (await client.post(url, json=body, headers=admin[0])).json()
    for key in (old["key"], new["key"]):
        assert (await client.get("/v1/tills", headers=bearer(key))).status_code == 200
    again = await client.post(url, json=body, headers=admin[0])
    assert again.status_code == 404
    listed = (await client.get("/v1/api-keys", headers=admin[0])).json()["items"]
    lines = {line["id"]: line for line in listed}
    assert lines[old["id"]]["ended_at"].startswith("2026-11-23T14:00:0")
    assert lines[new["id"]]["ended_at"] is None
    assert lines[new["id"]]["issued_by_name"] == lines[old["id"]]["issued_by_name"] is not None
    later = MONDAY_NINE + timedelta(hours=2, minutes=1)
    assert (await Bearers(database).who(new["key"], later)).role is Role.INTEGRATION
    with pytest.raises(NotSignedIn):
        await Bearers(database).who(old["key"], later)
    week = await client.post(
        f"/v1/api-keys/{new['id']}/rotate", json=body | {"overlap_hours": 169}, headers=admin[0]
    )
    assert (week.status_code, week.json()["errors"][0]["field"]) == (422, "overlap_hours")


async def test_an_overlap_makes_no_key_last_longer(
    client: httpx.AsyncClient, admin: tuple[dict[str, str], str]
) -> None:
    headers, code = admin
    body = {
        "branch_code": code, "name": "Core banking", "permissions": ["cash.see"],
        "expires_at": "2026-11-23T13:00:00Z",
    }  # fmt: skip
    old = (await client.post("/v1/api-keys", json=body, headers=headers)).json()
    await client.post(
        f"/v1/api-keys/{old['id']}/rotate", json={"expires_at": SOON, "overlap_hours": 168},
        headers=headers,
    )  # fmt: skip
    listed = (await client.get("/v1/api-keys", headers=headers)).json()["items"]
    (line,) = [line for line in listed if line["id"] == old["id"]]
    assert line["ended_at"] == "2026-11-23T13:00:00Z"


async def test_a_key_may_do_no_more_than_who_issues_it_and_belongs_to_their_branch(
    client: httpx.AsyncClient, database: Database, admin: tuple[dict[str, str], str]
) -> None:
    made = await issued(client, admin, "cash.see", "administration.see", "administration.act")
    headers, code = admin
    body = {"branch_code": code, "name": "x", "permissions": ["audit.see"], "expires_at": SOON}
    more = await client.post("/v1/api-keys", json=body, headers=bearer(made["key"]))
    assert (more.status_code, more.json()["errors"][0]["field"]) == (422, "permissions")
    field = await client.post(
        "/v1/api-keys", json=body | {"permissions": ["field.see"]}, headers=headers
    )
    assert field.status_code == 422
    past = await client.post(
        "/v1/api-keys", json=body | {"expires_at": "2020-01-01T00:00:00Z"}, headers=headers
    )
    assert past.json()["errors"][0]["field"] == "expires_at"
    async with database.transaction(EVERYTHING) as session:
        other = await a_person(session, await a_branch(session), Role.ADMIN)
        foreign = bearer(await a_token(session, other))
    assert (await client.get("/v1/api-keys", headers=foreign)).json() == {"items": []}
    for what, sent in (("end", None), ("rotate", {"expires_at": SOON})):
        answer = await client.post(f"/v1/api-keys/{made['id']}/{what}", json=sent, headers=foreign)
        assert answer.status_code == 404


async def test_nobody_signs_in_as_a_program(
    client: httpx.AsyncClient, database: Database, admin: tuple[dict[str, str], str]
) -> None:
    made = await issued(client, admin, "cash.see")
    async with database.transaction(EVERYTHING) as session:
        (program,) = await rows(
            session,
            "SELECT s.username FROM staff s JOIN api_key k ON k.staff_id = s.id WHERE k.id = :id",
            id=UUID(made["id"]),
        )
    for password in (PASSWORD, "!"):
        body = {"username": program.username, "password": password}
        assert (await client.post("/v1/sign-in", json=body)).status_code == 401
