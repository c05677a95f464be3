"""Asking for a payment by UPI over HTTP."""

import json

import httpx
import pytest
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_person


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text("UPDATE account SET currency = 'INR' WHERE id = :id"),
            {"id": field.case.account_id},
        )
    return field


async def payee(field: Field, vpa: str) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await session.execute(
            text(
                "INSERT INTO policy (branch_id, key, value, set_at, set_by, seconded_by) VALUES"
                " (:branch, 'upi_payee_vpa', CAST(:vpa AS jsonb), :now, :first, :second)"
            ),
            {
                "branch": field.branch,
                "vpa": json.dumps(vpa),
                "now": MONDAY_NINE,
                "first": await a_person(session, field.branch, Role.ADMIN),
                "second": await a_person(session, field.branch, Role.ADMIN),
            },
        )


async def asked(field: Field, **query: str) -> httpx.Response:
    return await field.client.get(
        f"/v1/agent/accounts/{field.case.account_id}/upi",
        params=query, headers=bearer(field.token),
    )  # fmt: skip


async def test_what_is_overdue_is_asked_for_by_default(field: Field) -> None:
    await payee(field, "lender@okbank")
    told = (await asked(field)).json()
    assert told["amount"] == {"amount_minor": 50_000, "currency": "INR"}
    assert "pa=lender@okbank" in told["link"]
    assert "am=500.00" in told["link"]
    assert told["qr_svg"].startswith("<svg")


async def test_a_receipt_that_waits_is_the_payments_reference(field: Field) -> None:
    await payee(field, "lender@okbank")
    id_ = new_id()
    told = (await asked(field, amount_minor="12345", receipt_id=str(id_))).json()
    assert told["reference"] == id_.hex
    assert f"tr={id_.hex}&" in told["link"]
    assert "am=123.45" in told["link"]


async def test_without_a_payee_it_is_refused_with_what_to_set(field: Field) -> None:
    refused = await asked(field)
    assert refused.status_code == 409
    assert "upi_payee_vpa" in refused.json()["detail"]


async def test_other_peoples_accounts_and_other_currencies_are_refused(
    field: Field, database: Database, client: httpx.AsyncClient
) -> None:
    other = await a_field(database, client)
    theirs = await client.get(
        f"/v1/agent/accounts/{other.case.account_id}/upi", headers=bearer(field.token)
    )
    assert theirs.status_code == 404
    await payee(other, "lender@okbank")
    pesos = await asked(other)
    assert pesos.json()["errors"][0]["field"] == "amount.currency"
