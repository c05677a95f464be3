"""What became of cash that counts found missing or over, over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from collection.custody.differences.difference import Cause, Difference, Sort
from collection.custody.differences.store import add_differences
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token

# Half past eleven in the evening of the 20th in Santiago, and the two days after.
FOUND = tuple(datetime(2026, 11, day, 2, 30, tzinfo=UTC) for day in (21, 22, 23))


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    """A branch where 1,000, 2,000 and 3,000 pesos were missing on three days in a row."""
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        finder = await a_person(session, field.branch, Role.CASH_DESK)
        for nth, at in enumerate(FOUND, 1):
            found = [Difference(Sort.SHORTAGE, Cause.COUNT, Money(1000 * nth, "CLP"))]
            await add_differences(session, field.branch, new_id(), field.agent, found, finder, at)
    return field


async def listed(field: Field, query: str = "", token: str | None = None) -> list[Any]:
    answer = await field.client.get(
        f"/v1/cash-differences{query}", headers=bearer(token or field.desk)
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def minors(lines: list[Any]) -> list[int]:
    return [line["amount"]["amount_minor"] for line in lines]


async def settle(field: Field, line: Any, how: str, note: str | None = None) -> Any:
    answer = await field.client.post(
        f"/v1/cash-differences/{line['id']}/settle",
        json={"how": how, "note": note}, headers=bearer(field.desk),
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_is_settled_tells_how_when_by_whom_and_why(field: Field) -> None:
    first, *_ = await listed(field, "?open=true")
    settled = await settle(field, first, "written_off", "A torn note that nobody takes")
    assert await listed(field, "?open=false") == [settled]
    me = (await field.client.get("/v1/me", headers=bearer(field.desk))).json()
    assert (settled["settled_by"], settled["settler"]) == (me["id"], me["name"])
    assert settled["settled_how"] == "written_off"
    assert settled["settled_at"] is not None
    assert settled["note"] == "A torn note that nobody takes"
    open_ones = await listed(field, "?open=true")
    assert minors(open_ones) == [2000, 3000]
    assert {(line["settled_by"], line["settler"]) for line in open_ones} == {(None, None)}


async def test_days_are_those_of_the_branchs_clock_on_which_it_was_found(field: Field) -> None:
    for query, found in (
        ("?since=2026-11-21", [2000, 3000]), ("?until=2026-11-21", [1000, 2000]),
        ("?since=2026-11-20&until=2026-11-20", [1000]), ("?since=2026-11-23", []),
        ("?open=false&since=2026-11-20", []),
    ):  # fmt: skip
        assert minors(await listed(field, query)) == found, query
    refused = await field.client.get(
        "/v1/cash-differences?since=2026-11-22&until=2026-11-21", headers=bearer(field.desk)
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "since"


@pytest.mark.parametrize(("open_", "order"), [("true", [1, 2, 3]), ("false", [3, 2, 1])])
async def test_all_pages_together_are_the_list(field: Field, open_: str, order: list[int]) -> None:
    if open_ == "false":
        for line in await listed(field):
            await settle(field, line, "paid")
    found, behind = [], ""
    while True:
        answer = await field.client.get(
            f"/v1/cash-differences?open={open_}&limit=1{behind}", headers=bearer(field.desk)
        )
        page = answer.json()
        found += minors(page["items"])
        if page["next_cursor"] is None:
            break
        behind = f"&cursor={page['next_cursor']}"
    assert found == [1000 * nth for nth in order]


async def test_another_branch_is_told_of_none_of_them(field: Field) -> None:
    for line in await listed(field):
        await settle(field, line, "paid")
    async with field.database.transaction(EVERYTHING) as session:
        elsewhere: UUID = await a_branch(session)
        token = await a_token(session, await a_person(session, elsewhere, Role.CASH_DESK))
    assert await listed(field, "?open=false", token) == []
