"""Roles: composed by one, given by two, and by nobody to themselves."""

from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.errors import InvalidField
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.permission import GRANTS, Permission, check_composed
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token, an_agent


@dataclass
class Town:
    """A branch with two administrators and somebody at the cash desk."""

    branch: UUID
    one: UUID
    one_token: dict[str, str]
    two_token: dict[str, str]
    person: UUID
    person_token: dict[str, str]


@pytest.fixture
async def town(database: Database) -> Town:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        one, two = [await a_person(session, branch, Role.ADMIN) for _ in range(2)]
        person = await a_person(session, branch, Role.CASH_DESK)
        tokens = [bearer(await a_token(session, each)) for each in (one, two, person)]
    return Town(branch, one, tokens[0], tokens[1], person, tokens[2])


async def proposed(client: httpx.AsyncClient, town: Town, **body: str) -> str:
    answer = await client.post(
        f"/v1/staff/{town.person}/role-changes",
        json={"role": "cash_desk", "reason": "Moves on"} | body,
        headers=town.one_token,
    )
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


async def test_a_role_is_given_by_two_and_holds_at_once(
    client: httpx.AsyncClient, town: Town
) -> None:
    change = await proposed(client, town, role="supervisor")
    (line,) = (await client.get("/v1/role-changes", headers=town.two_token)).json()["items"]
    assert (line["id"], line["role_now"], line["role"]) == (change, "cash_desk", "supervisor")
    own = await client.post(f"/v1/role-changes/{change}/accept", headers=town.one_token)
    assert (own.status_code, own.json()["type"]) == (403, "/problems/same-person")
    assert (await client.get("/v1/visits", headers=town.person_token)).status_code == 403
    for _ in range(2):
        done = await client.post(f"/v1/role-changes/{change}/accept", headers=town.two_token)
        assert done.status_code == 204
    assert (await client.get("/v1/visits", headers=town.person_token)).status_code == 200
    late = await client.post(f"/v1/role-changes/{change}/reject", headers=town.two_token)
    assert late.status_code == 409


async def test_a_composed_role_grants_what_it_says_and_no_more(
    client: httpx.AsyncClient, town: Town
) -> None:
    name = f"reader-{new_id().hex[-8:]}"
    body = {"permissions": ["supervision.see"]}
    for _ in range(2):
        made = await client.put(f"/v1/roles/{name}", json=body, headers=town.one_token)
        assert made.status_code == 200
    other = {"permissions": ["supervision.see", "cash.see"]}
    again = await client.put(f"/v1/roles/{name}", json=other, headers=town.one_token)
    assert again.status_code == 409
    change = await proposed(client, town, composed_role=name)
    await client.post(f"/v1/role-changes/{change}/accept", headers=town.two_token)
    headers = town.person_token
    assert (await client.get("/v1/visits", headers=headers)).status_code == 200
    assert (await client.get("/v1/tills", headers=headers)).status_code == 403
    acted = await client.post(f"/v1/alerts/{new_id()}/acknowledge", headers=headers)
    assert acted.json()["needed"] == ["supervision.act"]


async def test_nobody_changes_or_decides_on_their_own_role(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    body = {"role": "auditor", "reason": "x"}
    own = await client.post(f"/v1/staff/{town.one}/role-changes", json=body, headers=town.one_token)
    assert (own.status_code, own.json()["type"]) == (403, "/problems/own-role")
    about_one = await client.post(
        f"/v1/staff/{town.one}/role-changes", json=body, headers=town.two_token
    )
    path = f"/v1/role-changes/{about_one.json()['id']}"
    assert (await client.post(f"{path}/accept", headers=town.one_token)).status_code == 403


async def test_the_database_lets_nobody_past(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    change = await proposed(client, town, role="admin")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(text("UPDATE staff SET role = 'admin'"))
    decide = (
        "UPDATE role_change SET decision = 'accepted', decided_at = proposed_at, decided_by = :by"
        " WHERE id = :id RETURNING 1"
    )
    for by, rule in ((town.one, "two_people"), (town.person, "not_their_own")):
        with pytest.raises(IntegrityError, match=rule):
            async with database.transaction(EVERYTHING) as session:
                await rows(session, decide, by=by, id=change)


async def test_an_agent_stays_one_and_another_branch_decides_nothing(
    client: httpx.AsyncClient, database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, town.branch)
        other = await a_person(session, await a_branch(session), Role.ADMIN)
        foreign = bearer(await a_token(session, other))
    body = {"role": "supervisor", "reason": "Promoted"}
    to_office = await client.post(
        f"/v1/staff/{agent}/role-changes", json=body, headers=town.one_token
    )
    assert to_office.status_code == 422
    elsewhere = await client.post(
        f"/v1/staff/{town.person}/role-changes", json=body, headers=foreign
    )
    assert elsewhere.status_code == 404
    change = await proposed(client, town, role="supervisor")
    decided = await client.post(f"/v1/role-changes/{change}/accept", headers=foreign)
    assert decided.status_code == 404


@pytest.mark.parametrize(
    "permissions",
    [[], ["field.see", "cash.see"], ["cash.act"], ["supervision.see", "allocation.act"]],
    ids=" ".join,
)
def test_some_permissions_make_no_role(permissions: list[str]) -> None:
    with pytest.raises(InvalidField):
        check_composed(map(Permission, permissions))


@pytest.mark.parametrize("role", [role for role in Role if GRANTS[role]])
def test_what_a_role_grants_as_usual_could_be_composed(role: Role) -> None:
    check_composed(GRANTS[role])
