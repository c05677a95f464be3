"""Receipts that are not what is due, and why: asked for, required, or let be."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE

CAUSE = {"code": "income_late", "note": "Salary is late"}


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def ask_for_causes(field: Field, value: str) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await session.execute(
            text(
                "INSERT INTO policy (branch_id, key, value, set_at)"
                " VALUES (:branch, 'receipt_cause', to_jsonb(CAST(:value AS text)), :now)"
            ),
            {"branch": field.branch, "value": value, "now": MONDAY_NINE},
        )


async def at_desk(field: Field, minor: int, **more: Any) -> httpx.Response:
    body = {
        "case_id": str(field.case.case_id), "mode": "transfer", "mode_reference": new_id().hex[:12],
        "amount": {"amount_minor": minor, "currency": "CLP"},
    } | more  # fmt: skip
    return await field.client.put(
        f"/v1/cash/receipts/{new_id()}", json=body, headers=bearer(field.desk)
    )


async def causes(field: Field) -> list[tuple[str, int, int]]:
    found = await field.ask(
        "SELECT cause_code, demanded_minor, paid_minor FROM root_cause WHERE case_id = :case",
        case=field.case.case_id,
    )
    return [tuple(r) for r in found]


async def alerts(field: Field) -> list[str]:
    found = await field.ask(
        "SELECT title FROM alert WHERE kind = 'root_cause_missing' AND agent_id = :agent"
        " AND cleared_at IS NULL",
        agent=field.agent,
    )
    return [r.title for r in found]


async def test_a_short_receipt_asks_for_its_cause_and_a_whole_one_does_not(field: Field) -> None:
    assert (await field.pay(20_000)).json()["asks_cause"] is True
    assert (await field.pay(30_000)).json()["asks_cause"] is False
    assert (await causes(field), await alerts(field)) == ([], [])


async def test_a_receipt_brings_its_cause(field: Field) -> None:
    id_ = new_id()
    taken = await field.pay(20_000, id_, cause=CAUSE)
    assert (taken.status_code, taken.json()["asks_cause"]) == (200, False)
    assert (await field.pay(20_000, id_, cause=CAUSE)).json() == taken.json()
    assert await causes(field) == [("income_late", 50_000, 20_000)]
    other = await field.pay(20_000, id_, cause=CAUSE | {"note": "Something else"})
    assert other.status_code == 409
    wrong = await field.pay(10_000, cause=CAUSE | {"code": "no_such"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "cause.code"


async def test_where_a_cause_is_required_a_short_receipt_without_it_is_refused(
    field: Field,
) -> None:
    await ask_for_causes(field, "required")
    for refused in (await field.pay(20_000), await at_desk(field, 20_000)):
        told = refused.json()
        assert (refused.status_code, told["type"]) == (422, "/problems/cause-missing")
        assert (told["field"], told["demanded"]["amount_minor"], told["paid"]["amount_minor"]) == (
            "cause", 50_000, 20_000,
        )  # fmt: skip
        assert "income_late" in {cause["code"] for cause in told["causes"]}
    assert (await field.till())["in_hand"] == 0
    assert await field.numbers() == []
    assert (await at_desk(field, 20_000, cause=CAUSE)).status_code == 200
    assert (await field.pay(30_000)).status_code == 200
    assert await causes(field) == [("income_late", 50_000, 20_000)]


async def test_what_a_phone_took_offline_is_kept_and_an_alert_is_open(field: Field) -> None:
    await ask_for_causes(field, "required")
    body = {
        "case_id": str(field.case.case_id), "amount": {"amount_minor": 20_000, "currency": "CLP"},
        "mode": "cash", "taken_at": NINE,
    }  # fmt: skip
    item = {"id": str(new_id()), "kind": "receipt", "body": body}
    for outcome in ("applied", "duplicate"):
        answer = await field.client.post(
            "/v1/agent/sync", json={"items": [item]}, headers=bearer(field.token)
        )
        [told] = answer.json()["items"]
        assert (told["outcome"], told["status"]) == (outcome, 200)
        assert told["answer"]["asks_cause"] is True
    assert await alerts(field) == ["A payment of Diego Soto came in without a root cause"]


async def test_where_nobody_is_asked_a_short_receipt_is_like_any_other(field: Field) -> None:
    await ask_for_causes(field, "off")
    assert (await field.pay(20_000)).json()["asks_cause"] is False


async def test_offline_money_is_kept_though_its_cause_is_none_of_the_list(field: Field) -> None:
    await ask_for_causes(field, "required")
    body = {
        "case_id": str(field.case.case_id), "amount": {"amount_minor": 20_000, "currency": "CLP"},
        "mode": "cash", "taken_at": NINE, "cause": CAUSE | {"code": "of_another_list"},
    }  # fmt: skip
    item = {"id": str(new_id()), "kind": "receipt", "body": body}
    answer = await field.client.post(
        "/v1/agent/sync", json={"items": [item]}, headers=bearer(field.token)
    )
    [told] = answer.json()["items"]
    assert (told["outcome"], told["answer"]["asks_cause"]) == ("applied", True)
    assert (await causes(field), len(await alerts(field))) == ([], 1)


async def test_more_than_all_that_is_open_is_a_wrong_amount_and_asks_for_its_cause(
    field: Field,
) -> None:
    id_ = new_id()
    taken = (await field.pay(80_000, id_)).json()
    assert (taken["asks_cause"], taken["advance"]["amount_minor"]) == (True, 30_000)
    assert (await field.pay(80_000, id_)).json() == taken
    said = await field.client.put(
        f"/v1/agent/root-causes/{new_id()}", json=CAUSE | {"receipt_id": str(id_)},
        headers=bearer(field.token),
    )  # fmt: skip
    assert said.status_code in (200, 201, 204), said.text
    assert await causes(field) == [("income_late", 50_000, 80_000)]
    # Nothing is open any more: what is paid now is ad hoc.
    adhoc = (await field.pay(5_000)).json()
    assert (adhoc["flags"], adhoc["asks_cause"]) == (["adhoc"], False)


async def test_where_a_cause_is_required_more_than_is_open_is_refused_without_one(
    field: Field,
) -> None:
    await ask_for_causes(field, "required")
    for refused in (await field.pay(80_000), await at_desk(field, 80_000)):
        told = refused.json()
        assert (refused.status_code, told["type"]) == (422, "/problems/cause-missing")
        assert (told["demanded"]["amount_minor"], told["paid"]["amount_minor"]) == (50_000, 80_000)
    assert (await field.pay(80_000, cause=CAUSE)).json()["asks_cause"] is False
    assert await causes(field) == [("income_late", 50_000, 80_000)]


async def test_what_is_paid_before_its_day_is_an_advance_and_no_wrong_amount(field: Field) -> None:
    await ask_for_causes(field, "required")
    await field.due_later(50_000)
    assert (await field.pay(20_000)).status_code == 422
    whole = await field.pay(100_000)
    assert (whole.status_code, whole.json()["asks_cause"]) == (200, False)
