"""Every route × role × scope, from one table."""

from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.access_table import ACCESS
from tests.api.conftest import bearer
from tests.application import document
from tests.factories import (
    a_branch,
    a_case,
    a_customer_token,
    a_device,
    a_person,
    a_program,
    a_token,
    an_agent,
)


def api_routes() -> set[tuple[str, str]]:
    """All (method, path) of the documented API."""
    paths = document()["paths"]
    return {(method.upper(), path) for path, item in paths.items() for method in item}


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert api_routes() == set(ACCESS)


@dataclass
class People:
    """A bearer token for each role and the key of a phone, all of one branch."""

    tokens: dict[Role, str]
    device_key: str


@pytest.fixture(scope="module")
async def people(database: Database) -> People:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        case = await a_case(session, branch)
        tokens = {Role.CUSTOMER: await a_customer_token(session, case.customer_id)}
        for role in Role:
            if role is Role.AGENT:
                tokens[role] = await a_token(session, await an_agent(session, branch))
            elif role is Role.INTEGRATION:
                tokens[role] = await a_token(session, await a_program(session, branch))
            elif role is not Role.CUSTOMER:
                tokens[role] = await a_token(session, await a_person(session, branch, role))
        _, device_key = await a_device(session, branch)
        return People(tokens, device_key)


def _concrete(path: str) -> str:
    """The path with an id that nothing has."""
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        name = path[start + 1 : end]
        path = path[:start] + ("1" if name in ("z", "x", "y") else str(new_id())) + path[end + 1 :]
    return path


async def _call(client: httpx.AsyncClient, route: tuple[str, str], token: str | None) -> int:
    method, path = route
    headers = bearer(token) if token else {}
    async with client.stream(method, _concrete(path), headers=headers) as answer:
        return answer.status_code


@pytest.mark.parametrize("route", sorted(ACCESS), ids=" ".join)
async def test_only_the_roles_of_the_table_may_call(
    client: httpx.AsyncClient, people: People, route: tuple[str, str]
) -> None:
    allowed = ACCESS[route]
    anonymous = await _call(client, route, None)
    if allowed is None:
        assert anonymous not in (401, 403)
        return
    assert anonymous == 401
    assert await _call(client, route, "rt_invented") == 401
    if isinstance(allowed, str):
        people_may = {await _call(client, route, token) for token in people.tokens.values()}
        assert people_may == {401}
        assert await _call(client, route, people.device_key) not in (401, 403)
        return
    assert await _call(client, route, people.device_key) == 401
    # Signing out ends the token, so it is tried with none of the shared ones.
    roles = [] if route[1] == "/v1/sign-out" else list(Role)
    for role in roles:
        status = await _call(client, route, people.tokens[role])
        if role in allowed:
            assert status not in (401, 403), f"{role} is refused with {status}"
            assert status < 500
        else:
            assert status == 403, f"{role} gets {status}"


async def test_signing_out_ends_the_token(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, await a_person(session, await a_branch(session)))
    assert (await client.get("/v1/me", headers=bearer(token))).status_code == 200
    assert (await client.post("/v1/sign-out", headers=bearer(token))).status_code == 204
    assert (await client.get("/v1/me", headers=bearer(token))).status_code == 401


async def test_a_branch_sees_itself_and_what_is_below_and_nothing_else(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session, "HEAD")
        north = await a_branch(session, "NORTH", parent_code="HEAD")
        south = await a_branch(session, "SOUTH", parent_code="HEAD")
        tokens: dict[UUID, str] = {
            b: await a_token(session, await a_person(session, b)) for b in (head, north, south)
        }

    async def codes(branch: UUID) -> list[str]:
        answer = await client.get("/v1/branches", headers=bearer(tokens[branch]))
        return [b["code"] for b in answer.json()]

    assert await codes(head) == ["HEAD", "NORTH", "SOUTH"]
    assert await codes(north) == ["NORTH"]
    assert await codes(south) == ["SOUTH"]
