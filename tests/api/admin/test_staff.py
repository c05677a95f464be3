"""People found, kept out and let in again, over HTTP."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.bearers.store import note_sign_in
from identity.principal import Role
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_person, a_token


@dataclass
class Scene:
    """An administrator, and a person of the same branch who is signed in."""

    client: httpx.AsyncClient
    admin_id: UUID
    admin: str
    person: UUID
    token: str

    async def ask(self, path: str = "") -> dict[str, object]:
        answer = await self.client.get(f"/v1/staff{path}", headers=bearer(self.admin))
        assert answer.status_code == 200, answer.text
        told: dict[str, object] = answer.json()
        return told

    async def do(self, deed: str, whom: UUID, **body: str) -> httpx.Response:
        path = f"/v1/staff/{whom}/{deed}"
        return await self.client.post(path, json=body or None, headers=bearer(self.admin))


@pytest.fixture
async def scene(database: Database, client: httpx.AsyncClient) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin = await a_person(session, branch, Role.ADMIN, "Ines Admin")
        person = await a_person(session, branch, Role.CASH_DESK, "Paula Soto")
        return Scene(
            client, admin, await a_token(session, admin), person, await a_token(session, person)
        )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ines Admin", "Paula Soto"]),
        ("?q=paULa", ["Paula Soto"]),
        ("?q=%25", []),
        ("?role=cash_desk", ["Paula Soto"]),
        ("?state=suspended", []),
        ("?state=", ["Ines Admin", "Paula Soto"]),
        ("?branch=NOWHERE", []),
    ],
)
async def test_people_are_found(scene: Scene, query: str, names: list[str]) -> None:
    found = await scene.ask(query)
    assert [each["full_name"] for each in found["items"]] == names  # type: ignore[attr-defined]


async def test_pages_of_people_follow_each_other(scene: Scene) -> None:
    first = await scene.ask("?limit=1")
    second = await scene.ask(f"?limit=1&cursor={first['next_cursor']}")
    assert second["items"][0]["full_name"] == "Paula Soto"  # type: ignore[index]
    assert second["next_cursor"] is None


async def test_who_is_suspended_is_out_at_once_by_whatever_means(scene: Scene) -> None:
    me = {"headers": bearer(scene.token)}
    assert (await scene.client.get("/v1/me", **me)).status_code == 200  # type: ignore[arg-type]
    since = (await scene.do("suspend", scene.person, reason="Lost the badge")).json()
    again = (await scene.do("suspend", scene.person, reason="Lost the badge")).json()
    assert again == since
    assert (await scene.client.get("/v1/me", **me)).status_code == 401  # type: ignore[arg-type]
    person = await scene.ask(f"/{scene.person}")
    assert (person["state"], "cash.act" in str(person["permissions"])) == ("suspended", True)
    attempt = {"username": person["username"], "password": PASSWORD}
    assert (await scene.client.post("/v1/sign-in", json=attempt)).status_code == 401
    assert (await scene.do("let-in", scene.person)).status_code == 204
    assert (await scene.client.post("/v1/sign-in", json=attempt)).status_code == 200


async def test_nobody_is_locked_out_by_wrong_passwords_once_let_in(
    scene: Scene, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await note_sign_in(session, scene.person, 8, MONDAY_NINE + timedelta(minutes=8))
    assert (await scene.ask(f"/{scene.person}"))["state"] == "locked"
    assert (await scene.do("let-in", scene.person)).status_code == 204
    person = await scene.ask(f"/{scene.person}")
    assert (person["state"], person["locked_until"]) == ("working", None)


async def test_the_reason_is_on_the_trail(scene: Scene) -> None:
    await scene.do("suspend", scene.person, reason="Lost the badge")
    path = f"/v1/audit-events?subject={scene.person}&kind=change"
    found = (await scene.client.get(path, headers=bearer(scene.admin))).json()["items"]
    assert [event["reason"] for event in found] == ["Lost the badge"]


@pytest.mark.parametrize("deed", ["suspend", "let-in"])
async def test_nobody_does_it_to_themselves(scene: Scene, deed: str) -> None:
    body = {"reason": "to try"} if deed == "suspend" else {}
    answer = await scene.do(deed, scene.admin_id, **body)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/own-account")
