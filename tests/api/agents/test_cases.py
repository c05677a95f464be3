"""The agent's cases over HTTP."""

from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer
from tests.factories import LA_SERENA, a_case


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def get(field: Field, what: str) -> Any:
    return await field.client.get(f"/v1/agent/cases{what}", headers=bearer(field.token))


async def test_a_case_says_what_must_be_known_before_the_door(field: Field) -> None:
    await field.promise(30_000)
    await field.pay(20_000)
    [case] = (await get(field, "")).json()["items"]
    assert case["id"] == str(field.case.case_id)
    assert case["outstanding"] == {"amount_minor": 30_000, "currency": "CLP"}
    assert case["overdue"]["amount_minor"] == 30_000
    assert (case["dpd"], case["section"]) == (30, "overdue")
    assert case["promise"] == {
        "amount": {"amount_minor": 30_000, "currency": "CLP"}, "due_on": "2026-11-27",
    }  # fmt: skip
    assert case["address"]["position"] == {"lat": LA_SERENA.lat, "lon": LA_SERENA.lon}
    assert case["address"]["fence_radius_m"] == 50


async def test_pages_follow_each_other_by_urgency_without_gap_or_repeat(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        for urgency in (90.0, 50.0, 50.0, 7.5):
            await a_case(session, field.branch, agent_id=field.agent, urgency=urgency)
        await a_case(session, field.branch, urgency=99.0)
    seen: list[tuple[float, str]] = []
    cursor = ""
    for _ in range(3):
        page = (await get(field, f"?limit=2{cursor}")).json()
        seen += [(case["urgency"], case["id"]) for case in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert [urgency for urgency, _ in seen] == [90.0, 50.0, 50.0, 50.0, 7.5]
    assert len(set(seen)) == 5


async def test_a_cursor_that_nobody_gave_is_refused(field: Field) -> None:
    for wrong in ("x", "WyJub3QiLCAiYSJd", "bnVsbA"):
        answer = await get(field, f"?cursor={wrong}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "cursor"


async def test_one_case_comes_with_account_demands_and_timeline(field: Field) -> None:
    check_in = {"case_id": str(field.case.case_id), "device_time": NINE}
    await field.client.put(
        f"/v1/agent/check-ins/{new_id()}", json=check_in, headers=bearer(field.token)
    )
    receipt = (await field.pay(20_000, taken_at="2026-11-23T12:01:00Z")).json()
    await field.promise(30_000, made_at="2026-11-23T12:02:00Z")
    answer = await get(field, f"/{field.case.case_id}")
    assert answer.status_code == 200, answer.text
    detail = answer.json()
    assert detail["case"]["id"] == str(field.case.case_id)
    assert detail["account"]["currency"] == "CLP"
    [demand] = detail["demands"]
    assert (demand["total"]["amount_minor"], demand["unpaid"]["amount_minor"]) == (50_000, 30_000)
    assert [h["kind"] for h in detail["timeline"]] == ["promise", "receipt", "check_in"]
    assert detail["timeline"][1]["facts"]["number"] == receipt["number"]
    assert detail["timeline"][1]["amount"]["amount_minor"] == 20_000


async def test_somebody_elses_case_is_not_found(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        foreign = await a_case(session, field.branch)
    assert (await get(field, f"/{foreign.case_id}")).status_code == 404
