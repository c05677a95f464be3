"""Owners out to a spreadsheet and back as a proposal."""

import asyncio
import io
from typing import Any
from uuid import UUID

import httpx
import pytest
import xlsxwriter
from sqlalchemy import insert, update

from allocation.proposals.sheets.workbook import Sheet, read, written
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.allocation import Center
from data.tables.collection import Customer
from tests.api.allocation.test_owners import Office, give, office, owner
from tests.api.conftest import bearer

__all__ = ["office"]


async def sheet(client: httpx.AsyncClient, office: Office) -> list[list[str]]:
    path = f"/v1/branches/{office.code}/assignments.xlsx"
    answer = await client.get(path, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    return read(answer.content)


def wanting(cells: list[list[str]], wishes: dict[UUID, dict[str, str]]) -> bytes:
    """The sheet as a manager sends it back."""
    head, *lines = cells
    for line in lines:
        for column, value in wishes.get(UUID(line[0]), {}).items():
            line[head.index(column)] = value
    return written([Sheet("Cases", tuple((name, 10) for name in head), lines)])


async def send(client: httpx.AsyncClient, office: Office, content: bytes) -> httpx.Response:
    path = f"/v1/branches/{office.code}/assignment-proposals"
    files = {"file": ("monday.xlsx", content)}
    return await client.post(path, files=files, headers=bearer(office.token))


async def settle(
    client: httpx.AsyncClient, office: Office, proposal: str, what: str, **body: Any
) -> httpx.Response:
    path = f"/v1/assignment-proposals/{proposal}/{what}"
    return await client.post(path, json=body, headers=bearer(office.token))


async def username(database: Database, agent: UUID) -> str:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=agent)
    name: str = found[0].username
    return name


@pytest.fixture
async def ben(database: Database, office: Office) -> str:
    return await username(database, office.ben)


async def test_a_sheet_comes_back_as_a_proposal_that_changes_nothing_until_it_is_published(
    client: httpx.AsyncClient, office: Office, database: Database, ben: str
) -> None:
    wish = {"new_agent": ben, "reason": "nearer", "pin": "yes", "pin_until": "2026-12-31"}
    content = wanting(await sheet(client, office), {office.ids[0]: wish})
    answer = await send(client, office, content)
    assert answer.status_code == 201, answer.text
    proposal = answer.json()
    assert (proposal["state"], proposal["rows_read"], proposal["problems"]) == ("open", 3, [])
    (change,) = proposal["changes"]
    assert (change["to_agent"], change["case_id"]) == (ben, str(office.ids[0]))
    assert change["pin_until"] == "2027-01-01T02:59:59Z"
    assert await owner(database, office.ids[0]) == office.ana
    for _ in range(2):
        done = await settle(client, office, proposal["id"], "publish")
        assert done.status_code == 200, done.text
        assert (done.json()["proposal"]["state"], done.json()["left_out"]) == ("published", [])
    assert await owner(database, office.ids[0]) == office.ben
    assert await owner(database, office.ids[1]) == office.ana
    assert (await settle(client, office, proposal["id"], "discard")).status_code == 409


async def test_rows_that_cannot_be_are_told_with_what_would_be_right(
    client: httpx.AsyncClient, office: Office, ben: str
) -> None:
    cells = await sheet(client, office)
    row_of = {UUID(line[0]): row for row, line in enumerate(cells[1:], 2)}
    first, second, third = office.ids
    far = {"new_agent": "nobody.knows", "reason": "x"}
    wishes = {first: far, second: {"new_agent": ben}, third: {"new_agent": ben, "reason": "ok"}}
    proposal = (await send(client, office, wanting(cells, wishes))).json()
    assert [change["case_id"] for change in proposal["changes"]] == [str(third)]
    told = {problem["row"]: problem for problem in proposal["problems"]}
    assert told[row_of[first]]["column"] == "new_agent"
    assert told[row_of[first]]["expected"].startswith("the username of an agent")
    assert told[row_of[second]]["column"] == "reason"


