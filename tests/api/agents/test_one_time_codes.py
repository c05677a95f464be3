"""A customer's code on cash receipts, from the message to the receipt."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from collection.messages.deliver import deliver
from collection.messages.sender import RecordingSender
from collection.receipts.codes.code import with_check_digit
from collection.receipts.codes.errors import CodeJustSent
from collection.receipts.codes.issue_code import issue_code, issue_codes
from core.ids import new_id
from data.sealed import opened
from data.session import EVERYTHING, Database, rows
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import give_phone


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        await give_phone(session, field.case.customer_id, "+56912345678")
        await session.execute(
            text(
                "INSERT INTO policy (branch_id, key, value, set_at)"
                " VALUES (:branch, 'cash_code', 'true', :now)"
            ),
            {"branch": field.branch, "now": MONDAY_NINE},
        )
    return field


async def the_code(field: Field, at: Any = MONDAY_NINE) -> str:
    """What the customer reads on the phone."""
    async with field.database.transaction(EVERYTHING) as session:
        await issue_code(session, field.case.case_id, at)
        found = await rows(
            session,
            "SELECT id, body FROM message WHERE purpose = 'one_time_code' AND case_id = :case"
            " ORDER BY made_at DESC LIMIT 1",
            case=field.case.case_id,
        )
    sender = RecordingSender()
    await deliver(field.database, sender, found[0].id, at)
    [sent] = sender.kept
    assert sent.to == "+56912345678"
    [kept] = await field.ask("SELECT body FROM message WHERE id = :id", id=found[0].id)
    assert opened(kept.body) == "", "a code is forgotten once it was sent"
    code = re.search(r"\b\d{6}\b", sent.text)
    assert code
    return code[0]


async def test_a_receipt_with_the_customers_code_is_confirmed_once(field: Field) -> None:
    code = await the_code(field)
    id_ = new_id()
    first = await field.pay(20_000, id_, one_time_code=code)
    assert first.json()["flags"] == ["code_confirmed"]
    assert (await field.pay(20_000, id_, one_time_code=code)).json() == first.json()
    again = await field.pay(10_000, one_time_code=code)
    assert again.json()["flags"] == ["code_wrong"], "a code is for one receipt"


async def test_cash_without_a_code_or_with_a_wrong_one_is_taken_and_told(field: Field) -> None:
    code = await the_code(field)
    assert (await field.pay(20_000)).json()["flags"] == ["code_missing"]
    other = with_check_digit(f"{(int(code[:5]) + 1) % 100_000:05d}")
    wrong = await field.pay(20_000, one_time_code=other)
    assert wrong.json()["flags"] == ["code_wrong"]
    [alert] = await field.ask(
        "SELECT title FROM alert WHERE kind = 'cash_code' AND agent_id = :agent", agent=field.agent
    )
    assert alert.title == "Cash was taken with a wrong code"
    assert (await field.pay(1_000, mode="card", mode_reference="A1B2")).json()["flags"] == []


async def test_a_slip_of_the_finger_is_noticed_while_it_can_be_put_right(field: Field) -> None:
    code = await the_code(field)
    slip = code[:5] + str((int(code[5]) + 1) % 10)
    refused = await field.pay(20_000, one_time_code=slip)
    assert refused.json()["errors"][0]["field"] == "one_time_code"
    assert (await field.till())["in_hand"] == 0
    taken = await field.pay(20_000, one_time_code=code)
    assert taken.json()["flags"] == ["code_confirmed"]


async def test_a_code_of_another_day_or_another_customer_is_none(field: Field) -> None:
    code = await the_code(field, MONDAY_NINE - timedelta(days=1))
    assert (await field.pay(20_000, one_time_code=code)).json()["flags"] == ["code_wrong"]


async def test_an_agent_can_have_a_code_sent_and_sees_nothing_of_it(field: Field) -> None:
    path = f"/v1/agent/cases/{field.case.case_id}/one-time-code"
    for _ in range(2):
        asked = await field.client.post(path, headers=bearer(field.token))
        assert asked.status_code == 202, asked.text
    assert asked.json() == {"case_id": str(field.case.case_id)}
    jobs = await field.ask(
        "SELECT FROM procrastinate_jobs WHERE task_name = 'messages.one_time_code'"
        " AND args ->> 'case_id' = :case",
        case=str(field.case.case_id),
    )
    assert len(jobs) == 1, "asked twice at once, one is sent"
    await the_code(field)
    async with field.database.transaction(EVERYTHING) as session:
        with pytest.raises(CodeJustSent):
            await issue_code(session, field.case.case_id, MONDAY_NINE + timedelta(seconds=60))
    unknown = await field.client.post(
        f"/v1/agent/cases/{new_id()}/one-time-code", headers=bearer(field.token)
    )
    assert unknown.status_code == 404


async def test_a_branch_that_asks_for_none_refuses_to_send_one(
    database: Database, client: httpx.AsyncClient
) -> None:
    field = await a_field(database, client)
    refused = await client.post(
        f"/v1/agent/cases/{field.case.case_id}/one-time-code", headers=bearer(field.token)
    )
    assert refused.status_code == 409
    assert (await field.pay(20_000)).json()["flags"] == []


async def test_customers_of_todays_rounds_have_their_codes_before_anybody_comes(
    field: Field,
) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        round_id = new_id()
        await session.execute(text(_ROUND), {
            "round": round_id, "branch": field.branch, "agent": field.agent, "now": MONDAY_NINE,
            "stop": new_id(), "case": field.case.case_id,
        })  # fmt: skip
    early = MONDAY_NINE - timedelta(hours=2)
    assert await issue_codes(field.database, early) == 0, "at seven nobody is woken"
    assert await issue_codes(field.database, MONDAY_NINE) == 1
    assert await issue_codes(field.database, MONDAY_NINE) == 0


_ROUND = """
WITH planned AS (
    INSERT INTO round (id, branch_id, agent_id, day, revision, planned_at, start, begins_at,
                       ends_at, travel_s, distance_m, score, skipped)
    VALUES (:round, :branch, :agent, '2026-11-23', 1, :now, 'SRID=4326;POINT(-71.25 -29.9)', :now,
            :now, 0, 0, 0, '[]')
)
INSERT INTO stop (id, branch_id, round_id, agent_id, seq, case_id, arrives_at, begins_at,
                  departs_at, service_s, travel_s, distance_m, way, reason)
VALUES (:stop, :branch, :round, :agent, 1, :case, :now, :now, :now, 600, 0, 0,
        'SRID=4326;LINESTRING(-71.25 -29.9, -71.26 -29.9)', '{}')
"""
