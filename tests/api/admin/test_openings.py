"""Accounts that one person alone has opened, and who vouches for them, over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.permission import Permission
from identity.principal import Role
from identity.roles.store import add as add_role
from identity.second_factor import store as second_factor
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_person, a_token, an_agent, branch_code

HOME = {"lat": -29.9, "lon": -71.25}


@dataclass
class Scene:
    """A branch with two administrators, who have nothing to do with each other."""

    client: httpx.AsyncClient
    database: Database
    branch: UUID
    code: str
    admin_id: UUID
    admin: str
    other: str

    async def ask(self, method: str, path: str, token: str, **body: Any) -> httpx.Response:
        return await self.client.request(
            method, f"/v1/{path}", json=body or None, headers=bearer(token)
        )

    async def employed(self, role: str = "supervisor", name: str = "New Person") -> str:
        """Somebody whom the one administrator has employed."""
        body: dict[str, Any] = {
            "branch_code": self.code, "role": role, "full_name": name,
            "username": f"{name.lower().replace(' ', '.')}.{self.code.lower()}",
            "password": PASSWORD,
        }  # fmt: skip
        if role == "agent":
            body["agent"] = {"home": HOME, "cash_limit_minor": 0}
        answer = await self.ask("POST", "staff", self.admin, **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def person(self, person: str | UUID) -> dict[str, Any]:
        answer = await self.ask("GET", f"staff/{person}", self.admin)
        told: dict[str, Any] = answer.json()
        return told

    async def token_of(self, person: str | UUID) -> str:
        async with self.database.transaction(EVERYTHING) as session:
            return await a_token(session, UUID(str(person)))

    async def colleague(self, role: Role = Role.SUPERVISOR) -> UUID:
        """Somebody whom neither has employed."""
        async with self.database.transaction(EVERYTHING) as session:
            return await a_person(session, self.branch, role, "Elena Paz")

    async def key(self) -> str:
        """A key of the one administrator's, for all that they may do themselves."""
        mine = (await self.person(self.admin_id))["permissions"]
        answer = await self.ask(
            "POST", "api-keys", self.admin, branch_code=self.code, name="Mine", permissions=mine,
            expires_at="2026-12-24T00:00:00Z",
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])


@pytest.fixture
async def scene(database: Database, client: httpx.AsyncClient) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin = await a_person(session, branch, Role.ADMIN, "Inés Rey")
        other = await a_person(session, branch, Role.ADMIN, "Rosa Vera")
        return Scene(
            client, database, branch, await branch_code(session, branch), admin,
            await a_token(session, admin), await a_token(session, other),
        )  # fmt: skip


async def test_another_administrator_vouches_for_who_was_employed(scene: Scene) -> None:
    person = await scene.employed()
    told = await scene.person(person)
    assert not told["is_vouched"]
    assert [(o["how"], o["opened_by_name"]) for o in told["openings"]] == [("employed", "Inés Rey")]

    own = await scene.ask("POST", f"staff/{person}/vouch", scene.admin)
    assert (own.status_code, own.json()["type"]) == (403, "/problems/not-a-third-person")
    key = await scene.ask("POST", f"staff/{person}/vouch", await scene.key())
    assert (key.status_code, key.json()["type"]) == (403, "/problems/not-a-third-person")
    for _ in range(2):
        done = await scene.ask("POST", f"staff/{person}/vouch", scene.other)
        assert done.status_code == 204, done.text
    told = await scene.person(person)
    assert told["is_vouched"]
    assert told["openings"][0]["vouched_by_name"] == "Rosa Vera"


async def test_nobody_vouches_for_themselves(scene: Scene) -> None:
    admin = await scene.employed("admin")
    answer = await scene.ask("POST", f"staff/{admin}/vouch", await scene.token_of(admin))
    assert answer.json()["type"] == "/problems/not-a-third-person"


