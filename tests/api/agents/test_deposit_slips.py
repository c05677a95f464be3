"""Pictures of deposits' slips, over HTTP."""

import hashlib
import io
from uuid import UUID

import httpx
import pytest
from PIL import Image

from core.ids import new_id
from data.session import Database
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer


def a_picture(shade: int = 90) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, shade, shade)).save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def send(field: Field, id_: UUID, deposit_id: object, content: bytes) -> httpx.Response:
    return await field.client.put(
        f"/v1/agent/deposit-slips/{id_}",
        params={"deposit_id": str(deposit_id), "device_time": NINE},
        content=content,
        headers=bearer(field.token) | {"Content-Type": "image/jpeg"},
    )


async def test_the_desk_sees_the_slip_that_the_agent_has_photographed_once(field: Field) -> None:
    await field.pay(20_000)
    deposit, id_, picture = new_id(), new_id(), a_picture()
    early = await send(field, id_, deposit, picture)
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "deposit_id")
    await field.deposit(20_000, deposit)
    answers = [await send(field, id_, deposit, picture) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200], answers[0].text
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["original_sha256"] == hashlib.sha256(picture).hexdigest()
    assert (await send(field, id_, deposit, a_picture(10))).status_code == 409
    seen = await field.client.get(f"/v1/deposits/{deposit}/slip", headers=bearer(field.desk))
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(seen.content)).size == (60, 40)


async def test_a_deposit_without_a_picture_has_none(field: Field) -> None:
    await field.pay(20_000)
    deposit = new_id()
    await field.deposit(20_000, deposit)
    seen = await field.client.get(f"/v1/deposits/{deposit}/slip", headers=bearer(field.desk))
    assert seen.status_code == 404
    refused = await send(field, new_id(), deposit, b"not a picture")
    assert refused.status_code == 422
