"""Customers who move to another branch, over HTTP."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from collection.portfolio.customers.moves.ask_move import ask_move
from collection.portfolio.customers.moves.decide_move import accept
from collection.portfolio.customers.moves.errors import OwnMove
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, an_agent, branch_code


@dataclass
class Towns:
    """A field whose customer moves, and the other branch."""

    field: Field
    here: str
    other: UUID
    other_code: str
    there: str

    async def post(self, path: str, token: str, body: Any = None) -> httpx.Response:
        answer: httpx.Response = await self.field.client.post(
            f"/v1/{path}", json=body, headers=bearer(token)
        )
        return answer

    async def get(self, path: str, token: str) -> httpx.Response:
        answer: httpx.Response = await self.field.client.get(f"/v1/{path}", headers=bearer(token))
        return answer

    async def receipts(self, token: str) -> list[dict[str, Any]]:
        """The receipts on the case's timeline, as the bearer sees it."""
        told = await self.get(f"cases/{self.field.case.case_id}/timeline", token)
        return [e for e in told.json().get("items", ()) if e["kind"] == "receipt"]

    async def ask(self, **changed: Any) -> httpx.Response:
        body = {"to_branch": self.other_code, "reason": "Moved house"} | changed
        return await self.post(f"customers/{self.field.case.customer_id}/moves", self.here, body)


@pytest.fixture
async def towns(database: Database, client: httpx.AsyncClient) -> Towns:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        other = await a_branch(session)
        here = await a_token(session, await a_person(session, field.branch, Role.SUPERVISOR))
        there = await a_token(session, await a_person(session, other, Role.SUPERVISOR))
        return Towns(field, here, other, await branch_code(session, other), there)


async def test_all_that_is_the_customers_follows_and_money_stays(towns: Towns) -> None:
    field, case = towns.field, towns.field.case
    receipt = (await field.pay(20_000)).json()["id"]
    assert (await field.promise(30_000)).status_code == 200
    asked = await towns.ask()
    assert asked.status_code == 201, asked.text
    assert (await towns.ask()).json()["type"] == "/problems/move-asked"
    assert (await towns.get(f"customers/{case.customer_id}", towns.there)).status_code == 404
    [waiting] = (await towns.get("customer-moves?open=true", towns.there)).json()["items"]
    assert (waiting["customer_name"], waiting["accounts"]) == ("María González", 1)
    url = f"customer-moves/{waiting['id']}"
    # Who asked sees the move, and is not of the branch that decides.
    assert (await towns.post(f"{url}/accept", towns.here)).status_code == 404
    for _ in range(2):
        done = await towns.post(f"{url}/accept", towns.there)
        assert (done.status_code, done.json()["state"]) == (200, "accepted"), done.text
    assert (await towns.post(f"{url}/decline", towns.there)).status_code == 409
    for table, column, id_ in (
        ("customer", "id", case.customer_id), ("account", "id", case.account_id),
        ("demand", "id", case.demand_id), ("case_file", "id", case.case_id),
        ("address", "id", case.address_id), ("fence", "id", case.fence_id),
        ("promise", "account_id", case.account_id),
    ):  # fmt: skip
        [row] = await field.ask(
            f"SELECT branch_id FROM {table} WHERE {column} = :id",  # noqa: S608
            id=id_,
        )
        assert row.branch_id == towns.other, table
    for statement in (
        "SELECT branch_id FROM receipt WHERE account_id = :id",
        "SELECT j.branch_id FROM journal_entry j JOIN receipt r ON r.id = j.source_id"
        " WHERE r.account_id = :id",
    ):
        [row] = await field.ask(statement, id=case.account_id)
        assert row.branch_id == field.branch
    seen = await towns.get(f"customers/{case.customer_id}", towns.there)
    assert seen.json()["accounts"][0]["agent"] is None
    assert (await towns.get(f"customers/{case.customer_id}", towns.here)).status_code == 404
    assert await field.cash_in_ledger() == 20_000
    # Whoever has the case knows what was paid, and no more.
    [paid] = await towns.receipts(towns.there)
    assert (paid["id"], paid["amount"]["amount_minor"], paid["by"]) == (receipt, 20_000, None)
    facts = paid["facts"]
    assert facts == {"number": facts["number"], "mode": "cash", "flags": [],
                     "is_elsewhere": True, "is_undone": False}  # fmt: skip
    assert (await towns.get(f"receipts/{receipt}", towns.there)).status_code == 404
    assert await towns.receipts(towns.here) == []
    # Where the money was taken nobody sees the account any more.
    reversal = new_id()
    await field.client.put(
        f"/v1/receipt-reversals/{reversal}",
        json={"receipt_id": receipt, "reason": "wrong customer"}, headers=bearer(field.desk),
    )  # fmt: skip
    async with field.database.transaction(EVERYTHING) as session:
        colleague = await a_token(session, await a_person(session, field.branch, Role.CASH_DESK))
    undone = await towns.post(f"receipt-reversals/{reversal}/approve", colleague)
    assert (undone.status_code, undone.json()["type"]) == (409, "/problems/account-elsewhere")


