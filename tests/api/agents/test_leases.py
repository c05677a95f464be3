"""Taking cash offline under a lease, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import Database
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def lease(field: Field, minor: int | None = None, id_: Any = None) -> httpx.Response:
    body = {} if minor is None else {"amount": {"amount_minor": minor, "currency": "CLP"}}
    return await field.client.put(
        f"/v1/agent/leases/{id_ or new_id()}", json=body, headers=bearer(field.token)
    )


async def give_back(field: Field, lease_id: str) -> httpx.Response:
    return await field.client.post(
        f"/v1/agent/leases/{lease_id}/return", headers=bearer(field.token)
    )


def under(lease_id: str, number: int) -> dict[str, Any]:
    return {"offline": {"lease_id": lease_id, "number": number}}


async def test_a_lease_holds_room_and_receipts_fill_it(field: Field) -> None:
    held = (await lease(field, 200_000)).json()
    assert held["left"]["amount_minor"] == 200_000
    assert (await field.till())["headroom"] == 300_000
    assert (await field.pay(300_001)).status_code == 409
    answer = await field.pay(150_000, **under(held["id"], 1))
    assert answer.status_code == 200, answer.text
    assert answer.json()["provisional_number"] == f"{held['prefix']}-001"
    assert answer.json()["number"].endswith("-000001")
    assert "limit_breach" not in answer.json()["flags"]
    till = await field.till()
    assert (till["in_hand"], till["reserved"], till["headroom"]) == (150_000, 50_000, 300_000)
    assert (await give_back(field, held["id"])).json()["left"]["amount_minor"] == 50_000
    assert (await give_back(field, held["id"])).status_code == 200
    assert (await field.till())["headroom"] == 350_000


async def test_no_more_is_leased_than_there_is_room_and_one_lease_at_a_time(field: Field) -> None:
    id_ = new_id()
    first = await lease(field, 900_000, id_)
    assert first.json()["amount"]["amount_minor"] == 500_000
    assert (await lease(field, 900_000, id_)).text == first.text
    assert (await lease(field, 10, id_)).status_code == 409
    assert (await lease(field)).json()["type"] == "/problems/lease-open"
    answers = await asyncio.gather(*(give_back(field, str(id_)) for _ in range(4)))
    assert {a.status_code for a in answers} == {200}
    await field.pay(500_000)
    assert (await lease(field)).json()["type"] == "/problems/over-cash-limit"


async def test_cash_beyond_the_lease_is_kept_flagged_and_blocks_until_a_deposit(
    field: Field,
) -> None:
    held = (await lease(field, 100_000)).json()
    await field.pay(390_000)
    answer = await field.pay(250_000, **under(held["id"], 1))
    assert answer.status_code == 200, answer.text
    assert "limit_breach" in answer.json()["flags"]
    till = await field.till()
    assert (till["in_hand"], till["reserved"], till["headroom"]) == (640_000, 0, 0)
    told = await field.client.get("/v1/agent/till", headers=bearer(field.token))
    assert told.json()["blocked_for"] == "limit_breach"
    assert (await field.pay(10)).json()["type"] == "/problems/over-cash-limit"
    assert (await field.pay(10_000, **under(held["id"], 2))).status_code == 200
    assert (await field.deposit(140_000)).status_code == 200
    assert (await field.till())["headroom"] == 0, "still above the limit"
    assert (await field.deposit(100_000)).status_code == 200
    assert (await field.till())["headroom"] == 90_000
    assert await field.cash_in_ledger() == 410_000


async def test_receipts_of_a_returned_lease_still_count(field: Field) -> None:
    held = (await lease(field, 100_000)).json()
    await give_back(field, held["id"])
    answer = await field.pay(60_000, **under(held["id"], 7))
    assert answer.status_code == 200, answer.text
    assert "limit_breach" not in answer.json()["flags"], "there was room"
    assert (await field.till())["in_hand"] == 60_000


async def test_provisional_numbers_map_one_to_one(field: Field) -> None:
    held = (await lease(field, 100_000)).json()
    id_ = new_id()
    first = await field.pay(1_000, id_, **under(held["id"], 1))
    assert (await field.pay(1_000, id_, **under(held["id"], 1))).text == first.text
    taken = await field.pay(1_000, **under(held["id"], 1))
    assert taken.json()["type"] == "/problems/lease-number-taken"
    unknown = await field.pay(1_000, **under(str(new_id()), 1))
    assert unknown.json()["type"] == "/problems/lease-not-found"
    assert await field.numbers() == [1]


async def test_many_offline_receipts_at_once_lose_and_double_nothing(field: Field) -> None:
    held = (await lease(field, 100_000)).json()
    ids = [new_id() for _ in range(10)]
    sent = [field.pay(1_000, id_, **under(held["id"], n)) for n, id_ in enumerate(ids, start=1)]
    again = [field.pay(1_000, id_, **under(held["id"], n)) for n, id_ in enumerate(ids, start=1)]
    answers = await asyncio.gather(*sent, *again)
    assert {a.status_code for a in answers} == {200}
    assert await field.numbers() == list(range(1, 11))
    till = await field.till()
    assert (till["in_hand"], till["reserved"]) == (10_000, 90_000)
