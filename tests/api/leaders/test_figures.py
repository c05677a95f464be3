"""Figures over HTTP: as an answer and as files, of one's own branches, with targets."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass

import httpx
import pytest

from allocation.proposals.sheets.workbook import read
from core.ids import new_id
from data.session import EVERYTHING, Database, rows, run
from identity.principal import Role
from tests.api.conftest import bearer
from tests.collection.figures.scene import TODAY, Lender, a_lender, at
from tests.factories import a_person, a_token
from tests.papers import text_of_pdf

SPAN = {"from": "2026-11-01", "to": "2026-11-30"}


@dataclass
class Office:
    """A lender of which one agent collected 1,234 pesos today, and who asks about it."""

    lender: Lender
    leader: dict[str, str]
    manager: dict[str, str]


@pytest.fixture(scope="module")
async def office(database: Database) -> Office:
    lender = await a_lender(database)
    agent, code, case = lender.cases[0]
    await lender.take(agent, case, 1_234, at(TODAY, 8))
    async with database.transaction(EVERYTHING) as session:
        leader = await a_person(session, lender.branches[lender.head], Role.HEAD_OFFICE)
        manager = await a_person(session, lender.branches[code], Role.BRANCH_MANAGER)
        tokens = [bearer(await a_token(session, who)) for who in (leader, manager)]
        await run(
            session, "UPDATE staff SET full_name = '=1+1' WHERE id = :agent", agent=agent
        )  # fmt: skip
    return Office(lender, *tokens)


async def test_figures_are_told_by_branch_with_what_they_mean(
    client: httpx.AsyncClient, office: Office
) -> None:
    asked = SPAN | {"by": "branch", "figure": ["collected", "collection_efficiency"]}
    answer = await client.get("/v1/figures", params=asked, headers=office.leader)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["currency"], told["by"]) == ("CLP", "branch")
    assert [f["name"] for f in told["figures"]] == ["collected", "collection_efficiency"]
    assert told["total"]["values"]["collected"] == 1_234
    assert told["total"]["values"]["collection_efficiency"] is None  # nothing fell due yet
    north = next(row for row in told["rows"] if row["key"] == office.lender.cases[0][1])
    assert north["values"]["collected"] == 1_234


async def test_a_manager_sees_the_own_branch_and_no_other(
    client: httpx.AsyncClient, office: Office
) -> None:
    own = await client.get("/v1/figures", params=SPAN | {"by": "branch"}, headers=office.manager)
    assert [row["key"] for row in own.json()["rows"]] == [office.lender.cases[0][1]]
    other = await client.get(
        "/v1/figures", params=SPAN | {"branch": office.lender.head}, headers=office.manager
    )
    assert (other.status_code, other.json()["type"]) == (404, "/problems/branch-not-found")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"from": "2020-01-01", "to": "2026-11-01"}, "to"),
        (SPAN | {"figure": "profit"}, "figures"),
        (SPAN | {"by": "moon"}, "by"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    client: httpx.AsyncClient, office: Office, asked: dict[str, str], field: str
) -> None:
    answer = await client.get("/v1/figures", params=asked, headers=office.leader)
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


def width_of_the_first_column(workbook: bytes) -> float:
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r'<col min="1" max="\d+" width="([\d.]+)"', page)
    assert found is not None
    return float(found[1])


async def test_files_hold_the_same_and_no_formula(
    client: httpx.AsyncClient, office: Office
) -> None:
    asked = SPAN | {"by": "agent", "figure": ["collected", "productive_rate"]}
    as_csv = await client.get("/v1/figures.csv", params=asked, headers=office.leader)
    lines = list(csv.reader(io.StringIO(as_csv.text.removeprefix("\ufeff"))))
    assert lines[0] == ["Agent", "Collected (CLP)", "Productive, rate (%)"]
    assert ["'=1+1", "1234", ""] in lines
    assert lines[-1][:2] == ["Total", "1234"]
    as_book = await client.get("/v1/figures.xlsx", params=asked, headers=office.leader)
    assert ["=1+1", "1234"] in [row[:2] for row in read(as_book.content)]
    assert b"<f>" not in as_book.content
    assert width_of_the_first_column(as_book.content) > max(len(line[0]) for line in lines)
    as_pdf = await client.get("/v1/figures.pdf", params=SPAN, headers=office.leader)
    assert as_pdf.headers["content-type"] == "application/pdf"
    assert as_pdf.content.startswith(b"%PDF-")
    # Time is told where the branch is.
    assert "2026-11-23 09:00-03:00" in text_of_pdf(as_pdf.content)
    bad = await client.get("/v1/figures.doc", params=asked, headers=office.leader)
    assert bad.status_code == 422


async def test_targets_are_set_read_changed_and_taken_away(
    client: httpx.AsyncClient, office: Office
) -> None:
    agent, code, _ = office.lender.cases[0]
    items = [
        {"branch": code, "figure": "collected", "amount": 3_000},
        {"branch": code, "agent_id": str(agent), "figure": "visits_done", "amount": 60},
    ]
    for _ in range(2):
        answer = await client.put(
            "/v1/targets/2026-11-01", json={"items": items}, headers=office.manager
        )
        assert [row["amount"] for row in answer.json()["items"]] == [3_000, 60]
    figures = await client.get(
        "/v1/figures", params=SPAN | {"figure": "collected"}, headers=office.manager
    )
    assert figures.json()["total"]["targets"] == {"collected": 3_000}
    items[0]["amount"] = None
    answer = await client.put(
        "/v1/targets/2026-11-01", json={"items": items[:1]}, headers=office.manager
    )
    assert [row["name"] for row in answer.json()["items"]] == ["visits_done"]


@pytest.mark.parametrize(
    ("month", "changed", "status"),
    [
        ("2026-11-02", {}, 422),
        ("2026-11-01", {"figure": "overdue"}, 422),
        ("2026-11-01", {"branch": "NOWHERE"}, 404),
        ("2026-11-01", {"agent_id": str(new_id())}, 422),
        ("2026-11-01", {"amount": -1}, 422),
    ],
)
async def test_a_target_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, office: Office, month: str, changed: dict[str, object], status: int
) -> None:
    item = {"branch": office.lender.cases[0][1], "figure": "collected", "amount": 5} | changed
    answer = await client.put(
        f"/v1/targets/{month}", json={"items": [item]}, headers=office.manager
    )
    assert answer.status_code == status, answer.text


async def test_costs_make_a_cost_per_receipt(client: httpx.AsyncClient, office: Office) -> None:
    item = {"branch": office.lender.cases[0][1], "kind": "wages", "amount_minor": 9_000}
    await client.put("/v1/costs/2026-11-01", json={"items": [item]}, headers=office.manager)
    costs = (await client.get("/v1/costs/2026-11-01", headers=office.manager)).json()["items"]
    assert [(row["name"], row["amount"]) for row in costs] == [("wages", 9_000)]
    asked = SPAN | {"figure": ["cost_per_receipt", "cost_share"]}
    told = (await client.get("/v1/figures", params=asked, headers=office.manager)).json()
    assert told["total"]["values"]["cost_per_receipt"] == 9_000


async def test_rolls_are_empty_before_a_day_has_ended(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    answer = await client.get("/v1/figures/rolls", params=SPAN, headers=office.leader)
    assert answer.json() == {"day": None, "buckets": [], "rolls": []}
    async with database.transaction(EVERYTHING) as session:
        branch = office.lender.branches[office.lender.cases[0][1]]
        await rows(
            session,
            "INSERT INTO ended_day VALUES (:b, '2026-11-20', :at, :at, true) RETURNING day",
            b=branch, at=at(TODAY, 1),
        )  # fmt: skip
        await run(
            session,
            "INSERT INTO bucket_roll VALUES (:b, '2026-11-20', 'P', 'B1', 'B2', 1, 100, 7),"
            " (:b, '2026-11-20', 'P', 'B1', 'X', 1, 300, 0)",
            b=branch,
        )
    told = (await client.get("/v1/figures/rolls", params=SPAN, headers=office.leader)).json()
    assert told["day"] == "2026-11-20"
    assert (told["buckets"][0]["forward"], told["buckets"][0]["normalized"]) == (0.25, 0.75)


async def test_definitions_say_what_each_figure_means(
    client: httpx.AsyncClient, office: Office
) -> None:
    told = (await client.get("/v1/figures/definitions", headers=office.leader)).json()
    assert all(each["words"] for each in told)
    assert {each["name"] for each in told if each["is_level"]} == {
        "overdue", "cases", "cases_late", "in_hand",
    }  # fmt: skip
