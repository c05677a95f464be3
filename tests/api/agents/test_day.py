"""The agent's day over HTTP: all that is needed at the doors, kept until it changes."""

from datetime import date

import httpx
import pytest

from data.session import EVERYTHING, Database, run
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.center_field import a_center_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case, a_person, a_token
from tests.routing.underway.scenes import a_day


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def ask(client: httpx.AsyncClient, token: str, tag: str = "") -> httpx.Response:
    headers = bearer(token) | ({"If-None-Match": tag} if tag else {})
    return await client.get("/v1/agent/day", headers=headers)


async def test_a_day_has_each_case_with_its_own_dues_and_history(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await a_case(
            session, field.branch, agent_id=field.agent, due_minor=7_000, urgency=90
        )
        await a_case(session, field.branch, urgency=99)
    receipt = (await field.pay(20_000)).json()
    await field.promise(30_000, made_at="2026-11-23T12:02:00Z")
    answer = await ask(field.client, field.token)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["cases"]
    assert first["case"]["id"] == str(other.case_id)
    assert [d["unpaid"]["amount_minor"] for d in first["demands"]] == [7_000]
    assert first["timeline"] == []
    assert second["case"]["id"] == str(field.case.case_id)
    assert [d["unpaid"]["amount_minor"] for d in second["demands"]] == [30_000]
    assert [h["kind"] for h in second["timeline"]] == ["promise", "receipt"]
    assert second["timeline"][1]["facts"]["number"] == receipt["number"]


async def test_a_day_tells_the_till_the_modes_and_the_hours(field: Field) -> None:
    await field.pay(20_000)
    day = (await ask(field.client, field.token)).json()
    assert (day["day"], day["zone"], day["currency"]) == ("2026-11-23", "America/Santiago", "CLP")
    assert day["till"]["in_hand"]["amount_minor"] == 20_000
    assert day["till"]["headroom"]["amount_minor"] == 480_000
    assert [mode["code"] for mode in day["modes"]] == ["cash", "card", "transfer"]
    assert day["modes"][0] == {
        "code": "cash", "is_cash": True, "reference": None,
        "expected": "nothing: cash has no reference", "details": [],
    }  # fmt: skip
    assert 20_000 in day["faces_minor"]
    [case] = day["cases"]
    assert case["barred"] is None
    assert all(h["opens_at"] < h["closes_at"] for h in case["hours"])
    assert case["hours"][0]["opens_at"].startswith("2026-11-23T")


async def test_a_day_without_a_round_has_its_cases_all_the_same(field: Field) -> None:
    day = (await ask(field.client, field.token)).json()
    assert day["round"] is None
    assert len(day["cases"]) == 1


async def test_a_planned_day_has_the_round_with_its_ways(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        scene = await a_day(session)
        token = await a_token(session, scene.agent)
    day = (await ask(client, token)).json()
    known = {case["case"]["id"] for case in day["cases"]}
    assert day["round"]["day"] == date.fromisoformat(day["day"]).isoformat()
    assert len(day["round"]["geometry"]["coordinates"]) > 1
    assert {stop["case_id"] for stop in day["round"]["stops"]} <= known


async def test_an_unchanged_day_is_not_sent_again_and_a_receipt_changes_it(field: Field) -> None:
    first = await ask(field.client, field.token)
    tag = first.headers["etag"]
    again = await ask(field.client, field.token, tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    await field.pay(20_000)
    changed = await ask(field.client, field.token, tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_day_tells_what_is_asked_at_doors_by_the_branchs_policies(field: Field) -> None:
    door = (await ask(field.client, field.token)).json()["door"]
    assert [values["topic"] for values in door["value_lists"]] == ["visit", "cause"]
    assert door["value_lists"][0]["values"][0]["code"] == "met_customer"
    assert (door["asks_code"], door["asks_group_image"], door["upi"]) == (False, False, None)
    assert door["branch_phone"] is None
    assert door["receipt_cause"] == "asked"
    assert door["promise_max_days"] == 30
    async with field.database.transaction(EVERYTHING) as session:
        first, second = [await a_person(session, field.branch, Role.ADMIN) for _ in "12"]
        for key, value in {
            "cash_code": "true", "center_group_image": "true", "promise_max_days": "12",
            "upi_payee_vpa": '"lender@bank"', "upi_payee_name": '"Karat"',
            "branch_phone": '"+56221234567"',
        }.items():  # fmt: skip
            await run(
                session,
                "INSERT INTO policy (branch_id, key, value, set_at, set_by, seconded_by)"
                " VALUES (:branch, :key, CAST(:value AS jsonb), :now, :first, :second)",
                branch=field.branch, key=key, value=value, now=MONDAY_NINE,
                first=first, second=second,
            )  # fmt: skip
    door = (await ask(field.client, field.token)).json()["door"]
    assert (door["asks_code"], door["asks_group_image"]) == (True, True)
    assert door["upi"] == {"vpa": "lender@bank", "name": "Karat"}
    assert door["promise_max_days"] == 12
    assert door["branch_phone"] == "+56221234567"


async def test_a_day_has_the_sheets_of_todays_centers_with_the_members_that_are_ones_own(
    database: Database, client: httpx.AsyncClient
) -> None:
    center = await a_center_field(database, client)
    [sheet] = (await ask(client, center.token)).json()["door"]["sheets"]
    assert sheet == await center.sheet()
    assert sheet["center"]["is_meeting_day"]
