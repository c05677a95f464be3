"""Files that go out: each record once, whoever asks; answered line by line, and sent again."""

import asyncio
import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from collection.exports.make_file import make_all_files, make_file
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token, branch_code

LATER = MONDAY_NINE + timedelta(hours=12)
HEAD = "file,line,state,reference,reason\n"


@dataclass
class Desk:
    """A field with a target for core banking, and the desk that looks after it."""

    field: Field
    branch: str
    target: UUID
    other_cashier: dict[str, str]

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.field.client.request(
            method, f"/v1/{path}", headers=bearer(self.field.desk), **more
        )

    async def open(self, kind: str, code: str, since: str = "2026-11-01") -> UUID:
        id_ = new_id()
        body = {"kind": kind, "code": code, "branch": self.branch, "since": since}
        answer = await self.ask("PUT", f"export-targets/{id_}", json=body)
        assert answer.status_code == 200, answer.text
        return id_

    async def make(self, target: UUID | None = None) -> Any:
        answer = await self.ask("POST", f"export-targets/{target or self.target}/files")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def content(self, file_id: str) -> list[list[str]]:
        answer = await self.ask("GET", f"export-files/{file_id}/content")
        return list(csv.reader(io.StringIO(answer.text, newline="")))

    async def answer(self, *lines: str) -> Any:
        answer = await self.ask(
            "POST", f"export-targets/{self.target}/answers",
            content=(HEAD + "".join(f"{line}\n" for line in lines)).encode(),
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def states(self) -> list[tuple[int, int, str, int]]:
        found = (await self.ask("GET", f"export-targets/{self.target}/lines")).json()["items"]
        return [(line["number"], line["line"], line["state"], line["attempt"]) for line in found]

    async def undo(self, receipt: UUID) -> None:
        reversal = new_id()
        asked = await self.ask(
            "PUT", f"receipt-reversals/{reversal}",
            json={"receipt_id": str(receipt), "reason": "Typed twice"},
        )  # fmt: skip
        assert asked.status_code == 200, asked.text
        done = await self.field.client.post(
            f"/v1/receipt-reversals/{reversal}/approve", headers=self.other_cashier
        )
        assert done.status_code == 200, done.text


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
        other = await a_person(session, field.branch, Role.CASH_DESK)
        token = bearer(await a_token(session, other))
    desk = Desk(field, code, new_id(), token)
    desk.target = await desk.open("lms", f"core-{code.lower()}")
    return desk


async def test_what_was_taken_goes_out_once_and_what_is_undone_goes_behind_it(desk: Desk) -> None:
    receipt = new_id()
    assert (await desk.field.pay(2_000, receipt)).is_success
    assert (await desk.field.pay(3_000)).is_success
    made = await desk.make()
    assert (made["number"], made["records"]) == (1, 2)
    assert made["totals"] == [{"currency": "CLP", "records": 2, "amount_minor": 5_000}]
    assert await desk.make() is None
    await desk.undo(receipt)
    again = await desk.make()
    assert (again["number"], again["totals"][0]["amount_minor"]) == (2, -2_000)
    line = (await desk.content(again["id"]))[2]
    assert (line[2], line[-1]) == ("receipt_reversal", str(receipt))
    # Taken and undone between two files: both go, in this order.
    both = new_id()
    await desk.field.pay(700, both)
    await desk.undo(both)
    third = await desk.make()
    told = await desk.content(third["id"])
    assert [row[2] for row in told if row[0] == "D"] == ["receipt", "receipt_reversal"]
    assert third["totals"][0]["amount_minor"] == 0


async def test_two_at_once_make_one_file_and_a_crash_makes_none(
    desk: Desk, database: Database
) -> None:
    for n in range(3):
        await desk.field.pay(100 + n)

    async def once() -> Any:
        async with database.transaction(EVERYTHING) as session:
            return await make_file(session, desk.target, LATER)

    class Crash(Exception):
        pass

    async def crashing() -> None:
        async with database.transaction(EVERYTHING) as session:
            assert await make_file(session, desk.target, LATER) is not None
            raise Crash

    with pytest.raises(Crash):
        await crashing()
    made = [file for file in await asyncio.gather(*(once() for _ in range(4))) if file]
    assert [(file.number, file.records) for file in made] == [(1, 3)]
    async with database.transaction(EVERYTHING) as session:
        await desk.field.pay(1)
        few = await make_file(session, desk.target, LATER, most=1)
    assert few is not None
    assert few.number == 2
    mine = [file for file in await make_all_files(database, LATER) if file.id == few.id]
    assert mine == []


async def test_answers_are_taken_line_by_line_and_rejected_ones_go_again(desk: Desk) -> None:
    receipt = new_id()
    for id_ in (receipt, new_id(), new_id()):
        await desk.field.pay(500, id_)
    file = await desk.make()
    taken = await desk.answer(
        "1,1,rejected,,unknown account", "1,2,acknowledged,TX-1,", "9,1,acknowledged,,"
    )
    assert (taken["answered"], taken["unchanged"]) == (2, 0)
    assert [(p["number"], p["line"]) for p in taken["problems"]] == [(9, 1)]
    same = await desk.answer("1,1,rejected,,unknown account", "1,2,acknowledged,TX-1,")
    assert (same["answered"], same["unchanged"], same["problems"]) == (0, 2, [])
    other = await desk.answer("1,2,rejected,,too late")
    assert other["problems"][0]["expected"] == "a line that was sent; it is acknowledged"
    assert await desk.states() == [
        (1, 1, "rejected", 1), (1, 2, "acknowledged", 1), (1, 3, "sent", 1),
    ]  # fmt: skip
    # Nothing goes by itself; a reversal of what was rejected waits for it.
    await desk.undo(receipt)
    assert await desk.make() is None
    refused = await desk.ask("POST", f"export-files/{file['id']}/lines/2/resend")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-rejected")
    for _ in range(2):
        again = await desk.ask("POST", f"export-files/{file['id']}/lines/1/resend")
        assert again.status_code == 204
    second = await desk.make()
    told = [row[2:5:2] for row in await desk.content(second["id"]) if row[0] == "D"]
    assert told == [["receipt", "2"], ["receipt_reversal", "1"]]
    assert await desk.make() is None


async def test_deposits_and_the_journal_go_to_others(desk: Desk) -> None:
    code = desk.branch.lower()
    bank, books = await desk.open("bank", f"bank-{code}"), await desk.open("journal", f"gl-{code}")
    await desk.field.pay(4_000)
    assert (await desk.field.deposit(3_000)).is_success
    [row] = [r for r in await desk.content((await desk.make(bank))["id"]) if r[0] == "D"]
    assert (row[2], row[5], row[10]) == ("deposit", "3000", "branch")
    told = await desk.content((await desk.make(books))["id"])
    entries = [dict(zip(told[1], r, strict=True)) for r in told if r[0] == "D"]
    assert len({e["id"] for e in entries}) == 2
    for id_ in {e["id"] for e in entries}:
        of_one = [e for e in entries if e["id"] == id_]
        assert sum(int(e["debit_minor"]) - int(e["credit_minor"]) for e in of_one) == 0
    assert told[-2] == ["C", "CLP", "2", "7000"]


async def test_a_target_is_opened_once_begins_when_told_and_ends(desk: Desk) -> None:
    body = {"kind": "lms", "code": f"x-{desk.branch.lower()}", "branch": desk.branch,
            "since": "2026-11-24"}  # fmt: skip
    id_ = new_id()
    for _ in range(2):
        assert (await desk.ask("PUT", f"export-targets/{id_}", json=body)).status_code == 200
    taken = await desk.ask("PUT", f"export-targets/{new_id()}", json=body)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/export-target-taken")
    await desk.field.pay(10)
    assert await desk.make(id_) is None  # older than what it is to get
    assert (await desk.ask("POST", f"export-targets/{desk.target}/close")).json()["closed_at"]
    assert await desk.make() is None
    listed = (await desk.ask("GET", "export-targets")).json()["items"]
    assert {one["id"] for one in listed} == {str(id_), str(desk.target)}


@pytest.mark.parametrize(
    "path",
    ["export-targets/{}/files", "export-targets/{}/answers", "export-files/{}/lines/1/resend"],
)
async def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    answer = await desk.ask("POST", path.format(new_id()), content=HEAD.encode())
    assert answer.status_code == 404
