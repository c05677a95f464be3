"""Facts sent many at once, over HTTP: each is answered by itself."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import Database
from tests.api.cash_field import NINE, Field, a_field
from tests.api.center_field import a_center_field
from tests.api.conftest import bearer


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


def receipt(field: Field, minor: int, **changed: Any) -> dict[str, Any]:
    body = {
        "case_id": str(field.case.case_id),
        "amount": {"amount_minor": minor, "currency": "CLP"},
        "mode": "cash",
        "taken_at": NINE,
    }
    return {"id": str(new_id()), "kind": "receipt", "body": body | changed}


def check_in(field: Field) -> dict[str, Any]:
    body = {"case_id": str(field.case.case_id), "device_time": NINE}
    return {"id": str(new_id()), "kind": "check_in", "body": body}


def check_out(needs: str) -> dict[str, Any]:
    body = {"check_in_id": needs, "device_time": NINE, "outcome": "paid"}
    return {"id": str(new_id()), "kind": "check_out", "body": body, "needs": needs}


async def sync(field: Field, *items: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await field.client.post(
        "/v1/agent/sync", json={"items": items}, headers=bearer(field.token)
    )
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()["items"]
    assert [each["id"] for each in told] == [each["id"] for each in items]
    return told


async def test_each_item_is_applied_once_and_a_repeat_says_so(field: Field) -> None:
    door = check_in(field)
    items = [door, receipt(field, 20_000), check_out(door["id"])]
    first = await sync(field, *items)
    assert [each["outcome"] for each in first] == ["applied"] * 3
    again = await sync(field, *items, receipt(field, 5_000))
    assert [each["outcome"] for each in again] == ["duplicate"] * 3 + ["applied"]
    assert again[1]["answer"] == first[1]["answer"]
    assert (await field.till())["in_hand"] == 25_000


async def test_the_same_item_twice_in_one_request_is_stored_once(field: Field) -> None:
    paid = receipt(field, 20_000)
    told = await sync(field, paid, paid)
    assert [each["outcome"] for each in told] == ["applied", "duplicate"]
    assert (await field.till())["in_hand"] == 20_000


async def test_what_is_refused_says_why_and_keeps_nobody_behind_it(field: Field) -> None:
    told = await sync(
        field, receipt(field, 900_000), receipt(field, 20_000), receipt(field, 1, amount="a lot")
    )
    assert [each["outcome"] for each in told] == ["rejected", "applied", "rejected"]
    assert told[0]["answer"]["type"] == "/problems/over-cash-limit"
    assert (told[2]["status"], told[2]["answer"]["type"]) == (422, "/problems/invalid-request")
    assert (await field.till())["in_hand"] == 20_000


async def test_an_item_that_needs_a_refused_one_is_not_tried(field: Field) -> None:
    door = check_in(field) | {"body": {"case_id": str(new_id()), "device_time": NINE}}
    told = await sync(field, door, check_out(door["id"]), receipt(field, 20_000))
    assert [each["outcome"] for each in told] == ["rejected", "later", "applied"]
    assert told[1]["status"] is None


async def test_after_one_that_must_come_later_none_is_tried(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("api.agents.promises.promise_to_pay", fail)
    promise = {"id": str(new_id()), "kind": "promise", "body": {
        "case_id": str(field.case.case_id), "due_on": "2026-11-27", "made_at": NINE,
        "amount": {"amount_minor": 30_000, "currency": "CLP"},
    }}  # fmt: skip
    told = await sync(field, receipt(field, 20_000), promise, receipt(field, 5_000))
    assert [(each["outcome"], each["status"]) for each in told] == [
        ("applied", 200), ("later", 500), ("later", None)
    ]  # fmt: skip
    assert (await field.till())["in_hand"] == 20_000


async def test_the_same_facts_in_two_requests_at_once_are_refused_in_neither(field: Field) -> None:
    door = check_in(field)
    items = [door, receipt(field, 20_000), check_out(door["id"])]
    for told in await asyncio.gather(*[sync(field, *items) for _ in range(4)]):
        assert {each["outcome"] for each in told} <= {"applied", "duplicate"}, told
    assert (await field.till())["in_hand"] == 20_000


async def test_each_item_is_on_the_audit_trail_under_its_own_route(field: Field) -> None:
    paid = receipt(field, 20_000)
    await sync(field, paid)
    [row] = await field.ask(
        "SELECT action FROM audit_event WHERE subjects ->> 'id' = :id", id=paid["id"]
    )
    assert row.action == "PUT /v1/agent/receipts/{id}"
    assert not await field.ask("SELECT FROM audit_event WHERE action = 'POST /v1/agent/sync'")


@pytest.mark.parametrize("items", [[], [{"id": str(UUID(int=1)), "kind": "song", "body": {}}]])
async def test_a_request_that_is_none_is_refused_whole(field: Field, items: list[Any]) -> None:
    answer = await field.client.post(
        "/v1/agent/sync", json={"items": items}, headers=bearer(field.token)
    )
    assert answer.status_code == 422


async def test_what_came_of_a_contact_and_why_less_was_paid_go_the_same_way(field: Field) -> None:
    paid = receipt(field, 20_000)
    cause = {
        "id": str(new_id()), "kind": "root_cause", "needs": paid["id"],
        "body": {"receipt_id": paid["id"], "code": "income_late", "note": "Paid on Friday"},
    }  # fmt: skip
    noted = {
        "id": str(new_id()), "kind": "disposition",
        "body": {
            "case_id": str(field.case.case_id), "channel": "visit", "contact": "met_nobody",
            "result": "door_locked", "happened_at": NINE,
            "next_action": {"kind": "visit", "due_on": "2026-11-24"},
        },
    }  # fmt: skip
    told = await sync(field, paid, cause, noted)
    assert [each["outcome"] for each in told] == ["applied"] * 3, told
    again = await sync(field, paid, cause, noted)
    assert [each["outcome"] for each in again] == ["duplicate"] * 3
    assert await field.ask("SELECT 1 FROM root_cause WHERE receipt_id = :id", id=UUID(paid["id"]))


async def test_a_sheet_of_a_center_goes_the_same_way(
    database: Database, client: httpx.AsyncClient
) -> None:
    center = await a_center_field(database, client)
    sheet = {
        "id": str(new_id()), "kind": "center_meeting", "body": center.body(center.paid(0, 20_000)),
    }  # fmt: skip
    for outcome in ("applied", "duplicate"):
        answer = await client.post(
            "/v1/agent/sync", json={"items": [sheet]}, headers=bearer(center.token)
        )
        assert [each["outcome"] for each in answer.json()["items"]] == [outcome], answer.text
    assert await center.in_hand() == 20_000