async def test_who_was_vouched_for_decides_beside_who_employed_them(scene: Scene) -> None:
    admin, person = await scene.employed("admin"), await scene.colleague()
    proposed = await scene.ask(
        "POST", f"staff/{person}/role-changes", scene.admin, role="cash_desk", reason="Moved"
    )
    accept, token = f"role-changes/{proposed.json()['id']}/accept", await scene.token_of(admin)
    before = await scene.ask("POST", accept, token)
    assert (before.status_code, before.json()["type"]) == (403, "/problems/one-hand")
    await scene.ask("POST", f"staff/{admin}/vouch", scene.other)
    after = await scene.ask("POST", accept, token)
    assert after.status_code < 300, after.text
    assert (await scene.person(person))["role"] == "cash_desk"


async def test_two_accounts_of_one_hand_are_no_two_people(scene: Scene) -> None:
    one, two = await scene.employed("admin", "First One"), await scene.employed("admin", "Last One")
    person = await scene.colleague()
    proposed = await scene.ask(
        "POST", f"staff/{person}/role-changes", await scene.token_of(one), role="cash_desk",
        reason="Moved",
    )  # fmt: skip
    answer = await scene.ask(
        "POST", f"role-changes/{proposed.json()['id']}/accept", await scene.token_of(two)
    )
    assert answer.json()["type"] == "/problems/one-hand"


async def test_who_was_not_vouched_for_opens_for_the_same_hand(scene: Scene) -> None:
    """Employed by an accomplice is employed by whose accomplice they are."""
    accomplice = await scene.token_of(await scene.employed("admin", "First One"))
    answer = await scene.ask(
        "POST", "staff", accomplice, branch_code=scene.code, role="admin", full_name="Last One",
        username=f"last.{scene.code.lower()}", password=PASSWORD,
    )  # fmt: skip
    last = answer.json()["id"]
    assert (await scene.ask("POST", f"staff/{last}/vouch", scene.admin)).status_code == 403
    assert (await scene.ask("POST", f"staff/{last}/vouch", scene.other)).status_code == 204


