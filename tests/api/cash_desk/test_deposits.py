"""What the cash desk sees."""

from typing import Any

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def get(field: Field, what: str, token: str | None = None) -> Any:
    answer = await field.client.get(f"/v1/{what}", headers=bearer(token or field.desk))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_deposits_in_transit_are_listed_oldest_first_until_counted(field: Field) -> None:
    await field.pay(100_000)
    made = [(await field.deposit(minor)).json()["id"] for minor in (10_000, 20_000, 30_000)]
    page = await get(field, "deposits?state=in_transit&limit=2")
    assert [d["id"] for d in page["items"]] == made[:2]
    assert page["items"][0]["denominations"] == [{"face_minor": 1000, "count": 10}]
    rest = await get(field, f"deposits?state=in_transit&limit=2&cursor={page['next_cursor']}")
    assert [d["id"] for d in rest["items"]] == made[2:]
    assert rest["next_cursor"] is None
    await field.client.post(f"/v1/deposits/{made[0]}/acknowledge", headers=bearer(field.desk))
    left = await get(field, "deposits?state=in_transit")
    assert [d["id"] for d in left["items"]] == made[1:]
    [counted] = (await get(field, "deposits?state=acknowledged"))["items"]
    assert (counted["id"], counted["acknowledged_by"]) == (made[0], "Sofía Rojas")
    assert len((await get(field, "deposits"))["items"]) == 3


async def test_tills_show_what_is_in_hand_and_what_is_on_its_way(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await an_agent(session, field.branch, "Ana Vidal")
    await field.pay(100_000)
    await field.deposit(40_000)
    page = await get(field, "tills?limit=1")
    assert [t["agent"] for t in page["items"]] == ["Ana Vidal"]
    rest = await get(field, f"tills?limit=1&cursor={page['next_cursor']}")
    [till] = rest["items"]
    assert till["agent_id"] == str(field.agent)
    figures = {
        name: till[name]["amount_minor"] for name in ("in_hand", "limit", "headroom", "in_transit")
    }
    assert figures == {
        "in_hand": 60_000, "limit": 500_000, "headroom": 440_000, "in_transit": 40_000,
    }  # fmt: skip


async def test_another_branch_sees_none_of_it(field: Field) -> None:
    await field.pay(100_000)
    await field.deposit(40_000)
    async with field.database.transaction(EVERYTHING) as session:
        stranger = await a_person(session, await a_branch(session), Role.CASH_DESK)
        token = await a_token(session, stranger)
    assert (await get(field, "deposits", token))["items"] == []
    assert (await get(field, "tills", token))["items"] == []
