"""Customers whose Customer Authorization Form is missing, for their agents and for the office."""

from typing import Any

import httpx
import pytest

from core.sealing.file_key import FileKey
from data.sealed import sealed
from data.session import EVERYTHING, Database, rows
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case, a_person, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def forms(field: Field, token: str) -> dict[str, Any]:
    day = (await field.client.get("/v1/agent/day", headers=bearer(token))).json()
    return {case["case"]["id"]: case["has_form"] for case in day["cases"]}


async def test_a_form_that_one_agent_took_is_missing_for_nobody(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await an_agent(session, field.branch)
        card = await a_case(session, field.branch, agent_id=other)
        await rows(
            session,
            "UPDATE case_file SET customer_id = :customer WHERE id = :id RETURNING id",
            customer=field.case.customer_id, id=card.case_id,
        )  # fmt: skip
        theirs = await a_token(session, other)
        desk = await a_token(session, await a_person(session, field.branch))
    mine, cards = str(field.case.case_id), str(card.case_id)

    async def missing() -> set[str]:
        answer = await field.client.get("/v1/cases?form=none", headers=bearer(desk))
        return {case["id"] for case in answer.json()["items"]}

    assert await forms(field, field.token) == {mine: False}
    assert await forms(field, theirs) == {cards: False}
    assert await missing() == {mine, cards}
    await field.ask(
        "INSERT INTO attachment (id, branch_id, agent_id, case_id, kind, form_number, form_date,"
        " media_type, size_bytes, original_sha256, stored_sha256, file_key, exif, device_time,"
        " server_time, body_hash) VALUES (gen_random_uuid(), :branch, :agent, :case, 'car_form',"
        " 'CAR-7', '2026-11-20', 'image/jpeg', 1, '', '', :key, '{}', :now, :now, '') RETURNING id",
        key=sealed(FileKey.new().text),
        branch=field.branch, agent=field.agent, case=field.case.case_id, now=MONDAY_NINE,
    )  # fmt: skip
    assert await forms(field, field.token) == {mine: True}
    assert await forms(field, theirs) == {cards: True}
    assert await missing() == set()


async def test_agents_are_asked_where_the_branch_wants_forms_on_file(field: Field) -> None:
    async def asks() -> bool:
        day = await field.client.get("/v1/agent/day", headers=bearer(field.token))
        return bool(day.json()["door"]["asks_form"])

    assert not await asks()
    await field.ask(
        "INSERT INTO policy (branch_id, key, value, set_at)"
        " VALUES (:branch, 'customer_form', 'true', :now) RETURNING key",
        branch=field.branch, now=MONDAY_NINE,
    )  # fmt: skip
    assert await asks()
