"""Customers are reminded of their promises once each, in hours in which one may write."""

from datetime import date, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from collection.promises.reminders.remind import remind
from core.ids import new_id
from data.sealed import opened
from data.session import EVERYTHING, Database, rows
from tests.api.cash_field import Field, a_field
from tests.conftest import MONDAY_NINE
from tests.factories import give_phone

SUNDAY = MONDAY_NINE - timedelta(days=1)
TODAY = date(2026, 11, 23)


@pytest.fixture
async def field(own_database: Database, client: httpx.AsyncClient) -> Field:
    field = await a_field(own_database, client)
    async with own_database.transaction(EVERYTHING) as session:
        await give_phone(session, field.case.customer_id, "9 1234 5678")
        await session.execute(
            text(
                "INSERT INTO policy (branch_id, key, value, set_at)"
                " VALUES (:branch, 'promise_message', '\"sms\"', :now)"
            ),
            {"branch": field.branch, "now": MONDAY_NINE},
        )
    return field


async def promised(
    field: Field, due_on: date, made_at: datetime = SUNDAY, state: str = "open", paid: int = 0
) -> UUID:
    id_ = new_id()
    await field.ask(
        "INSERT INTO promise (id, branch_id, agent_id, account_id, case_id, amount_minor, currency,"
        " due_on, made_at, source, state, paid_minor, settled_at, body_hash)"
        " VALUES (:id, :branch, :agent, :account, :case, 20000, 'CLP', :due, :made, 'agent',"
        " :state, :paid, :settled, '') RETURNING 1",
        id=id_, branch=field.branch, agent=field.agent, account=field.case.account_id,
        case=field.case.case_id, due=due_on, made=made_at, state=state, paid=paid,
        settled=None if state == "open" else MONDAY_NINE - timedelta(hours=8),
    )  # fmt: skip
    return id_


async def told(field: Field) -> list[tuple[str, str]]:
    found = await field.ask("SELECT purpose, body FROM message ORDER BY made_at")
    return [(r.purpose, opened(r.body) or "") for r in found]


async def test_a_promise_is_reminded_of_the_day_before_and_on_its_day_once_each(
    field: Field,
) -> None:
    await promised(field, TODAY + timedelta(days=1), paid=5_000)
    assert [await remind(field.database, MONDAY_NINE) for _ in range(2)] == [1, 0]
    tomorrow = MONDAY_NINE + timedelta(days=1)
    assert [await remind(field.database, tomorrow) for _ in range(2)] == [1, 0]
    first, second = await told(field)
    assert (first[0], second[0]) == ("promise_tomorrow", "promise_today")
    assert "$ 15.000" in first[1], "what is left of it"
    assert await remind(field.database, tomorrow + timedelta(days=1)) == 0


async def test_a_broken_promise_is_told_once_on_the_day_it_was_broken(field: Field) -> None:
    await promised(field, TODAY - timedelta(days=1), SUNDAY - timedelta(days=3), "broken")
    assert [await remind(field.database, MONDAY_NINE) for _ in range(2)] == [1, 0]
    [(purpose, body)] = await told(field)
    assert purpose == "promise_broken"
    assert "22 Nov 2026" in body


async def test_of_a_promise_kept_in_part_the_rest_is_told_once(field: Field) -> None:
    day = TODAY - timedelta(days=1)
    await promised(field, day, SUNDAY - timedelta(days=3), "part_kept", paid=5_000)
    assert [await remind(field.database, MONDAY_NINE) for _ in range(2)] == [1, 0]
    [(purpose, body)] = await told(field)
    assert (purpose, "$ 15.000" in body) == ("promise_broken", True)


@pytest.mark.parametrize(
    ("hour", "expected"), [(-3, 0), (-1, 1), (9, 1), (10, 0)], ids=["6 h", "8 h", "18 h", "19 h"]
)
async def test_nobody_is_written_to_outside_contact_hours(
    field: Field, hour: int, expected: int
) -> None:
    await promised(field, TODAY)
    assert await remind(field.database, MONDAY_NINE + timedelta(hours=hour)) == expected


async def test_who_promised_a_moment_ago_was_kept_or_is_left_alone_hears_nothing(
    field: Field,
) -> None:
    id_ = await promised(field, TODAY, MONDAY_NINE - timedelta(minutes=5))
    assert await remind(field.database, MONDAY_NINE) == 0
    async with field.database.transaction(EVERYTHING) as session:
        await rows(
            session, "UPDATE promise SET made_at = :at WHERE id = :id RETURNING 1",
            at=SUNDAY, id=id_,
        )  # fmt: skip
        await rows(
            session,
            "INSERT INTO case_tag (case_id, branch_id, tag, bars_everybody, reason, until, set_at,"
            " set_by) VALUES (:case, :branch, 'dispute', true, 'in court', :until, :at, :by)"
            " RETURNING 1",
            case=field.case.case_id, branch=field.branch, until=TODAY, at=MONDAY_NINE,
            by=field.agent,
        )  # fmt: skip
    assert await remind(field.database, MONDAY_NINE) == 0
    await field.ask("UPDATE case_tag SET until = :day RETURNING 1", day=TODAY - timedelta(days=1))
    await field.ask("UPDATE policy SET value = '\"off\"' RETURNING 1")
    assert await remind(field.database, MONDAY_NINE) == 0
    await field.ask("UPDATE policy SET value = '\"sms\"' RETURNING 1")
    assert await remind(field.database, MONDAY_NINE) == 1
