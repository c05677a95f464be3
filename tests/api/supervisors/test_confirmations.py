"""Balances that somebody else than the agent asks about, over HTTP."""

from typing import Any

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_person, a_token, branch_code


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def a_supervisor(field: Field) -> str:
    async with field.database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, field.branch, Role.SUPERVISOR))


async def draw(field: Field, token: str, key: str = "a") -> Any:
    async with field.database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
    answer = await field.client.post(
        "/v1/balance-confirmations/draw",
        json={"branch_code": code, "count": 5},
        headers=bearer(token) | {"Idempotency-Key": key},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def tell(field: Field, token: str, id_: str, minor: int) -> httpx.Response:
    return await field.client.post(
        f"/v1/balance-confirmations/{id_}/answer",
        json={"outstanding": {"amount_minor": minor, "currency": "CLP"}, "note": "By phone"},
        headers=bearer(token),
    )


async def test_who_paid_cash_is_drawn_once_and_asked_what_is_owed(field: Field) -> None:
    boss = await a_supervisor(field)
    assert await draw(field, boss, "before") == []
    await field.pay(20_000)
    [drawn] = await draw(field, boss)
    assert (drawn["stated"]["amount_minor"], drawn["agrees"]) == (30_000, None)
    assert await draw(field, boss) == [drawn], "the same key gets the same answer"
    assert await draw(field, boss, "again") == [], "nobody is drawn twice"
    told = await tell(field, boss, drawn["id"], 30_000)
    assert (told.json()["agrees"], told.json()["asker"]) == (True, "Sofía Rojas")
    assert (await tell(field, boss, drawn["id"], 30_000)).text == told.text
    other = await tell(field, boss, drawn["id"], 40_000)
    assert other.json()["type"] == "/problems/already-confirmed"
    listed = await field.client.get("/v1/balance-confirmations?open=false", headers=bearer(boss))
    assert [c["id"] for c in listed.json()["items"]] == [drawn["id"]]


async def test_a_payer_who_says_otherwise_raises_an_alert(field: Field) -> None:
    boss = await a_supervisor(field)
    await field.pay(20_000)
    [drawn] = await draw(field, boss)
    assert (await tell(field, boss, drawn["id"], 10_000)).json()["agrees"] is False
    [alert] = await field.ask(
        "SELECT kind, facts FROM alert WHERE subject_id = :case", case=field.case.case_id
    )
    assert (alert.kind, alert.facts["told_minor"]) == ("balance_differs", 10_000)
