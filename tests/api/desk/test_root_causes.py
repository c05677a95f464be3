"""Root causes over HTTP: why another amount was paid, what is done, what weighs most."""

from datetime import timedelta

import httpx
import pytest

from collection.field_notes.next_actions.watch_cases import watch_cases
from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.desk.scenes import RANG, REFUSED, Desk, a_desk
from tests.conftest import MONDAY_NINE
from tests.factories import an_agent


@pytest.fixture
async def desk(own_database: Database, client: httpx.AsyncClient) -> Desk:
    return await a_desk(own_database, client)


@pytest.fixture
async def database(own_database: Database) -> Database:
    return own_database


async def paid(desk: Desk, minor: int) -> str:
    answer = await desk.field.pay(minor)
    assert answer.status_code == 200, answer.text
    receipt_id: str = answer.json()["id"]
    return receipt_id


async def explained(desk: Desk, receipt_id: str, code: str = "income_late") -> httpx.Response:
    body = {"receipt_id": receipt_id, "code": code, "note": "Salary is late"}
    answer: httpx.Response = await desk.put(
        f"/v1/agent/root-causes/{new_id()}", body, desk.field.token
    )
    return answer


async def open_alerts(desk: Desk) -> list[tuple[str, int]]:
    found = await desk.field.ask(
        "SELECT kind, (facts->>'count')::int AS count FROM alert WHERE cleared_at IS NULL"
        " AND kind IN ('next_action_missing', 'root_cause_missing') ORDER BY kind"
    )
    return [(r.kind, r.count) for r in found]


async def watched(desk: Desk, hours: float = 0) -> list[tuple[str, int]]:
    async with desk.field.database.transaction(EVERYTHING) as session:
        await watch_cases(session, MONDAY_NINE + timedelta(hours=hours))
    return await open_alerts(desk)


async def test_a_case_with_nothing_to_come_is_told_of_until_something_is(desk: Desk) -> None:
    assert await watched(desk) == [("next_action_missing", 1)]
    await desk.note(RANG)
    assert await watched(desk) == []
    # The call is for Tuesday: on Wednesday, and once Tuesday's contact hours are over, it is past.
    assert await watched(desk, hours=33) == []
    assert await watched(desk, hours=35) == [("next_action_missing", 1)]


async def test_an_advance_is_no_wrong_amount_and_more_than_is_open_is_one(desk: Desk) -> None:
    await desk.field.due_later(50_000)
    await desk.note(RANG)
    await paid(desk, 70_000)
    assert await watched(desk) == []
    receipt_id = await paid(desk, 40_000)
    assert await watched(desk) == [("root_cause_missing", 1)]
    assert (await explained(desk, receipt_id)).status_code == 200
    assert await watched(desk) == []
    [cause] = (await desk.get("/v1/root-causes")).json()["items"]
    assert cause["gap"] == "over"


async def test_a_payment_that_is_not_what_was_due_waits_for_its_cause(desk: Desk) -> None:
    await desk.note(RANG)
    receipt_id = await paid(desk, 20_000)
    assert await watched(desk) == [("root_cause_missing", 1)]
    bad = await explained(desk, receipt_id, "income")
    assert bad.json()["errors"][0]["field"] == "code"
    answer = await explained(desk, receipt_id)
    assert answer.status_code == 200, answer.text
    assert (await explained(desk, receipt_id)).status_code == 409
    assert await watched(desk) == []
    [cause] = (await desk.get("/v1/root-causes")).json()["items"]
    assert (cause["gap"], cause["state"], cause["group"]) == ("short", "open", "Income")
    assert cause["demanded"]["amount_minor"] == 50_000
    # The rest is just what is due, and needs none.
    whole = await paid(desk, 30_000)
    assert (await explained(desk, whole)).json()["errors"][0]["field"] == "receipt_id"


async def test_a_cause_is_opened_acted_on_and_closed_in_this_order(desk: Desk) -> None:
    assert (await desk.noted_in_field(REFUSED)).status_code == 200
    [cause] = (await desk.get("/v1/root-causes?state=open")).json()["items"]
    url = f"/v1/root-causes/{cause['id']}"
    early = await desk.post(f"{url}/close", {"words": "Done"})
    assert (early.status_code, early.json()["state"]) == (409, "open")
    assert (await desk.post(f"{url}/action", {"words": "Offer a later date"})).status_code == 204
    assert (await desk.post(f"{url}/close", {"words": "Pays on the 5th"})).status_code == 204
    [closed] = (await desk.get("/v1/root-causes?state=closed")).json()["items"]
    assert closed["action"]["words"] == "Offer a later date"
    assert closed["closing"]["at"] == "2026-11-23T12:00:00Z"
    nowhere = await desk.post(f"/v1/root-causes/{new_id()}/action", {"words": "x"})
    assert nowhere.status_code == 404


async def test_causes_are_weighed_by_what_one_asks_for(desk: Desk) -> None:
    await explained(desk, await paid(desk, 10_000))
    await explained(desk, await paid(desk, 10_000))
    await desk.noted_in_field(REFUSED)
    url = f"/v1/branches/{desk.code}/root-causes/pareto"
    rows = (await desk.get(f"{url}?by=reason&by=product", desk.supervisor)).json()
    assert [(r["keys"]["reason"], r["causes"], r["gap"]["amount_minor"]) for r in rows] == [
        ("Salary or money due is late", 2, 40_000 + 30_000),
        ("Paid another lender first", 1, 30_000),
    ]
    assert [round(r["cumulative"], 3) for r in rows] == [0.667, 1.0]
    upside_down = await desk.get(f"{url}?since=2026-12-01&until=2026-11-01", desk.supervisor)
    assert upside_down.json()["errors"][0]["field"] == "since"
    assert (await desk.get(f"{url}?until=2026-11-01", desk.supervisor)).json() == []


async def test_agents_of_one_name_are_told_apart_and_causes_have_a_trend(desk: Desk) -> None:
    await explained(desk, await paid(desk, 10_000))
    another = await paid(desk, 5_000)
    async with desk.field.database.transaction(EVERYTHING) as session:
        other = await an_agent(session, desk.field.branch)
    await desk.field.ask(
        "INSERT INTO root_cause SELECT (jsonb_populate_record(c, jsonb_build_object("
        "'id', gen_random_uuid(), 'agent_id', CAST(:other AS uuid),"
        " 'receipt_id', CAST(:receipt AS uuid), 'opened_at', c.opened_at - interval '7 days'))).*"
        " FROM root_cause c RETURNING 1",
        other=other,
        receipt=another,
    )
    url = f"/v1/branches/{desk.code}/root-causes"
    weighed = (await desk.get(f"{url}/pareto?by=agent", desk.supervisor)).json()
    assert [(r["keys"]["agent"], r["causes"]) for r in weighed] == [("Diego Soto", 1)] * 2
    assert {r["agent_id"] for r in weighed} == {str(desk.field.agent), str(other)}
    trend = (await desk.get(f"{url}/trend?by=reason&every=week", desk.supervisor)).json()
    assert [(r["begins_on"], r["causes"], r["gap"]["amount_minor"]) for r in trend] == [
        ("2026-11-16", 1, 40_000), ("2026-11-23", 1, 40_000),
    ]  # fmt: skip
    by_month = (await desk.get(f"{url}/trend?every=month", desk.supervisor)).json()
    assert [(r["begins_on"], r["causes"]) for r in by_month] == [("2026-11-01", 2)]
