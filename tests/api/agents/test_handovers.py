"""Cash from one agent to another, over HTTP."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_branch, a_token, an_agent


@pytest.fixture
async def giver(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def a_colleague(giver: Field, branch: UUID | None = None, limit: int = 500_000) -> Field:
    async with giver.database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, branch or giver.branch, "Ana Vega", cash_limit_minor=limit)
        return replace(giver, agent=agent, token=await a_token(session, agent))


async def offer(giver: Field, taker: Field, minor: int, id_: UUID | None = None) -> Any:
    body = {
        "taker_id": str(taker.agent),
        "amount": {"amount_minor": minor, "currency": "CLP"},
        "denominations": [{"face_minor": 1000, "count": minor // 1000}],
    }
    return await giver.client.put(
        f"/v1/agent/handovers/{id_ or new_id()}", json=body, headers=bearer(giver.token)
    )


async def settle(who: Field, handover_id: str, how: str) -> httpx.Response:
    return await who.client.post(
        f"/v1/agent/handovers/{handover_id}/{how}", headers=bearer(who.token)
    )


async def test_cash_moves_once_both_have_said_so(giver: Field) -> None:
    taker = await a_colleague(giver)
    receipt = (await giver.pay(80_000)).json()
    offered = (await offer(giver, taker, 50_000)).json()
    assert (await giver.till())["in_hand"] == 80_000
    assert (await settle(giver, offered["id"], "accept")).status_code == 404
    answers = await asyncio.gather(*(settle(taker, offered["id"], "accept") for _ in range(5)))
    assert {a.status_code for a in answers} == {200}
    assert {a.json()["state"] for a in answers} == {"accepted"}
    assert (await giver.till())["in_hand"] == 30_000
    assert (await taker.till())["in_hand"] == 50_000
    assert (await giver.cash_in_ledger(), await taker.cash_in_ledger()) == (30_000, 50_000)
    assert (await settle(giver, offered["id"], "withdraw")).status_code == 409
    deposit = (await taker.deposit(50_000)).json()
    assert deposit["covers"] == [
        {
            "receipt_id": receipt["id"],
            "amount": {"amount_minor": 50_000, "currency": "CLP"},
        }
    ], "any deposit leads back to the receipts"


async def test_an_offer_can_be_declined_or_withdrawn_and_moves_nothing(giver: Field) -> None:
    taker = await a_colleague(giver)
    await giver.pay(80_000)
    for who, how, state in ((taker, "decline", "declined"), (giver, "withdraw", "withdrawn")):
        offered = (await offer(giver, taker, 50_000)).json()
        assert (await settle(who, offered["id"], how)).json()["state"] == state
        assert (await settle(taker, offered["id"], "accept")).status_code == 409
    assert (await giver.till())["in_hand"] == 80_000
    listed = await taker.client.get("/v1/agent/handovers", headers=bearer(taker.token))
    assert [h["state"] for h in listed.json()["items"]] == ["declined", "withdrawn"]


async def test_the_takers_limit_holds_and_the_giver_must_still_have_it(giver: Field) -> None:
    taker = await a_colleague(giver, limit=40_000)
    await giver.pay(80_000)
    too_much = (await offer(giver, taker, 50_000)).json()
    refused = await settle(taker, too_much["id"], "accept")
    assert refused.json()["type"] == "/problems/over-cash-limit"
    fits = (await offer(giver, taker, 40_000)).json()
    await giver.deposit(60_000)
    gone = await settle(taker, fits["id"], "accept")
    assert gone.json()["type"] == "/problems/giver-holds-less"
    assert (await offer(giver, taker, 30_000)).json()["type"] == "/problems/more-than-in-hand"


async def test_only_colleagues_of_the_branch_take_cash(giver: Field) -> None:
    async with giver.database.transaction(EVERYTHING) as session:
        elsewhere = await a_branch(session)
    stranger = await a_colleague(giver, elsewhere)
    colleague = await a_colleague(giver)
    await giver.pay(80_000)
    refused = await offer(giver, stranger, 10_000)
    assert refused.status_code == 422
    assert "taker_id" in refused.text
    listed = await giver.client.get("/v1/agent/colleagues", headers=bearer(giver.token))
    assert [c["agent_id"] for c in listed.json()["items"]] == [str(colleague.agent)]


async def test_two_who_hand_over_to_each_other_at_once_do_not_wait_for_ever(giver: Field) -> None:
    taker = await a_colleague(giver)
    await giver.pay(80_000)
    first = (await offer(giver, taker, 40_000)).json()
    await settle(taker, first["id"], "accept")
    there = [(await offer(giver, taker, 1_000)).json()["id"] for _ in range(8)]
    back = [(await offer(taker, giver, 1_000)).json()["id"] for _ in range(8)]
    answers = await asyncio.gather(
        *(settle(taker, id_, "accept") for id_ in there),
        *(settle(giver, id_, "accept") for id_ in back),
    )
    assert {a.status_code for a in answers} == {200}
    assert (await giver.till())["in_hand"] == (await taker.till())["in_hand"] == 40_000


async def test_the_cash_desk_sees_what_agents_handed_each_other(giver: Field) -> None:
    taker = await a_colleague(giver)
    await giver.pay(80_000)
    first = (await offer(giver, taker, 50_000)).json()["id"]
    await settle(taker, first, "accept")
    second = (await offer(giver, taker, 20_000)).json()["id"]
    seen = await giver.client.get("/v1/cash/handovers", headers=bearer(giver.desk))
    found = {one["id"]: (one["taker"], one["state"]) for one in seen.json()["items"]}
    assert found == {first: ("Ana Vega", "accepted"), second: ("Ana Vega", "offered")}
