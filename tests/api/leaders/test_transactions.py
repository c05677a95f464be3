"""Transactions over HTTP: by state, page by page, adding up to what the figures say."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.conftest import bearer
from tests.collection.figures.scene import TODAY, Lender, a_lender, at
from tests.factories import a_person, a_token

SPAN = {"from": "2026-11-22", "to": "2026-11-23"}


@dataclass
class Day:
    """Five receipts of today, of which one is undone, and a leader."""

    lender: Lender
    leader: dict[str, str]


@pytest.fixture(scope="module")
async def day(database: Database) -> Day:
    lender = await a_lender(database)
    agent, _, case = lender.cases[0]
    for n in range(5):
        receipt = await lender.take(agent, case, 100 + n, at(TODAY, 4 + n), mode="upi")
    await lender.undo(receipt, agent, at(TODAY, 9))
    async with database.transaction(EVERYTHING) as session:
        leader = await a_person(session, lender.branches[lender.head], Role.LEADERSHIP)
        return Day(lender, bearer(await a_token(session, leader)))


async def listed(client: httpx.AsyncClient, day: Day, **asked: Any) -> Any:
    answer = await client.get("/v1/transactions", params=SPAN | asked, headers=day.leader)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_all_pages_add_up_to_the_figure(client: httpx.AsyncClient, day: Day) -> None:
    minor, cursor, pages = 0, None, 0
    while pages == 0 or cursor:
        page = await listed(client, day, limit=4, **({"cursor": cursor} if cursor else {}))
        minor += sum(row["amount"]["amount_minor"] for row in page["items"])
        assert (page["totals"] is None) == (pages > 0)
        cursor, pages = page["next_cursor"], pages + 1
    figures = await client.get(
        "/v1/figures", params=SPAN | {"figure": "collected"}, headers=day.leader
    )
    assert (pages, minor) == (2, 100 + 101 + 102 + 103)
    assert figures.json()["total"]["values"]["collected"] == minor


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ({"state": "reversed"}, ["reversal", "receipt"]),
        ({"kind": "reversal"}, ["reversal"]),
        ({"kind": "deposit"}, []),
        ({"state": "passed_on", "mode": "upi"}, ["receipt"] * 4),
        ({"mode": "cash"}, []),
        ({"search": "maría"}, ["reversal"] + ["receipt"] * 5),
        ({"search": "-000003"}, ["receipt"]),
        ({"search": "100% nobody"}, []),
    ],
)
async def test_transactions_are_found_by_what_is_asked(
    client: httpx.AsyncClient, day: Day, asked: dict[str, str], kinds: list[str]
) -> None:
    page = await listed(client, day, **asked)
    assert [row["kind"] for row in page["items"]] == kinds
    assert sum(total["count"] for total in page["totals"] or []) == len(kinds)


async def test_all_that_fit_are_taken_away_as_a_file(
    client: httpx.AsyncClient, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def file(extension: str, **asked: str) -> httpx.Response:
        path = f"/v1/transactions.{extension}"
        return await client.get(path, params=SPAN | asked, headers=day.leader)

    taken = await file("csv", kind="receipt")
    assert taken.headers["Content-Disposition"].endswith('transactions-2026-11-22-2026-11-23.csv"')
    heads, *lines = csv.reader(io.StringIO(taken.text.removeprefix("\ufeff")))
    page = await listed(client, day, kind="receipt")
    assert len(lines) == len(page["items"]) == 5
    first = dict(zip(heads, lines[0], strict=True))
    its = page["items"][0]
    assert (first["What"], first["Number or slip"], first["State"]) == (
        "receipt", its["reference"], its["state"].replace("_", " "),
    )  # fmt: skip
    assert (first["Amount"], first["Currency"]) == ("104", "CLP")
    assert (
        f"{first['Day']}T{first['Time']} {first['Zone']}" == "2026-11-23T08:00:00 America/Santiago"
    )
    book = CalamineWorkbook.from_filelike(
        io.BytesIO((await file("xlsx", state="reversed")).content)
    )
    cells = book.get_sheet_by_name("Transactions").to_python()
    assert [row[3] for row in cells] == ["What", "reversal", "receipt"]
    assert cells[1][10] == -104
    # More than a spreadsheet is good for is refused, not cut.
    monkeypatch.setattr("api.leaders.transactions.MOST_IN_A_FILE", 4)
    refused = await file("csv", kind="receipt")
    assert refused.json()["errors"] == [
        {"field": "from", "expected": "fewer days: a file has at most 4 rows"}
    ]
