"""Undoing receipts, over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_person, a_token


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def ask(field: Field, receipt_id: str, id_: UUID | None = None) -> httpx.Response:
    return await field.client.put(
        f"/v1/agent/receipt-reversals/{id_ or new_id()}",
        json={"receipt_id": receipt_id, "reason": "Wrong customer"},
        headers=bearer(field.token),
    )


async def decide(field: Field, id_: str, how: str, token: str | None = None) -> httpx.Response:
    return await field.client.post(
        f"/v1/receipt-reversals/{id_}/{how}", headers=bearer(token or field.desk)
    )


async def account(field: Field) -> Any:
    [row] = await field.ask(
        "SELECT d.paid_minor, a.advance_minor, c.overdue_minor, c.dpd FROM demand d"
        " JOIN account a ON a.id = d.account_id JOIN case_file c ON c.account_id = a.id"
        " WHERE d.id = :id",
        id=field.case.demand_id,
    )
    return row


async def test_an_approved_reversal_undoes_the_receipt_and_keeps_its_number(field: Field) -> None:
    before = await account(field)
    receipt = (await field.pay(70_000)).json()
    assert (await account(field)).advance_minor == 20_000
    id_ = new_id()
    asked = await ask(field, receipt["id"], id_)
    assert asked.json()["state"] == "asked"
    assert (await ask(field, receipt["id"], id_)).text == asked.text
    assert (await ask(field, receipt["id"])).json()["type"] == "/problems/already-reversed"
    assert (await field.till())["in_hand"] == 70_000, "nothing moves before somebody approves"
    done = await decide(field, str(id_), "approve")
    assert done.status_code == 200, done.text
    assert done.json()["from_hand"]["amount_minor"] == 70_000
    assert (await decide(field, str(id_), "approve")).text == done.text
    assert (await decide(field, str(id_), "decline")).json()["type"] == "/problems/reversal-settled"
    assert await account(field) == before
    assert (await field.till())["in_hand"] == 0
    assert await field.cash_in_ledger() == 0
    assert (await field.pay(1_000)).json()["number"].endswith("-000002")


async def test_what_was_deposited_before_waits_to_be_refunded(field: Field) -> None:
    receipt = (await field.pay(40_000)).json()
    await field.pay(10_000)
    await field.deposit(30_000)
    id_ = (await ask(field, receipt["id"])).json()["id"]
    done = await decide(field, id_, "approve")
    assert done.json()["from_hand"]["amount_minor"] == 10_000
    assert (await field.till())["in_hand"] == 10_000
    assert await field.cash_in_ledger() == 10_000
    [owed] = await field.ask(
        "SELECT sum(amount_minor)::bigint FROM posting WHERE ledger_account = 'suspense'"
        " AND owner_id = :id",
        id=receipt["id"],
    )
    assert owed[0] == -30_000
    assert (await field.deposit(10_000)).status_code == 200


async def test_money_that_is_not_cash_leaves_the_till_alone(field: Field) -> None:
    receipt = (await field.pay(40_000, mode="card", mode_reference="A1B2C3")).json()
    id_ = (await ask(field, receipt["id"])).json()["id"]
    assert (await decide(field, id_, "approve")).status_code == 200
    [left] = await field.ask(
        "SELECT sum(amount_minor)::bigint FROM posting WHERE ledger_account = 'psp_clearing'"
        " AND branch_id = :branch",
        branch=field.branch,
    )
    assert left[0] == 0


async def test_who_asks_does_not_decide_and_a_declined_one_can_be_asked_again(
    field: Field,
) -> None:
    receipt = (await field.pay(40_000)).json()
    async with field.database.transaction(EVERYTHING) as session:
        clerk = await a_token(session, await a_person(session, field.branch, Role.CASH_DESK))
    body = {"receipt_id": receipt["id"], "reason": "Twice"}
    asked = await field.client.put(
        f"/v1/receipt-reversals/{new_id()}", json=body, headers=bearer(clerk)
    )
    id_ = asked.json()["id"]
    assert (await decide(field, id_, "approve", clerk)).json()["type"] == "/problems/own-reversal"
    listed = await field.client.get("/v1/receipt-reversals?open=true", headers=bearer(field.desk))
    assert [r["id"] for r in listed.json()["items"]] == [id_]
    assert (await decide(field, id_, "decline")).json()["state"] == "declined"
    assert (await ask(field, receipt["id"])).status_code == 200
    assert (await field.till())["in_hand"] == 40_000
