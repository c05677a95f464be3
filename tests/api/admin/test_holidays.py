"""Holidays over HTTP: files, calendars, and what they do to dues."""

from datetime import date

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.center_field import CenterField, a_center_field
from tests.api.conftest import bearer
from tests.factories import a_person, a_token

FILE = "calendar,day,name\nCL,2026-11-24,Aniversario\n"


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> CenterField:
    return await a_center_field(database, client)


@pytest.fixture
async def admin(field: CenterField) -> str:
    async with field.database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, field.branch, Role.ADMIN))


async def send(field: CenterField, admin: str, content: str) -> httpx.Response:
    path = f"/v1/branches/{field.code}/holidays"
    return await field.client.post(path, content=content, headers=bearer(admin))


async def test_a_file_of_holidays_moves_dues_to_the_day_before(
    field: CenterField, admin: str
) -> None:
    """Tuesday becomes a holiday: its dues can be paid on Monday, and are late on Thursday."""
    await field.do(
        "UPDATE demand SET due_on = '2026-11-24' WHERE account_id = :a",
        a=field.members[0].account_id,
    )
    assert (await send(field, admin, FILE)).json() == {"read": 1, "declared": 1}
    assert (await send(field, admin, FILE)).json() == {"read": 1, "declared": 0}
    [due] = (await field.get("/v1/agent/advance-dues")).json()
    assert (due["due_on"], due["counts_from"]) == ("2026-11-24", "2026-11-25")
    assert due["amount"]["amount_minor"] == 50_000
    for on, expected in (
        (date(2026, 11, 23), (150_000, 50_000)),
        (date(2026, 11, 24), (150_000, 0)),
        (date(2026, 11, 25), (200_000, 0)),
    ):
        amounts = (await field.sheet(on=on))["amounts"]
        assert (amounts["due"]["amount_minor"], amounts["advance"]["amount_minor"]) == expected
    # Paid in advance it is paid, and nothing is late.
    made = (await field.submit(field.body(field.paid(0)))).json()
    assert made["receipts"][0]["outstanding"]["amount_minor"] == 0
    assert (await field.get("/v1/agent/advance-dues")).json() == []


async def test_where_dues_shift_nothing_is_offered_before(field: CenterField, admin: str) -> None:
    await field.do(
        "INSERT INTO policy (branch_id, key, value, set_at)"
        " VALUES (:b, 'holiday_dues', '\"shift\"', '2026-11-23')",
        b=field.branch,
    )
    await field.do(
        "UPDATE demand SET due_on = '2026-11-24' WHERE account_id = :a",
        a=field.members[0].account_id,
    )
    await send(field, admin, FILE)
    assert (await field.get("/v1/agent/advance-dues")).json() == []
    amounts = (await field.sheet())["amounts"]
    assert (amounts["due"]["amount_minor"], amounts["advance"]["amount_minor"]) == (150_000, 0)


async def test_a_day_that_is_declared_counts_at_once_for_what_falls_due_after_today(
    field: CenterField, admin: str
) -> None:
    """What falls due tomorrow can be asked for today only; today's own dues stay as they are."""
    for member, due_on in ((0, "2026-11-24"), (1, "2026-11-23")):
        await field.do(
            "UPDATE demand SET due_on = CAST(:on AS date) WHERE account_id = :a",
            a=field.members[member].account_id,
            on=date.fromisoformat(due_on),
        )

    async def declare(day: str, kind: str) -> None:
        body = {"branch": field.code, "calendar": "CL", "day": day, "name": "Paro", "kind": kind}
        answer = await field.client.post("/v1/contact-holidays", json=body, headers=bearer(admin))
        assert answer.status_code == 201, answer.text

    async def offered() -> list[tuple[str, str]]:
        dues = (await field.get("/v1/agent/advance-dues")).json()
        return [(due["due_on"], due["counts_from"]) for due in dues]

    assert await offered() == []
    await declare("2026-11-24", "branch")
    assert await offered() == [("2026-11-24", "2026-11-25")]
    await declare("2026-11-25", "branch")
    assert await offered() == [("2026-11-24", "2026-11-26")]
    await declare("2026-11-24", "working_day")
    await declare("2026-11-23", "branch")
    assert await offered() == []
    shifted = "SELECT FROM demand WHERE branch_id = :b AND shifted_to IS NOT NULL"
    assert await field.ask(shifted, b=field.branch) == []


async def test_one_wrong_row_undoes_the_file(field: CenterField, admin: str) -> None:
    answer = await send(field, admin, FILE + "XX,2026-11-25,Nowhere\n")
    assert answer.status_code == 422
    assert "line 3, calendar" in answer.text
    assert await field.ask("SELECT FROM holiday WHERE branch_id = :b", b=field.branch) == []


async def test_a_branch_goes_by_the_calendar_of_its_part_of_the_country(
    field: CenterField, admin: str
) -> None:
    path = f"/v1/branches/{field.code}/holiday-calendar"
    assert (await field.put(path, {"calendar": "CL-XX"}, admin)).status_code == 422
    assert (await field.put(path, {"calendar": "CL-AP"}, admin)).status_code == 204
    [row] = await field.ask(
        "SELECT calendar FROM branch_calendar WHERE branch_id = :b", b=field.branch
    )
    assert row.calendar == "CL-AP"
    assert (await field.put(path, {"calendar": None}, admin)).status_code == 204
