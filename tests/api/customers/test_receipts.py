"""Receipts as customers see them, without signing in."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def a_link(field: Field, receipt: str) -> str:
    found = await field.client.get(f"/v1/receipts/{receipt}/link", headers=bearer(field.token))
    assert found.status_code == 200, found.text
    path: str = urlsplit(found.json()["url"]).path
    return path


async def test_the_page_shows_the_receipt_to_whoever_has_the_address(field: Field) -> None:
    receipt = (await field.pay(20_000)).json()
    path = await a_link(field, receipt["id"])
    page = await field.client.get(path)
    assert page.status_code == 200
    assert receipt["number"] in page.text
    assert "$ 20.000" in page.text
    assert "M••• G•••" in page.text
    assert "María" not in page.text
    assert "Balmaceda" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    pdf = await field.client.get(f"{path}.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")


async def test_it_is_in_the_customers_language(field: Field) -> None:
    receipt = (await field.pay(20_000)).json()
    for language, word in (("hi", "रसीद"), ("es", "Recibo"), ("id", "Kuitansi"), ("sw", "Receipt")):
        async with field.database.transaction(EVERYTHING) as session:
            await session.execute(
                text("UPDATE customer SET language = :language WHERE id = :id"),
                {"language": language, "id": field.case.customer_id},
            )
        path = await a_link(field, receipt["id"])
        assert f"{word} <span" in (await field.client.get(path)).text
        pdf = await field.client.get(f"{path}.pdf")
        assert pdf.content.startswith(b"%PDF-"), language


async def test_a_receipt_that_was_undone_says_so(field: Field) -> None:
    receipt = (await field.pay(20_000)).json()
    reversal = new_id()
    await field.client.put(
        f"/v1/agent/receipt-reversals/{reversal}",
        json={"receipt_id": receipt["id"], "reason": "typed twice"}, headers=bearer(field.token),
    )  # fmt: skip
    done = await field.client.post(
        f"/v1/receipt-reversals/{reversal}/approve", headers=bearer(field.desk)
    )
    assert done.status_code == 200, done.text
    assert "undone" in (await field.client.get(await a_link(field, receipt["id"]))).text


async def test_an_address_that_was_never_given_out_or_is_over_shows_nothing(
    field: Field, live: LiveBus
) -> None:
    path = await a_link(field, (await field.pay(20_000)).json()["id"])
    spanish = {"Accept-Language": "es-CL,es;q=0.9"}
    guessed = await field.client.get(path[:-3] + "AAA", headers=spanish)
    assert guessed.status_code == 404
    assert "No hay nada que mostrar" in guessed.text
    async with client_at(field.database, live, MONDAY_NINE + timedelta(days=91)) as later:
        assert (await later.get(path)).status_code == 404
        assert (await later.get(f"{path}.pdf")).status_code == 404


async def test_staff_get_the_pdf_of_what_they_may_see(field: Field) -> None:
    receipt = UUID((await field.pay(20_000)).json()["id"])
    async with field.database.transaction(EVERYTHING) as session:
        other = await a_token(session, await an_agent(session, await a_branch(session)))
    for token, status in ((field.token, 200), (field.desk, 200), (other, 404)):
        found = await field.client.get(f"/v1/receipts/{receipt}.pdf", headers=bearer(token))
        assert found.status_code == status
