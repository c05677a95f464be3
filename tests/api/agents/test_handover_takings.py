"""Cash that changed hands between two phones, either of which may tell of it first, over HTTP."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import Database
from tests.api.agents.test_handovers import a_colleague
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer


@pytest.fixture
async def giver(database: Database, client: httpx.AsyncClient) -> Field:
    field = await a_field(database, client)
    assert (await field.pay(80_000)).status_code == 200
    return field


def counted(minor: int) -> dict[str, Any]:
    return {
        "amount": {"amount_minor": minor, "currency": "CLP"},
        "denominations": [{"face_minor": 1000, "count": minor // 1000}],
    }


async def gives(giver: Field, taker: Field, id_: UUID, minor: int = 50_000) -> httpx.Response:
    body = counted(minor) | {"taker_id": str(taker.agent), "given_at": NINE}
    return await giver.client.put(
        f"/v1/agent/handovers/{id_}", json=body, headers=bearer(giver.token)
    )


async def takes(taker: Field, giver: Field, id_: UUID, minor: int = 50_000) -> httpx.Response:
    body = counted(minor) | {"giver_id": str(giver.agent), "taken_at": NINE}
    return await taker.client.put(
        f"/v1/agent/handover-takings/{id_}", json=body, headers=bearer(taker.token)
    )


async def open_ones(who: Field) -> tuple[int, int]:
    """How many handovers, and how many takings, wait for the other phone."""
    told = (await who.client.get("/v1/agent/handovers", headers=bearer(who.token))).json()
    return len([each for each in told["items"] if each["state"] == "offered"]), len(told["takings"])


@pytest.mark.parametrize("is_taker_first", [True, False])
async def test_cash_moves_once_whichever_phone_tells_first(
    giver: Field, *, is_taker_first: bool
) -> None:
    taker, id_ = await a_colleague(giver), new_id()
    if is_taker_first:
        first = await takes(taker, giver, id_)
        assert (first.json()["state"], await open_ones(giver)) == (None, (0, 1))
    else:
        assert (await gives(giver, taker, id_)).json()["state"] == "offered"
        assert await open_ones(taker) == (1, 0)
    assert (await giver.till())["in_hand"] == 80_000
    for _ in range(2):  # an answer that got lost is asked for again
        assert (await gives(giver, taker, id_)).json()["state"] in ("offered", "accepted")
        assert (await takes(taker, giver, id_)).json()["state"] == "accepted"
    assert (await gives(giver, taker, id_)).json()["state"] == "accepted"
    assert ((await giver.till())["in_hand"], (await taker.till())["in_hand"]) == (30_000, 50_000)
    assert (await giver.cash_in_ledger(), await taker.cash_in_ledger()) == (30_000, 50_000)
    assert (await open_ones(giver), await open_ones(taker)) == ((0, 0), (0, 0))


async def test_two_phones_that_tell_at_once_settle_it_once(giver: Field) -> None:
    taker, id_ = await a_colleague(giver), new_id()
    answers = await asyncio.gather(
        *(how for _ in range(3) for how in (gives(giver, taker, id_), takes(taker, giver, id_)))
    )
    assert {each.status_code for each in answers} == {200}
    assert ((await giver.till())["in_hand"], (await taker.till())["in_hand"]) == (30_000, 50_000)


@pytest.mark.parametrize("is_taker_first", [True, False])
async def test_phones_that_tell_different_amounts_move_nothing(
    giver: Field, *, is_taker_first: bool
) -> None:
    taker, id_ = await a_colleague(giver), new_id()
    if is_taker_first:
        await takes(taker, giver, id_, 40_000)
        answer = await gives(giver, taker, id_)
    else:
        await gives(giver, taker, id_)
        answer = await takes(taker, giver, id_, 40_000)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/handover-differs")
    assert ((await giver.till())["in_hand"], (await taker.till())["in_hand"]) == (80_000, 0)


async def test_cash_that_was_taken_goes_above_the_takers_limit_and_blocks_the_till(
    giver: Field,
) -> None:
    taker, id_ = await a_colleague(giver, limit=20_000), new_id()
    lease = await taker.client.put(
        f"/v1/agent/leases/{new_id()}", json={}, headers=bearer(taker.token)
    )
    assert lease.json()["left"]["amount_minor"] == 20_000
    await takes(taker, giver, id_)
    assert (await gives(giver, taker, id_)).json()["state"] == "accepted"
    till = await taker.till()
    assert (till["in_hand"], till["reserved"]) == (50_000, 0)
    told = await taker.client.get("/v1/agent/till", headers=bearer(taker.token))
    assert told.json()["blocked_for"] == "limit_breach"


async def test_nobody_takes_from_themselves_or_from_another_branch(giver: Field) -> None:
    for other in (giver, await a_field(giver.database, giver.client)):
        answer = await takes(giver, other, new_id())
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "giver_id")
