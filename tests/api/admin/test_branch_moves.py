"""Somebody goes to work for another branch, over HTTP and by the job."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from allocation.branch_moves.carry_out_due import STUCK, carry_out_due
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, an_agent, branch_code


@dataclass
class Scene:
    """An agent in the field, a colleague, another branch, and an administrator above both."""

    field: Field
    colleague: UUID
    to_id: UUID
    to_code: str
    admin_id: UUID
    admin: str

    async def move(self, **wanted: Any) -> httpx.Response:
        body = {"to_branch": self.to_code, "reason": "Lives there now"} | wanted
        return await self.field.client.post(
            f"/v1/staff/{self.field.agent}/branch-moves", json=body, headers=bearer(self.admin)
        )

    async def branch_now(self) -> set[UUID]:
        """Where the person, the profile, the till and the series of receipts belong."""
        found = await self.field.ask(
            "SELECT branch_id FROM staff WHERE id = :agent"
            " UNION SELECT branch_id FROM agent_profile WHERE agent_id = :agent"
            " UNION SELECT branch_id FROM till WHERE agent_id = :agent"
            " UNION SELECT branch_id FROM receipt_series WHERE agent_id = :agent",
            agent=self.field.agent,
        )
        return {r.branch_id for r in found}


@pytest.fixture
async def scene(database: Database, client: httpx.AsyncClient) -> Scene:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
        to_id = await a_branch(session, parent_code=code)
        colleague = await an_agent(session, field.branch, "Ana Vega")
        admin = await a_person(session, field.branch, Role.ADMIN)
        return Scene(
            field, colleague, to_id, await branch_code(session, to_id), admin,
            await a_token(session, admin),
        )  # fmt: skip


async def test_a_person_moves_today_with_all_that_is_theirs_and_nothing_that_is_not(
    scene: Scene,
) -> None:
    moved = await scene.move(cases_to=str(scene.colleague))
    assert moved.status_code == 201, moved.text
    told = moved.json()
    assert (told["state"], told["to_branch"]) == ("done", scene.to_code)
    assert (told["cleared"]["cases"], told["cleared"]["sign_ins"]) == (1, 1)
    assert await scene.branch_now() == {scene.to_id}
    [owner] = await scene.field.ask(
        "SELECT agent_id FROM assignment WHERE case_id = :case AND upper_inf(during)",
        case=scene.field.case.case_id,
    )
    assert owner.agent_id == scene.colleague
    assert (await scene.field.pay(10_000)).status_code == 401


async def test_cash_of_the_branch_is_in_the_way_and_then_nothing_has_changed(scene: Scene) -> None:
    await scene.field.pay(20_000)
    refused = await scene.move()
    assert refused.json()["type"] == "/problems/till-not-empty"
    assert refused.json()["in_hand"] == {"amount_minor": 20_000, "currency": "CLP"}
    assert await scene.branch_now() == {scene.field.branch}
    assert (await scene.field.pay(10_000)).status_code == 200


async def test_a_move_to_come_waits_for_its_day_and_can_be_withdrawn(
    scene: Scene, database: Database
) -> None:
    later = str(MONDAY_NINE.date() + timedelta(days=2))
    planned = (await scene.move(on_day=later)).json()
    assert (planned["state"], planned["on_day"]) == ("planned", later)
    assert (await scene.move()).json()["type"] == "/problems/move-planned"
    listed = await scene.field.client.get("/v1/branch-moves", headers=bearer(scene.admin))
    assert [each["id"] for each in listed.json()["items"]] == [planned["id"]]
    withdrawn = f"/v1/branch-moves/{planned['id']}"
    for status in (204, 404):
        answer = await scene.field.client.delete(withdrawn, headers=bearer(scene.admin))
        assert answer.status_code == status
    await scene.move(on_day=later)
    assert (await carry_out_due(database, MONDAY_NINE)).done == 0
    carried = await carry_out_due(database, MONDAY_NINE + timedelta(days=2))
    assert (carried.done, carried.stuck) == (1, 0)
    assert await scene.branch_now() == {scene.to_id}


async def test_what_stands_in_the_way_on_the_day_is_told_and_tried_again(
    scene: Scene, database: Database
) -> None:
    day = MONDAY_NINE + timedelta(days=1)
    await scene.move(on_day=str(day.date()))
    await scene.field.pay(20_000)
    for _ in range(2):
        assert (await carry_out_due(database, day)).stuck == 1
    [alert] = await scene.field.ask(
        "SELECT title, detail FROM alert WHERE kind = :kind AND cleared_at IS NULL", kind=STUCK
    )
    assert alert.title.endswith(f"cannot go to branch {scene.to_code} yet")
    assert alert.detail.startswith("There is cash of this branch in their hands or on its way. ")
    assert await scene.branch_now() == {scene.field.branch}


async def test_where_nobody_can_go_is_told(scene: Scene) -> None:
    nowhere = await scene.move(to_branch="NOWHERE")
    assert nowhere.json()["type"] == "/problems/branch-not-found"
    past = await scene.move(on_day=str(MONDAY_NINE.date() - timedelta(days=1)))
    assert past.json()["errors"][0]["field"] == "on_day"
    own = await scene.field.client.post(
        f"/v1/staff/{scene.admin_id}/branch-moves",
        json={"to_branch": scene.to_code, "reason": "I want to"}, headers=bearer(scene.admin),
    )  # fmt: skip
    assert own.json()["type"] == "/problems/own-move"
    nobody = await scene.field.client.post(
        f"/v1/staff/{new_id()}/branch-moves",
        json={"to_branch": scene.to_code, "reason": "Who?"}, headers=bearer(scene.admin),
    )  # fmt: skip
    assert nobody.status_code == 404
