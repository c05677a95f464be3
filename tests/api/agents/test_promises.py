"""Promises over HTTP."""

import httpx
import pytest

from core.ids import new_id
from data.session import Database
from tests.api.cash_field import Field, a_field


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def states(field: Field) -> list[tuple[int, str]]:
    found = await field.ask(
        "SELECT amount_minor, state FROM promise WHERE account_id = :id ORDER BY amount_minor",
        id=field.case.account_id,
    )
    return [(r.amount_minor, r.state) for r in found]


async def test_a_new_promise_takes_the_place_of_the_open_one(field: Field) -> None:
    assert (await field.promise(10_000)).status_code == 200
    answer = await field.promise(20_000, made_at="2026-11-23T12:01:00Z")
    assert answer.status_code == 200, answer.text
    assert answer.json()["due_on"] == "2026-11-27"
    assert await states(field) == [(10_000, "replaced"), (20_000, "open")]


async def test_a_promise_that_comes_in_after_a_later_one_is_kept_as_replaced(
    field: Field,
) -> None:
    await field.promise(20_000)
    await field.promise(10_000, made_at="2026-11-23T09:00:00Z")
    assert await states(field) == [(10_000, "replaced"), (20_000, "open")]


async def test_the_same_promise_again_gets_the_same_answer(field: Field) -> None:
    id_ = new_id()
    first = await field.promise(id_=id_)
    assert (await field.promise(id_=id_)).json() == first.json()
    assert (await field.promise(29_000, id_)).status_code == 409
    assert await states(field) == [(30_000, "open")]


async def test_more_than_is_due_cannot_be_promised(field: Field) -> None:
    answer = await field.promise(50_001)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "field": "amount.amount_minor",
            "expected": "more than 0 and at most CLP\N{NO-BREAK SPACE}50,000, which is due",
        }
    ]
    await field.pay(45_000)
    assert (await field.promise(5_001)).status_code == 422
    assert (await field.promise(5_000)).status_code == 200


async def test_the_day_is_the_branchs_and_within_thirty(field: Field) -> None:
    # 23:30 in Santiago is tomorrow in UTC; the promise may still be for that evening.
    late = await field.promise(made_at="2026-11-23T02:30:00Z", due_on="2026-11-22")
    assert late.status_code == 200
    assert (await field.promise(due_on="2026-11-22")).status_code == 422
    assert (await field.promise(due_on="2026-12-23")).status_code == 200
    assert (await field.promise(due_on="2026-12-24")).status_code == 422


async def test_a_case_of_somebody_else_is_not_found(field: Field) -> None:
    assert (await field.promise(case_id=str(new_id()))).status_code == 404


async def test_a_promise_may_name_the_hours_to_come_for_it(field: Field) -> None:
    id_ = new_id()
    answer = await field.promise(id_=id_, due_from="17:00", due_to="18:30")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["due_from"], answer.json()["due_to"]) == ("17:00:00", "18:30:00")
    again = await field.promise(id_=id_, due_from="17:00", due_to="18:30")
    assert again.json() == answer.json()
    assert (await field.promise(id_=id_)).status_code == 409
    upside_down = await field.promise(due_from="18:00", due_to="17:00")
    assert upside_down.json()["errors"][0]["field"] == "due_to"
    zoned = await field.promise(due_from="18:00Z")
    assert zoned.json()["errors"][0]["field"] == "due_from"