async def test_a_row_whose_case_changed_hands_before_the_sheet_came_back_is_refused(
    client: httpx.AsyncClient, office: Office, ben: str
) -> None:
    wish = {"new_agent": "-", "reason": "ends"}
    content = wanting(await sheet(client, office), {office.ids[0]: wish})
    await give(client, office, office.ids[0], office.ben)
    proposal = (await send(client, office, content)).json()
    assert proposal["changes"] == []
    (problem,) = proposal["problems"]
    assert (problem["column"], "given the case away" in problem["expected"]) == ("agent", True)


async def test_a_proposal_that_was_overtaken_changes_nothing_and_names_the_rows(
    client: httpx.AsyncClient, office: Office, database: Database, ben: str
) -> None:
    wish = {"new_agent": ben, "reason": "nearer"}
    first, second, _ = office.ids
    cells = await sheet(client, office)
    row = next(n for n, line in enumerate(cells[1:], 2) if line[0] == str(first))
    proposal = (await send(client, office, wanting(cells, {first: wish, second: wish}))).json()
    assert len(proposal["changes"]) == 2
    await give(client, office, first, None)
    refused = await settle(client, office, proposal["id"], "publish")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/proposal-overtaken"
    assert [each["row"] for each in refused.json()["rows"]] == [row]
    assert await owner(database, second) == office.ana
    done = await settle(client, office, proposal["id"], "publish", skip_overtaken=True)
    assert [no["case_id"] for no in done.json()["left_out"]] == [str(first)]
    assert await owner(database, first) is None
    assert await owner(database, second) == office.ben


async def test_two_managers_who_publish_at_once_do_not_overwrite_each_other(
    client: httpx.AsyncClient, office: Office, database: Database, ben: str
) -> None:
    cells = await sheet(client, office)
    case = office.ids[0]
    to_ben = wanting([list(line) for line in cells], {case: {"new_agent": ben, "reason": "a"}})
    to_nobody = wanting([list(line) for line in cells], {case: {"new_agent": "-", "reason": "b"}})
    made = [(await send(client, office, content)).json()["id"] for content in (to_ben, to_nobody)]
    answers = await asyncio.gather(*(settle(client, office, id_, "publish") for id_ in made))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won = answers[0].status_code == 200
    assert await owner(database, case) == (office.ben if won else None)


async def test_members_of_a_center_come_along(
    client: httpx.AsyncClient, office: Office, database: Database, ben: str
) -> None:
    center = new_id()
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Center).values(id=center, branch_id=office.branch, code="C1", name="Market")
        )
        members = [case.customer_id for case in office.cases[:2]]
        await session.execute(
            update(Customer).where(Customer.id.in_(members)).values(center_id=center)
        )
    wish = {"new_agent": ben, "reason": "nearer"}
    content = wanting(await sheet(client, office), {office.ids[0]: wish})
    proposal = (await send(client, office, content)).json()
    assert {c["case_id"] for c in proposal["changes"]} == {str(i) for i in office.ids[:2]}
    assert sum(change["row"] is None for change in proposal["changes"]) == 1
    assert (await settle(client, office, proposal["id"], "publish")).status_code == 200
    assert await owner(database, office.ids[1]) == office.ben


async def test_what_is_no_workbook_is_refused_and_strangers_find_nothing(
    client: httpx.AsyncClient, office: Office
) -> None:
    answer = await send(client, office, b"case_id,agent")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"
    path = f"/v1/branches/{office.code}/assignment-proposals"
    empty = await client.post(path, headers=bearer(office.token))
    assert empty.status_code == 422
    for what in ("publish", "discard"):
        assert (await settle(client, office, str(new_id()), what)).status_code == 404
    found = await client.get(f"/v1/assignment-proposals/{new_id()}", headers=bearer(office.token))
    assert found.status_code == 404


async def test_a_workbook_that_would_take_all_memory_ends_nobody_else(
    client: httpx.AsyncClient, office: Office
) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "case_id")
        page.write_string(1_048_575, 16_383, "half a terabyte in between")
    assert len(target.getvalue()) < 10_000
    refused = await send(client, office, target.getvalue())
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "file")
    assert "it takes too much to read" in refused.json()["detail"]