async def test_the_other_branch_collects_from_then_on(towns: Towns) -> None:
    move = (await towns.ask()).json()["id"]
    assert (await towns.post(f"customer-moves/{move}/accept", towns.there)).status_code == 200
    field = towns.field
    async with field.database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, towns.other)
        token = await a_token(session, agent)
    await field.ask(
        "INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason, decided_at)"
        " VALUES (:id, :branch, :case, :agent, tstzrange(:at, NULL), 'test', :at) RETURNING 1",
        id=new_id(), branch=towns.other, case=field.case.case_id, agent=agent, at=MONDAY_NINE,
    )  # fmt: skip
    theirs = Field(field.database, field.client, towns.other, agent, token, field.desk, field.case)
    assert (await theirs.pay(50_000)).json()["outstanding"]["amount_minor"] == 0
    assert (await field.pay(1_000)).status_code == 404


async def test_a_move_waits_for_a_phone_that_may_bring_receipts(towns: Towns) -> None:
    field = towns.field
    await field.ask(
        "INSERT INTO offline_lease (id, branch_id, agent_id, prefix, amount_minor, left_minor,"
        " currency, granted_at, expires_at, body_hash) VALUES (:id, :branch, :agent, :prefix, 1, 1,"
        " 'CLP', :at, :until, '') RETURNING 1",
        id=new_id(), branch=field.branch, agent=field.agent, prefix=new_id().hex, at=MONDAY_NINE,
        until=MONDAY_NINE + timedelta(hours=9),
    )  # fmt: skip
    move = (await towns.ask()).json()["id"]
    refused = await towns.post(f"customer-moves/{move}/accept", towns.there)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/phone-out")
    [row] = await field.ask("SELECT state FROM customer_move WHERE id = :id", id=UUID(move))
    assert row.state == "asked"
    declined = await towns.post(f"customer-moves/{move}/decline", towns.there)
    assert declined.json()["state"] == "declined"
    assert (await towns.ask()).status_code == 201


async def test_who_asked_does_not_decide(towns: Towns) -> None:
    customer = towns.field.case.customer_id
    async with towns.field.database.transaction(EVERYTHING) as session:
        boss = await a_person(session, towns.field.branch, Role.SUPERVISOR)
        asked = await ask_move(session, customer, towns.other_code, "Moved", boss, MONDAY_NINE)
        with pytest.raises(OwnMove):
            await accept(session, asked.id, boss, MONDAY_NINE)


@pytest.mark.parametrize("code", ["NOWHERE", None])
async def test_a_move_leads_to_another_branch(towns: Towns, code: str | None) -> None:
    async with towns.field.database.transaction(EVERYTHING) as session:
        own = await branch_code(session, towns.field.branch)
    refused = await towns.ask(to_branch=code or own)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "to_branch")
