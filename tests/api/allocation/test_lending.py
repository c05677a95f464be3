"""A case lent to another branch: who sees what, what the agent may do there, and when it ends."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code

SEEN = {
    "case_file": "id", "customer": "id", "address": "id", "account": "id", "demand": "id",
    "fence": "id", "promise": "id", "assignment": "case_id", "receipt": "case_id",
    "check_in": "case_id", "branch": "id",
}  # fmt: skip


@dataclass
class Lent:
    """The branch that owns two cases and lent the first to an agent of the other branch."""

    owner: UUID
    borrower: UUID
    third: UUID
    agent: UUID
    colleague: UUID
    manager_token: str
    agent_token: str
    colleague_token: str
    case: ACase
    kept: ACase


@pytest.fixture
async def lent(database: Database, client: httpx.AsyncClient) -> Lent:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        code = await branch_code(session, head)
        owner = await a_branch(session, parent_code=code)
        borrower = await a_branch(session, parent_code=code)
        third = await a_branch(session, parent_code=code)
        manager = await a_person(session, head, Role.ALLOCATION_MANAGER)
        agent = await an_agent(session, borrower, "Bea")
        colleague = await an_agent(session, borrower, "Col")
        at_home = await an_agent(session, owner, "Omar")
        case = await a_case(session, owner, agent_id=at_home)
        kept = await a_case(session, owner, agent_id=at_home)
        made = Lent(
            owner, borrower, third, agent, colleague, await a_token(session, manager),
            await a_token(session, agent), await a_token(session, colleague), case, kept,
        )  # fmt: skip
    await give(client, made, agent)
    return made


async def give(client: httpx.AsyncClient, lent: Lent, to: UUID | None) -> None:
    body = {"agent_id": to and str(to), "reason": "nearer", "lend": True}
    path = f"/v1/cases/{lent.case.case_id}/owner"
    answer = await client.post(path, json=body, headers=bearer(lent.manager_token))
    assert answer.status_code == 200, answer.text
    assert answer.json()["refused"] == []


async def seen(database: Database, scope: Scope) -> dict[str, list[UUID]]:
    """Of each table, the ids that a scope sees."""
    found: dict[str, list[UUID]] = {}
    async with database.transaction(scope) as session:
        for table, column in SEEN.items():
            there = await rows(session, f"SELECT {column} AS id FROM {table} ORDER BY 1")  # noqa: S608
            found[table] = [r.id for r in there]
    return found


NOTHING: dict[str, list[UUID]] = {table: [] for table in SEEN}


async def put(
    client: httpx.AsyncClient, token: str, path: str, body: dict[str, Any]
) -> httpx.Response:
    return await client.put(path, json=body, headers=bearer(token))


def receipt(lent: Lent, case: ACase) -> dict[str, Any]:
    return {
        "case_id": str(case.case_id), "amount": {"amount_minor": 20_000, "currency": "CLP"},
        "mode": "cash", "taken_at": "2026-11-23T12:00:00Z",
    }  # fmt: skip


async def test_the_agent_sees_what_the_lent_case_needs_and_nothing_else(
    database: Database, lent: Lent
) -> None:
    found = await seen(database, Scope((lent.borrower,), lent.agent))
    case = lent.case
    assert found == NOTHING | {
        "case_file": [case.case_id], "customer": [case.customer_id], "address": [case.address_id],
        "account": [case.account_id], "demand": [case.demand_id], "fence": [case.fence_id],
        "assignment": [case.case_id], "branch": sorted([lent.owner, lent.borrower]),
    }  # fmt: skip


async def test_colleagues_and_other_branches_see_nothing_of_it(
    database: Database, lent: Lent
) -> None:
    colleague = await seen(database, Scope((lent.borrower,), lent.colleague))
    assert colleague == NOTHING | {"branch": [lent.borrower]}
    assert await seen(database, Scope((lent.third,))) == NOTHING | {"branch": [lent.third]}


async def test_the_borrowing_branchs_office_sees_the_case_but_not_the_branch(
    database: Database, lent: Lent
) -> None:
    found = await seen(database, Scope((lent.borrower,)))
    assert found["case_file"] == [lent.case.case_id]
    assert found["branch"] == [lent.borrower]


async def test_access_ends_with_the_assignment(
    database: Database, client: httpx.AsyncClient, lent: Lent
) -> None:
    await give(client, lent, None)
    found = await seen(database, Scope((lent.borrower,), lent.agent))
    assert found["case_file"] == found["customer"] == found["account"] == found["demand"] == []
    assert found["branch"] == [lent.borrower]
    path = f"/v1/agent/receipts/{new_id()}"
    assert (await put(client, lent.agent_token, path, receipt(lent, lent.case))).status_code == 404


async def test_money_of_a_lent_case_belongs_to_the_branch_that_owns_it(
    database: Database, client: httpx.AsyncClient, lent: Lent
) -> None:
    path = f"/v1/agent/receipts/{new_id()}"
    body = receipt(lent, lent.case)
    taken = await put(client, lent.agent_token, path, body)
    assert taken.status_code == 200, taken.text
    assert taken.json()["outstanding"]["amount_minor"] == 30_000
    again = await put(client, lent.agent_token, path, body)
    assert again.json() == taken.json()
    async with database.transaction(Scope((lent.owner,))) as session:
        assert len(await rows(session, "SELECT 1 FROM receipt")) == 1
        paid = await rows(session, "SELECT paid_minor FROM demand WHERE id = :d",
                          d=lent.case.demand_id)  # fmt: skip
        assert paid[0].paid_minor == 20_000
    async with database.transaction(Scope((lent.borrower,))) as session:
        assert await rows(session, "SELECT 1 FROM receipt") == []
    async with database.transaction(Scope((lent.borrower,), lent.agent)) as session:
        assert len(await rows(session, "SELECT 1 FROM receipt")) == 1


async def test_the_agent_works_the_case_as_any_other(client: httpx.AsyncClient, lent: Lent) -> None:
    case_id = str(lent.case.case_id)
    listed = await client.get("/v1/agent/cases", headers=bearer(lent.agent_token))
    assert [each["id"] for each in listed.json()["items"]] == [case_id]
    whole = await client.get(f"/v1/agent/cases/{case_id}", headers=bearer(lent.agent_token))
    assert whole.status_code == 200, whole.text
    check_in = str(new_id())
    body: dict[str, Any] = {
        "case_id": case_id, "device_time": "2026-11-23T12:00:00Z",
        "fix": {"lat": -29.9027, "lon": -71.2520, "captured_at": "2026-11-23T12:00:00Z"},
    }  # fmt: skip
    done = await put(client, lent.agent_token, f"/v1/agent/check-ins/{check_in}", body)
    assert done.status_code == 200, done.text
    left = {
        "check_in_id": check_in, "device_time": "2026-11-23T12:00:00Z", "outcome": "promised",
    }  # fmt: skip
    out = await put(client, lent.agent_token, f"/v1/agent/check-outs/{new_id()}", left)
    assert out.status_code == 200, out.text
    promise = {
        "case_id": case_id, "amount": {"amount_minor": 50_000, "currency": "CLP"},
        "due_on": "2026-11-27", "made_at": "2026-11-23T12:00:00Z",
    }  # fmt: skip
    pin = {
        "case_id": case_id, "device_time": "2026-11-23T12:00:00Z",
        "fix": {"lat": -29.9, "lon": -71.25, "captured_at": "2026-11-23T12:00:00Z"},
    }  # fmt: skip
    pinned = await put(client, lent.agent_token, f"/v1/agent/address-pins/{new_id()}", pin)
    assert pinned.status_code == 200, pinned.text
    word = await put(client, lent.agent_token, f"/v1/agent/promises/{new_id()}", promise)
    assert word.status_code == 200, word.text


async def test_neither_the_colleague_nor_the_agent_can_touch_what_was_not_lent(
    client: httpx.AsyncClient, lent: Lent
) -> None:
    for token, case in ((lent.colleague_token, lent.case), (lent.agent_token, lent.kept)):
        path = f"/v1/agent/receipts/{new_id()}"
        assert (await put(client, token, path, receipt(lent, case))).status_code == 404
        looked = await client.get(f"/v1/agent/cases/{case.case_id}", headers=bearer(token))
        assert looked.status_code == 404
