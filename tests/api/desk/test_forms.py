"""Customers of whom no authorization form was ever brought are found."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.ids import new_id
from core.settings import settings
from data.session import EVERYTHING, Database
from tests.api.cash_field import NINE
from tests.api.conftest import bearer
from tests.api.desk.scenes import Desk, a_desk
from tests.factories import a_case
from tests.geofence.attachments.samples import PHOTO


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    return await a_desk(database, client)


async def test_a_case_is_on_the_list_until_a_form_is_brought(
    desk: Desk, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await a_case(session, desk.field.branch, urgency=1)

    async def missing() -> list[str]:
        answer = await desk.get("/v1/cases?car_form=none")
        return [case["id"] for case in answer.json()["items"]]

    assert await missing() == [desk.case_id, str(other.case_id)]
    brought = await desk.field.client.put(
        f"/v1/agent/attachments/{new_id()}",
        params={
            "kind": "car_form", "case_id": desk.case_id, "device_time": NINE,
            "form_number": "CAR-7", "form_date": "2026-11-20",
        },
        content=PHOTO,
        headers=bearer(desk.field.token),
    )  # fmt: skip
    assert brought.status_code == 200, brought.text
    assert await missing() == [str(other.case_id)]
    refused = await desk.get("/v1/cases?car_form=some")
    assert refused.json()["errors"][0]["field"] == "car_form"
