"""Phones that still have an earlier version of the app, against the server of today."""

from typing import Any

import httpx
import pytest

from api.agents.deposits import DepositBody
from api.agents.promises import PromiseBody
from api.agents.receipts import ReceiptBody
from api.agents.visits import CheckInBody, CheckOutBody
from core.ids import new_id
from data.session import Database
from tests.api.agents.phone_versions import (
    CASE,
    CHECK_IN,
    FIRST,
    FIRST_RECEIPT_HASH,
    HASHES,
    LEASE,
    SECOND,
    SECOND_RECEIPT_HASH,
)
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer

BODIES: dict[str, Any] = {
    "check_in": CheckInBody, "check_out": CheckOutBody, "deposit": DepositBody,
    "promise": PromiseBody, "receipt": ReceiptBody,
}  # fmt: skip


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


@pytest.mark.parametrize(
    ("version", "receipt_hash"), [(FIRST, FIRST_RECEIPT_HASH), (SECOND, SECOND_RECEIPT_HASH)]
)
def test_a_record_stored_before_an_upgrade_is_still_the_same_record(
    version: list[tuple[str, str, dict[str, Any]]], receipt_hash: str
) -> None:
    hashes = HASHES | {"receipt": receipt_hash}
    for kind, _path, body in version:
        assert BODIES[kind].model_validate(body).digest().hex() == hashes[kind], kind


def as_sent(body: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """A body with ids of this test's rows."""
    sent: dict[str, Any] = {
        name: ids.get(its, its) if isinstance(its, str) else its for name, its in body.items()
    }
    if "offline" in body:
        sent["offline"] = body["offline"] | {"lease_id": ids[LEASE]}
    return sent


async def what_is_stored(field: Field) -> list[int]:
    [found] = await field.ask(
        "SELECT (SELECT count(*) FROM check_in WHERE agent_id = :agent),"
        " (SELECT count(*) FROM check_out WHERE agent_id = :agent),"
        " (SELECT count(*) FROM receipt WHERE agent_id = :agent),"
        " (SELECT count(*) FROM promise WHERE agent_id = :agent),"
        " (SELECT count(*) FROM deposit WHERE agent_id = :agent)",
        agent=field.agent,
    )
    return list(found)


async def test_the_first_version_sends_each_record_by_its_own_route(field: Field) -> None:
    ids = {CASE: str(field.case.case_id), CHECK_IN: str(new_id())}
    for kind, path, body in FIRST:
        id_ = ids[CHECK_IN] if kind == "check_in" else str(new_id())
        answers = [
            await field.client.put(
                f"/v1/agent/{path}/{id_}", json=as_sent(body, ids), headers=bearer(field.token)
            )
            for _ in range(2)
        ]
        assert {each.status_code for each in answers} == {200}, (kind, answers[0].text)
        assert answers[0].json()["id"] == answers[1].json()["id"] == id_
    assert await what_is_stored(field) == [1, 1, 1, 1, 1]
    assert (await field.till())["in_hand"] == 0


async def test_the_second_version_sends_them_together_and_under_a_lease(field: Field) -> None:
    ids = {CASE: str(field.case.case_id), CHECK_IN: str(new_id()), LEASE: str(new_id())}
    held = await field.client.put(
        f"/v1/agent/leases/{ids[LEASE]}", json={}, headers=bearer(field.token)
    )
    assert {"prefix", "left", "expires_at", "closed_at"} <= set(held.json())
    items = [
        {
            "id": ids[CHECK_IN] if kind == "check_in" else str(new_id()), "kind": kind,
            "body": as_sent(body, ids), "needs": ids[CHECK_IN] if kind == "check_out" else None,
        }
        for kind, _path, body in SECOND
    ]  # fmt: skip
    for outcome in ("applied", "duplicate"):
        answer = await field.client.post(
            "/v1/agent/sync", json={"items": items}, headers=bearer(field.token)
        )
        told = answer.json()["items"]
        assert [each["outcome"] for each in told] == [outcome] * len(items), told
        assert [each["status"] for each in told] == [200] * len(items)
    assert "as_of" in answer.json()
    assert told[1]["answer"]["provisional_number"].endswith("-001")
    assert await what_is_stored(field) == [1, 1, 1, 1, 1]


async def test_what_earlier_versions_read_of_a_day_is_still_there(field: Field) -> None:
    day = (await field.client.get("/v1/agent/day", headers=bearer(field.token))).json()
    assert {
        "as_of", "agent_id", "day", "zone", "country", "currency", "round", "cases", "till",
        "modes", "faces_minor",
    } <= set(day)  # fmt: skip
    [case] = day["cases"]
    assert {"case", "demands", "timeline", "hours", "barred"} <= set(case)
    assert {
        "id", "customer", "account", "phone", "address", "dpd", "outstanding", "overdue",
        "section", "promise",
    } <= set(case["case"])  # fmt: skip
    assert {"in_hand", "reserved", "pending", "limit"} <= set(day["till"])
    assert {"code", "is_cash", "reference", "expected"} <= set(day["modes"][0])