async def test_the_first_administrator_has_nobody_to_ask(
    database: Database, client: httpx.AsyncClient
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin = await a_person(session, branch, Role.ADMIN)
        code, token = await branch_code(session, branch), await a_token(session, admin)
    alone = Scene(client, database, branch, code, admin, token, token)
    second = await alone.employed("admin", "Second One")
    assert (await alone.person(second))["is_vouched"]
    # From now on there is somebody, and that goes on when the second one leaves.
    left = await alone.ask("POST", f"staff/{second}/leave", token, reason="Gone")
    assert left.status_code < 300, left.text
    third = await alone.employed("supervisor", "Third One")
    assert not (await alone.person(third))["is_vouched"]


async def test_an_agents_account_is_nobodys_second_person(scene: Scene) -> None:
    agent = await scene.employed("agent")
    await scene.ask("POST", f"staff/{agent}/password-code", scene.admin)
    assert (await scene.person(agent))["is_vouched"]


async def test_a_code_for_a_password_opens_an_account(scene: Scene) -> None:
    person = await scene.colleague(Role.ADMIN)
    answer = await scene.ask("POST", f"staff/{person}/password-code", scene.admin)
    assert answer.status_code == 200, answer.text
    assert (await scene.person(person))["openings"][0]["how"] == "password_code"


async def test_a_second_factor_keeps_a_code_from_opening_it(scene: Scene) -> None:
    person = await scene.colleague(Role.ADMIN)
    async with scene.database.transaction(EVERYTHING) as session:
        await second_factor.set_secret(session, person, scene.branch, "JBSWY3DPEHPK3PXP")
        await second_factor.turn_on(session, person, 1, MONDAY_NINE)
    await scene.ask("POST", f"staff/{person}/password-code", scene.admin)
    assert (await scene.person(person))["is_vouched"]
    off = await scene.ask("DELETE", f"staff/{person}/second-factor", scene.admin)
    assert off.status_code == 204, off.text
    assert (await scene.person(person))["openings"][0]["how"] == "second_factor_off"


async def test_saying_who_somebody_is_at_the_provider_opens_their_account(scene: Scene) -> None:
    person = await scene.colleague()
    path = f"staff/{person}/provider-account"
    answer = await scene.ask("PUT", path, scene.admin, email="me@example.com")
    assert answer.status_code == 204, answer.text
    assert (await scene.person(person))["openings"][0]["how"] == "provider_account"


async def test_a_key_does_not_let_in_who_has_issued_it(scene: Scene) -> None:
    key = await scene.key()
    out = await scene.ask("POST", f"staff/{scene.admin_id}/suspend", scene.other, reason="Doubts")
    assert out.status_code == 200, out.text
    answer = await scene.ask("POST", f"staff/{scene.admin_id}/let-in", key)
    assert answer.status_code in (401, 403), answer.text
    assert (await scene.ask("GET", "me/sessions", scene.admin)).status_code == 401


async def test_who_has_employed_somebody_lets_them_in_and_not_the_other_way(scene: Scene) -> None:
    admin = await scene.employed("admin")
    await scene.ask("POST", f"staff/{admin}/suspend", scene.other, reason="Doubts")
    assert (await scene.ask("POST", f"staff/{admin}/let-in", scene.admin)).status_code == 204
    token = await scene.token_of(admin)
    await scene.ask("POST", f"staff/{scene.admin_id}/suspend", scene.other, reason="Doubts")
    answer = await scene.ask("POST", f"staff/{scene.admin_id}/let-in", token)
    assert answer.json()["type"] == "/problems/own-account"


async def test_nobody_opens_an_account_that_may_do_more_than_theirs(scene: Scene) -> None:
    async with scene.database.transaction(EVERYTHING) as session:
        clerk_id = await a_person(session, scene.branch, Role.ADMIN, "Clerk")
        agent = await an_agent(session, scene.branch)
        name = f"clerk-{scene.code}"
        granted = [Permission.ADMINISTRATION_ACT, Permission.ADMINISTRATION_SEE]
        await add_role(session, name, granted, scene.admin_id, MONDAY_NINE)
    change = await scene.ask(
        "POST", f"staff/{clerk_id}/role-changes", scene.admin, role="admin", composed_role=name,
        reason="People only",
    )  # fmt: skip
    await scene.ask("POST", f"role-changes/{change.json()['id']}/accept", scene.other)
    clerk = await scene.token_of(clerk_id)
    key_id = (await scene.ask("GET", "api-keys", scene.admin)).json()["items"]
    assert key_id == []
    await scene.key()
    key_id = (await scene.ask("GET", "api-keys", scene.admin)).json()["items"][0]["id"]
    person = await scene.colleague()
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"staff/{scene.admin_id}/password-code", {}),
        ("POST", f"staff/{person}/password-code", {}),
        ("PUT", f"staff/{person}/provider-account", {"email": "me@example.com"}),
        ("POST", f"api-keys/{key_id}/rotate", {"expires_at": "2026-12-24T00:00:00Z"}),
        (
            "POST", "staff",
            {
                "branch_code": scene.code, "role": "supervisor", "full_name": "New Person",
                "username": f"more.{scene.code.lower()}", "password": PASSWORD,
            },
        ),
    ]  # fmt: skip
    for method, path, body in asked:
        answer = await scene.ask(method, path, clerk, **body)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/may-see-more"), path
    # What the clerk's work is goes on.
    assert (await scene.ask("POST", f"staff/{agent}/password-code", clerk)).status_code == 200


async def test_the_list_is_narrowed_to_who_was_not_vouched_for(scene: Scene) -> None:
    person = await scene.employed()
    answer = await scene.ask("GET", "staff?is_vouched=false", scene.admin)
    assert [each["id"] for each in answer.json()["items"]] == [person]
    answer = await scene.ask("GET", "staff?is_vouched=true", scene.admin)
    assert person not in [each["id"] for each in answer.json()["items"]]
