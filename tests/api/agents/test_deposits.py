"""Handing cash over, and counting it, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def acknowledge(field: Field, deposit_id: str, token: str | None = None) -> httpx.Response:
    return await field.client.post(
        f"/v1/deposits/{deposit_id}/acknowledge", headers=bearer(token or field.desk)
    )


async def balance(field: Field, account: str) -> int:
    [row] = await field.ask(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting"
        " WHERE ledger_account = :account AND branch_id = :branch",
        account=account,
        branch=field.branch,
    )
    return int(row[0])


async def test_a_part_handed_over_leaves_the_exact_remainder_and_room_at_once(
    field: Field,
) -> None:
    await field.pay(450_500)
    answer = await field.deposit(400_000)
    assert answer.status_code == 200, answer.text
    assert answer.json()["left_in_hand"] == {"amount_minor": 50_500, "currency": "CLP"}
    assert answer.json()["denominations"] == [{"face_minor": 1000, "count": 400}]
    till = await field.till()
    assert (till["in_hand"], till["headroom"]) == (50_500, 449_500)
    assert await field.cash_in_ledger() == 50_500
    assert await balance(field, "in_transit") == 400_000


async def test_the_same_deposit_again_gets_the_same_answer(field: Field) -> None:
    await field.pay(100_000)
    id_ = new_id()
    answers = await asyncio.gather(*(field.deposit(60_000, id_) for _ in range(5)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert (await field.till())["in_hand"] == 40_000
    assert (await field.deposit(30_000, id_)).status_code == 409


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"denominations": [{"face_minor": 10_000, "count": 1}]}, 422, '"denominations"'),
        ({"denominations": [{"face_minor": 3_000, "count": 7}]}, 422, "denominations.0.face"),
        ({"denominations": [{"face_minor": 1_000, "count": -1}]}, 422, "denominations.0.count"),
        ({"target": "bank"}, 422, "slip_no"),
        ({"target": "pocket"}, 422, "target"),
        ({"amount": {"amount_minor": 21_000, "currency": "USD"}}, 422, "amount.currency"),
        ({"deposited_at": "2027-01-01T00:00:00Z"}, 422, "deposited_at"),
    ],
)
async def test_a_wrong_deposit_is_refused_by_field(
    field: Field, changed: dict[str, Any], status: int, named: str
) -> None:
    await field.pay(50_000)
    answer = await field.deposit(21_000, **changed)
    assert answer.status_code == status, answer.text
    assert named in answer.text
    assert (await field.till())["in_hand"] == 50_000


async def test_more_than_is_in_hand_cannot_be_handed_over(field: Field) -> None:
    await field.pay(20_000)
    answer = await field.deposit(21_000)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/more-than-in-hand"
    assert "$ 20.000" in answer.json()["detail"]
    assert await balance(field, "in_transit") == 0


async def test_the_cash_desk_counts_a_deposit_into_the_vault(field: Field) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    first = await acknowledge(field, deposit["id"])
    assert first.status_code == 200, first.text
    assert await balance(field, "branch_vault") == 70_000
    assert await balance(field, "in_transit") == 0
    assert (await acknowledge(field, deposit["id"])).json() == first.json()
    assert await balance(field, "branch_vault") == 70_000
    async with field.database.transaction(EVERYTHING) as session:
        colleague = await a_token(session, await a_person(session, field.branch, Role.CASH_DESK))
    second = await acknowledge(field, deposit["id"], colleague)
    assert second.status_code == 409
    assert second.json()["type"] == "/problems/already-acknowledged"


async def test_ten_clerks_at_once_acknowledge_it_once(field: Field) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    answers = await asyncio.gather(*(acknowledge(field, deposit["id"]) for _ in range(10)))
    assert {a.status_code for a in answers} == {200}
    assert await balance(field, "branch_vault") == 70_000


async def test_the_bank_proves_its_deposits_itself(field: Field) -> None:
    await field.pay(80_000)
    answer = await field.deposit(70_000, target="bank", slip_no="S-1")
    assert answer.status_code == 200
    refused = await acknowledge(field, answer.json()["id"])
    assert refused.json()["type"] == "/problems/proven-by-the-bank"
    assert await balance(field, "in_transit") == 70_000


async def test_a_deposit_of_another_branch_is_not_found(field: Field, database: Database) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    async with database.transaction(EVERYTHING) as session:
        stranger = await a_person(session, await a_branch(session), Role.CASH_DESK)
        token = await a_token(session, stranger)
    assert (await acknowledge(field, deposit["id"], token)).status_code == 404


async def test_an_agent_without_a_till_is_told_so(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, field.branch)
        token = await a_token(session, agent)
    await field.ask("DELETE FROM till WHERE agent_id = :agent RETURNING 1", agent=agent)
    answer = await field.client.get("/v1/agent/till", headers=bearer(token))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/no-till"
