"""The worklist, one case, and one customer, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.desk.scenes import RANG, REFUSED, Desk, a_desk
from tests.api.supervisors.scenes import a_round
from tests.conftest import MONDAY_NINE
from tests.factories import a_case


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    return await a_desk(database, client)


async def lived(desk: Desk) -> None:
    """A call, a visit with its check-in, a promise, a payment, a deposit, and what the law says."""
    await desk.note(RANG, happened_at="2026-11-22T13:00:00Z")
    await desk.field.promise(30_000, made_at="2026-11-22T14:00:00Z")
    assert (
        await desk.noted_in_field(REFUSED, happened_at="2026-11-22T15:00:00Z")
    ).status_code == 200
    assert (await desk.field.pay(20_000)).status_code == 200
    assert (await desk.field.deposit(20_000)).status_code == 200
    legal = {"stage": "legal", "reason": "Notice was sent"}
    assert (await desk.post(f"/v1/cases/{desk.case_id}/stage", legal)).status_code == 200


async def pages(desk: Desk, url: str, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = (await desk.get(f"{url}?limit={limit}{cursor}")).json()
        items += answer["items"]
        if answer["next_cursor"] is None:
            return items
        cursor = f"&cursor={answer['next_cursor']}"


async def test_everything_that_happened_stands_on_one_timeline_in_order(desk: Desk) -> None:
    await lived(desk)
    url = f"/v1/cases/{desk.case_id}/timeline"
    events = await pages(desk, url, 200)
    assert [e["at"] for e in events] == sorted((e["at"] for e in events), reverse=True)
    assert sorted(e["kind"] for e in events) == [
        "assignment", "deposit", "disposition", "disposition", "promise", "receipt", "root_cause",
        "stage",
    ]  # fmt: skip
    assert await pages(desk, url, 3) == events
    noted = next(e for e in events if e["facts"].get("reason") == "Pays another lender first")
    assert noted["facts"]["result"] == "Refused to pay"
    assert (noted["facts"]["next_action"], noted["by"]) == ("visit", "Diego Soto")
    [deposit] = [e for e in events if e["kind"] == "deposit"]
    assert (deposit["amount"]["amount_minor"], deposit["facts"]["receipts"]) == (20_000, 1)
    assert (await desk.get(f"/v1/cases/{new_id()}/timeline")).status_code == 404


async def test_a_customer_is_seen_whole_in_one_call(desk: Desk, database: Database) -> None:
    await lived(desk)
    customer = desk.field.case.customer_id
    async with database.transaction(EVERYTHING) as session:
        other = await a_case(session, desk.field.branch, due_minor=7_000)
    seen = (await desk.get(f"/v1/customers/{customer}")).json()
    assert [a["case_id"] for a in seen["accounts"]] == [desk.case_id]
    assert seen["exposure"] == [
        {"principal_outstanding": {"amount_minor": 500_000, "currency": "CLP"},
         "outstanding": {"amount_minor": 30_000, "currency": "CLP"},
         "overdue": {"amount_minor": 30_000, "currency": "CLP"}},
    ]  # fmt: skip
    assert len(seen["addresses"]) == 1
    assert seen["timeline"]["items"] == await pages(desk, f"/v1/customers/{customer}/timeline", 4)
    assert (await desk.get(f"/v1/customers/{new_id()}")).status_code == 404
    assert (await desk.get(f"/v1/customers/{other.customer_id}")).status_code == 200


async def test_a_worklist_finds_what_is_looked_for_the_most_urgent_first(
    desk: Desk, database: Database
) -> None:
    branch, agent = desk.field.branch, desk.field.agent
    async with database.transaction(EVERYTHING) as session:
        urgent = await a_case(session, branch, urgency=90, customer_name="Ana Ríos Vega")
    await desk.note(RANG)
    await desk.field.promise(30_000)
    await desk.field.pay(20_000)
    mine, hers = desk.case_id, str(urgent.case_id)

    async def found(query: str) -> list[str]:
        answer = await desk.get(f"/v1/cases?{query}")
        assert answer.status_code == 200, answer.text
        return [case["id"] for case in answer.json()["items"]]

    assert await found("") == [hers, mine]
    assert [c["id"] for c in await pages(desk, "/v1/cases", 1)] == [hers, mine]
    for query, expected in (
        ("bucket=B1", [hers, mine]), ("bucket=B9", []), ("section=recovery", []),
        ("section=overdue", [hers, mine]), ("stage=field", [hers, mine]),
        ("stage=legal", []), (f"agent_id={agent}", [mine]), ("promise=open", [mine]),
        ("promise=none", [hers]), ("promise=due", []), ("promise=broken", []),
        ("next_action=later", [mine]), ("next_action=none", [hers]), ("next_action=late", []),
        ("next_action=due", []), ("cause=none", [mine]), ("form=none", [hers, mine]),
        ("q=ríos", [hers]), ("q=nobody", []),
    ):  # fmt: skip
        assert await found(query) == expected, query
    [case] = (await desk.get(f"/v1/cases?agent_id={agent}")).json()["items"]
    assert (case["last_result"], case["next_action"], case["next_on"]) == (
        "Rang, no answer", "call", "2026-11-24",
    )  # fmt: skip
    assert (await found(f"q={case['account']}")) == [mine]
    assert (await desk.get("/v1/cases?cursor=x")).json()["errors"][0]["field"] == "cursor"


async def test_a_promise_or_a_planned_visit_is_something_to_come_too(
    desk: Desk, database: Database
) -> None:
    async def next_of() -> tuple[str | None, str | None]:
        [case] = (await desk.get("/v1/cases")).json()["items"]
        one = (await desk.get(f"/v1/cases/{desk.case_id}")).json()
        assert (one["next_action"], one["next_on"]) == (case["next_action"], case["next_on"])
        forgotten = (await desk.get("/v1/cases?next_action=none")).json()["items"]
        assert len(forgotten) == (case["next_action"] is None)
        return case["next_action"], case["next_on"]

    assert await next_of() == (None, None)
    await desk.field.promise(30_000)
    assert await next_of() == ("await_payment", "2026-11-27")
    async with database.transaction(EVERYTHING) as session:
        field = desk.field
        tomorrow = MONDAY_NINE + timedelta(days=1)
        await a_round(session, field.branch, field.agent, [field.case], tomorrow)
    assert await next_of() == ("visit", "2026-11-24")
    await desk.note(RANG)
    assert await next_of() == ("call", "2026-11-24")


async def test_one_case_says_what_it_owes_where_it_stands_and_what_comes_next(desk: Desk) -> None:
    await desk.note(RANG)
    case = (await desk.get(f"/v1/cases/{desk.case_id}")).json()
    assert case["case"]["overdue"] == {"amount_minor": 50_000, "currency": "CLP"}
    assert (case["agent"], case["next_action"]) == ("Diego Soto", "call")
    assert (case["standing"]["stage"], len(case["demands"])) == ("field", 1)
    assert (await desk.get(f"/v1/cases/{new_id()}")).status_code == 404
