"""Receipts of a lost phone, entered from paper, and their late originals, over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import Database
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def a_lease(field: Field) -> dict[str, Any]:
    answer = await field.client.put(
        f"/v1/agent/leases/{new_id()}", json={}, headers=bearer(field.token)
    )
    held: dict[str, Any] = answer.json()
    return held


async def enter(
    field: Field, number: str, minor: int = 20_000, id_: UUID | None = None
) -> httpx.Response:
    body = {
        "provisional_number": number, "case_id": str(field.case.case_id), "mode": "cash",
        "amount": {"amount_minor": minor, "currency": "CLP"}, "taken_at": NINE,
    }  # fmt: skip
    return await field.client.put(
        f"/v1/cash/paper-receipts/{id_ or new_id()}", json=body, headers=bearer(field.desk)
    )


def under(lease: dict[str, Any], number: int) -> dict[str, Any]:
    return {"lease_id": lease["id"], "number": number}


async def test_the_original_of_a_paper_receipt_is_matched_and_booked_no_second_time(
    field: Field,
) -> None:
    lease, paper_id, original_id = await a_lease(field), new_id(), new_id()
    number = f"{lease['prefix']}-001"
    entered = await enter(field, number, id_=paper_id)
    assert entered.status_code == 200, entered.text
    told = entered.json()
    assert (told["agent_id"], told["provisional_number"]) == (str(field.agent), number)
    assert (told["original_came"], told["flags"]) == (False, ["no_fix", "from_paper"])
    assert (await field.till())["in_hand"] == 20_000
    for _ in range(2):  # and again, as a phone does whose answer got lost
        original = await field.pay(20_000, original_id, offline=under(lease, 1))
        assert original.status_code == 200, original.text
        assert (original.json()["id"], original.json()["number"]) == (str(paper_id), told["number"])
    assert (await field.till())["in_hand"] == await field.cash_in_ledger() == 20_000
    assert await field.numbers() == [1]
    assert (await enter(field, number, id_=paper_id)).json()["original_came"] is True
    other = await field.pay(20_000, new_id(), offline=under(lease, 1))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/lease-number-taken")
    changed = await field.pay(21_000, original_id, offline=under(lease, 1))
    assert (changed.status_code, changed.json()["type"]) == (409, "/problems/id-reused")


async def test_an_original_that_tells_another_amount_waits_for_people(field: Field) -> None:
    lease = await a_lease(field)
    await enter(field, f"{lease['prefix']}-001", 20_000)
    answer = await field.pay(25_000, offline=under(lease, 1))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/paper-receipt-differs")
    assert (await field.till())["in_hand"] == 20_000


async def test_what_the_phone_has_sent_is_not_entered_again(field: Field) -> None:
    lease = await a_lease(field)
    sent = (await field.pay(20_000, offline=under(lease, 1))).json()
    answer = await enter(field, sent["provisional_number"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/paper-receipt-known")
    assert sent["number"] in answer.json()["detail"]
    assert (await field.till())["in_hand"] == 20_000


@pytest.mark.parametrize("number", ["LS-999-L1-001", "P-7KQ2ZD"])
async def test_a_number_that_no_lease_has_given_is_named(field: Field, number: str) -> None:
    answer = await enter(field, number)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "provisional_number"
