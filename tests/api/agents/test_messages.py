"""Messages that an agent has sent from a door, over HTTP."""

from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.sealed import opened
from data.session import EVERYTHING, Database
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_person, a_token, give_phone


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    found = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        await give_phone(session, found.case.customer_id, "+56912345678")
    await found.ask(
        "UPDATE customer SET language = 'es' WHERE id = :id RETURNING id", id=found.case.customer_id
    )
    return found


async def write(field: Field, case_id: Any = None, **body: str) -> httpx.Response:
    return await field.client.post(
        f"/v1/agent/cases/{case_id or field.case.case_id}/message",
        json={"purpose": "due_reminder"} | body,
        headers=bearer(field.token),
    )


async def test_a_reminder_goes_in_the_customers_language_once_a_day(field: Field) -> None:
    answer = await write(field)
    assert answer.status_code == 202, answer.text
    assert "$ 50.000 por pagar" in answer.json()["text"]
    again = await write(field)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/written-today")
    other = await write(field, purpose="visit_missed")
    assert other.status_code == 202, other.text
    [*kept] = await field.ask("SELECT purpose, state, sent_to FROM message ORDER BY made_at")
    assert {(row.purpose, row.state, opened(row.sent_to)) for row in kept} >= {
        ("due_reminder", "waiting", "+56912345678"), ("visit_missed", "waiting", "+56912345678"),
    }  # fmt: skip


async def test_what_the_contact_rules_refuse_is_told_in_their_words(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        supervisor = await a_token(session, await a_person(session, field.branch))
    hold = {"kind": "bereavement", "first_day": "2026-11-23", "note": "told by the brother"}
    held = await field.client.post(
        f"/v1/customers/{field.case.customer_id}/holds", json=hold, headers=bearer(supervisor)
    )
    assert held.status_code == 201, held.text
    answer = await write(field)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/message-barred")
    assert answer.json()["rules"]


async def test_nothing_is_reminded_of_where_nothing_is_overdue_or_nobody_is(field: Field) -> None:
    await field.pay(50_000)
    answer = await write(field)
    assert answer.json()["type"] == "/problems/nothing-to-remind-of"
    assert (await write(field, new_id())).status_code == 404
    assert (await write(field, purpose="one_time_code")).status_code == 422
