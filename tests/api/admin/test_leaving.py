"""Somebody leaves, over HTTP."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from allocation.owners.store import cases_with
from collection.custody.days.store import proofs
from collection.custody.store import tills_in_doubt
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.api_keys.store import Key
from identity.api_keys.store import add as add_key
from identity.permission import Permission
from identity.principal import Role
from identity.secret import hash_secret
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent, branch_code


@dataclass
class Scene:
    """An agent in the field with a phone, a colleague, and an administrator."""

    field: Field
    colleague: UUID
    admin_id: UUID
    admin: str
    device_key: str

    async def preview(self) -> dict[str, Any]:
        answer = await self.field.client.get(self._path, headers=bearer(self.admin))
        told: dict[str, Any] = answer.json()
        return told

    async def leave(self, **wanted: Any) -> httpx.Response:
        body = {"reason": "moves to another town", "cases_to": str(self.colleague)} | wanted
        return await self.field.client.post(self._path, json=body, headers=bearer(self.admin))

    @property
    def _path(self) -> str:
        return f"/v1/staff/{self.field.agent}/leave"


@pytest.fixture
async def scene(database: Database, client: httpx.AsyncClient) -> Scene:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        colleague = await an_agent(session, field.branch, "Ana Vega")
        admin = await a_person(session, field.branch, Role.ADMIN)
        _, key = await a_device(session, field.branch, field.agent)
        return Scene(field, colleague, admin, await a_token(session, admin), key)


async def test_the_preview_tells_what_would_end(scene: Scene) -> None:
    await scene.field.pay(20_000)
    was = await scene.preview()
    assert (was["sign_ins"], was["open_cases"], was["left_at"]) == (1, 1, None)
    assert was["cash"]["in_hand"]["amount_minor"] == 20_000
    assert was["phone"]["label"].startswith("Phone")


async def test_cash_in_hand_is_in_the_way_and_then_nothing_has_ended(scene: Scene) -> None:
    await scene.field.pay(20_000)
    refused = await scene.leave()
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/still-holds-cash"
    assert refused.json()["in_hand"] == {"amount_minor": 20_000, "currency": "CLP"}
    assert (await scene.field.pay(10_000)).status_code == 200


async def test_what_is_not_handed_over_is_owed_and_the_day_still_proves(scene: Scene) -> None:
    field = scene.field
    await field.pay(23_450)
    left = (await scene.leave(post_shortage=True)).json()
    assert left["shortage"]["amount_minor"] == 23_450
    owed = await field.ask(
        "SELECT kind, amount_minor, settled_at FROM cash_difference WHERE owner_id = :agent",
        agent=field.agent,
    )
    assert [tuple(row) for row in owed] == [("shortage", 23_450, None)]
    assert await field.cash_in_ledger() == 0
    async with field.database.transaction(EVERYTHING) as session:
        assert await tills_in_doubt(session) == []
        day = await proofs(session, field.branch, MONDAY_NINE.date())
        assert all(proof.proves for proof in day)


async def test_nothing_of_theirs_is_left_open(scene: Scene) -> None:
    field, client = scene.field, scene.field.client
    lease = await client.put(f"/v1/agent/leases/{new_id()}", json={}, headers=bearer(field.token))
    assert lease.status_code == 200
    left = (await scene.leave()).json()
    assert [change["to_id"] for change in left["moved"]["moved"]] == [str(scene.colleague)]
    assert (await client.get("/v1/me", headers=bearer(field.token))).status_code == 401
    ping: dict[str, str | float] = {"id": scene.device_key, "lat": -29.9, "lon": -71.2}
    assert (await client.get("/gps", params=ping)).status_code in (400, 401, 404)
    was = await scene.preview()
    assert (was["sign_ins"], was["open_cases"], was["shifts"], was["phone"]) == (0, 0, 0, None)
    assert was["left_at"]
    assert await field.ask(
        "SELECT 1 FROM offline_lease WHERE agent_id = :agent AND closed_at IS NULL",
        agent=field.agent,
    ) == []  # fmt: skip
    again = await scene.leave()
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-left")


async def test_offers_of_cash_end_with_who_made_them(scene: Scene) -> None:
    field = scene.field
    await field.pay(20_000)
    offer = {
        "taker_id": str(scene.colleague),
        "amount": {"amount_minor": 20_000, "currency": "CLP"},
        "denominations": [{"face_minor": 20_000, "count": 1}],
    }
    id_ = new_id()
    path = f"/v1/agent/handovers/{id_}"
    assert (await field.client.put(path, json=offer, headers=bearer(field.token))).is_success
    assert (await scene.preview())["open_handovers"] == [str(id_)]
    assert (await scene.leave(post_shortage=True)).status_code == 200
    [row] = await field.ask("SELECT state FROM cash_handover WHERE id = :id", id=id_)
    assert row.state == "withdrawn"


async def test_keys_of_programs_that_they_were_shown_end_and_those_of_others_go_on(
    scene: Scene,
) -> None:
    field, client = scene.field, scene.field.client
    async with field.database.transaction(EVERYTHING) as session:
        leaving = await a_person(session, field.branch, Role.ADMIN)
        program = await a_person(session, field.branch, Role.INTEGRATION)
        its = Key(
            program, field.branch, "Core banking", (Permission.DESK_SEE,),
            MONDAY_NINE + timedelta(days=90),
        )  # fmt: skip
        for secret, issuer in (("rk_theirs", leaving), ("rk_rotated", scene.admin_id)):
            await add_key(session, new_id(), its, hash_secret(secret), issuer, MONDAY_NINE)
    path = f"/v1/staff/{leaving}/leave"
    was = await client.get(path, headers=bearer(scene.admin))
    assert was.json()["api_keys"] == ["Core banking"]
    left = await client.post(path, json={"reason": "retires"}, headers=bearer(scene.admin))
    assert left.status_code == 200, left.text
    opened = [
        await client.get("/v1/cases", headers=bearer(f"rk_{k}")) for k in ("theirs", "rotated")
    ]
    assert [each.status_code for each in opened] == [401, 200]
    assert (await client.get(path, headers=bearer(scene.admin))).json()["api_keys"] == []


async def test_nobody_ends_their_own_account(scene: Scene) -> None:
    answer = await scene.field.client.post(
        f"/v1/staff/{scene.admin_id}/leave", json={"reason": "tired"}, headers=bearer(scene.admin)
    )
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/own-leaving")


async def test_cases_that_the_other_may_not_have_are_nobodys_and_nobody_unknown_gets_any(
    scene: Scene,
) -> None:
    refused = await scene.leave(cases_to=str(new_id()))
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/agent-not-found")
    assert (await scene.preview())["left_at"] is None
    async with scene.field.database.transaction(EVERYTHING) as session:
        below = await a_branch(session, parent_code=await branch_code(session, scene.field.branch))
        elsewhere = await an_agent(session, below)
    told = (await scene.leave(cases_to=str(elsewhere))).json()
    assert [one["code"] for one in told["moved"]["refused"]] == ["other_branch"]
    async with scene.field.database.transaction(EVERYTHING) as session:
        assert await cases_with(session, scene.field.agent) == []
