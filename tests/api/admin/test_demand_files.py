"""Uploading demand files, and employing the agents who work them."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import PASSWORD, a_branch, a_person, a_token, branch_code


@dataclass
class Office:
    """A branch's administrator."""

    client: httpx.AsyncClient
    token: str
    code: str

    async def upload(self, content: bytes, **fields: Any) -> httpx.Response:
        return await self.client.post(
            "/v1/demand-files",
            files={"file": ("monday.csv", content, "text/csv")},
            data=fields,
            headers=bearer(self.token),
        )

    def csv(self, *amounts: str) -> bytes:
        header = "branch_code,customer_id,customer_name,loan_account_no,address,due_date,total_due"
        lines = [
            f"{self.code},{self.code}C{n},Rosa,{self.code}L{n},Larga {n},2026-11-01,{amount}"
            for n, amount in enumerate(amounts)
        ]
        return "\n".join([header, *lines, ""]).encode()


@pytest.fixture
async def office(database: Database, client: httpx.AsyncClient) -> Office:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        token = await a_token(session, await a_person(session, branch, Role.ADMIN))
        return Office(client, token, await branch_code(session, branch))


async def test_an_upload_tells_what_was_loaded_and_what_was_not(office: Office) -> None:
    answer = await office.upload(office.csv("45000", "much"), business_date="2026-11-22")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["rows_read"], report["rows_loaded"]) == (2, 1)
    assert (report["file_name"], report["business_date"]) == ("monday.csv", "2026-11-22")
    assert report["total_due"] == {"amount_minor": 45_000, "currency": "CLP"}
    [problem] = report["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (3, "total_due", "much")
    assert [u["address"] for u in report["unplaced"]] == ["Larga 0"]


async def test_the_day_is_today_where_none_is_given_and_a_repeat_is_safe(office: Office) -> None:
    first = (await office.upload(office.csv("45000"))).json()
    assert (first["business_date"], first["already_imported"]) == ("2026-11-23", False)
    again = (await office.upload(office.csv("45000"))).json()
    assert again == first | {"already_imported": True}


@pytest.mark.parametrize(
    ("content", "fields", "status", "named"),
    [
        (b"", {}, 422, "unreadable-demand-file"),
        (b"a,b\n1,2\n", {}, 422, "missing-columns"),
        (b"a,b\n1,2\n", {"business_date": "23/11/2026"}, 422, "business_date"),
    ],
)
async def test_a_file_that_cannot_be_used_is_said_so(
    office: Office, content: bytes, fields: dict[str, str], status: int, named: str
) -> None:
    answer = await office.upload(content, **fields)
    assert answer.status_code == status, answer.text
    assert named in answer.text


async def test_dates_that_could_be_meant_two_ways_are_asked_about(
    office: Office, database: Database
) -> None:
    content = office.csv("45000", "45000").replace(b"2026-11-01", b"01/11/2026")
    asked = await office.upload(content)
    assert (asked.status_code, asked.json()["type"]) == (422, "/problems/unclear-dates")
    assert (asked.json()["day_first"], asked.json()["month_first"]) == ("2026-11-01", "2026-01-11")
    wrong = await office.upload(content, dates="dd/mm/yyyy")
    assert wrong.json()["errors"] == [
        {"field": "dates", "expected": "one of day_first, month_first"}
    ]
    report = (await office.upload(content, dates="day_first")).json()
    assert (report["rows_loaded"], report["dates"]) == (2, "day_first")
    async with database.transaction(EVERYTHING) as session:
        due = await rows(
            session,
            "SELECT DISTINCT due_on FROM demand d JOIN branch b ON b.id = d.branch_id"
            " WHERE b.code = :code",
            code=office.code,
        )
    assert [str(one.due_on) for one in due] == ["2026-11-01"]


async def test_a_file_that_makes_its_dates_clear_is_asked_nothing(office: Office) -> None:
    content = office.csv("45000", "45000").replace(b"2026-11-01", b"30.10.2026", 1)
    report = (await office.upload(content.replace(b"2026-11-01", b"01.11.2026"))).json()
    assert (report["rows_loaded"], report["dates"]) == (2, "day_first")
    plain = (await office.upload(office.csv("46000"))).json()
    assert (plain["rows_loaded"], plain["dates"]) == (1, None)


async def test_without_a_file_the_field_is_named(office: Office) -> None:
    answer = await office.client.post("/v1/demand-files", headers=bearer(office.token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"


async def test_more_than_fifty_megabytes_are_refused_before_they_are_read(office: Office) -> None:
    headers = bearer(office.token) | {"Content-Length": str(60 * 1024 * 1024)}
    answer = await office.client.post("/v1/demand-files", content=b"x", headers=headers)
    assert answer.status_code == 422
    assert "50 MB" in answer.text


async def test_a_new_agent_gets_a_till_in_the_branchs_currency(office: Office) -> None:
    body = {
        "branch_code": office.code,
        "role": "agent",
        "full_name": "Diego Soto",
        "username": f"diego.{office.code}",
        "password": PASSWORD,
        "agent": {"home": {"lat": -29.9, "lon": -71.25}, "cash_limit_minor": 300_000},
    }
    answer = await office.client.post("/v1/staff", json=body, headers=bearer(office.token))
    assert answer.status_code == 201, answer.text
    sign_in = {"username": body["username"], "password": PASSWORD}
    token = (await office.client.post("/v1/sign-in", json=sign_in)).json()["token"]
    till = (await office.client.get("/v1/agent/till", headers=bearer(token))).json()
    assert till["headroom"] == {"amount_minor": 300_000, "currency": "CLP"}


async def test_a_dry_run_tells_all_and_leaves_nothing(office: Office) -> None:
    content = office.csv("45000", "much")
    tried = (await office.upload(content, dry_run="true")).json()
    assert (tried["dry_run"], tried["rows_loaded"], len(tried["problems"])) == (True, 1, 1)
    again = (await office.upload(content, dry_run="true")).json()
    assert (again["already_imported"], again["rows_loaded"]) == (False, 1)
    done = (await office.upload(content)).json()
    assert (done["dry_run"], done["already_imported"], done["rows_loaded"]) == (False, False, 1)
    listed = (await office.client.get("/v1/demand-files", headers=bearer(office.token))).json()
    (line,) = listed["items"]
    assert (line["file_name"], line["rows_loaded"], line["problems"]) == ("monday.csv", 1, 1)


async def test_columns_that_nobody_knows_are_told_by_their_names(office: Office) -> None:
    content = (
        office.csv("45000").replace(b"customer_name", b"Nombre").replace(b"total_due", b"Saldo")
    )
    refused = await office.upload(content)
    assert refused.json()["type"] == "/problems/missing-columns"
    columns = {"customer_name": "Nombre", "total_due": "Saldo"}
    done = (await office.upload(content, columns=json.dumps(columns))).json()
    assert (done["rows_loaded"], done["total_due"]["amount_minor"]) == (1, 45_000)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"columns": "[]"}, "columns"),
        ({"columns": '{"customer_name": 7}'}, "columns"),
        ({"columns": '{"customer_name": "Nombre"}'}, "columns.customer_name"),
        ({"columns": '{"shoe_size": "address"}'}, "columns.shoe_size"),
        ({"dry_run": "perhaps"}, "dry_run"),
    ],
)
async def test_a_part_that_cannot_be_used_is_named(
    office: Office, parts: dict[str, str], field: str
) -> None:
    answer = await office.upload(office.csv("45000"), **parts)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_refused_row_is_corrected_and_taken_in_and_the_cell_is_kept(
    office: Office, database: Database
) -> None:
    content = office.csv("45000", "much")
    assert (await office.upload(content)).json()["rows_loaded"] == 1
    right = json.dumps([{"line": 3, "column": "total_due", "value": " 7000 "}])
    tried = (await office.upload(content, corrections=right, dry_run="true")).json()
    assert (tried["rows_loaded"], tried["problems"], tried["already_imported"]) == (2, [], False)
    done = (await office.upload(content, corrections=right)).json()
    assert (done["rows_loaded"], done["total_due"]["amount_minor"]) == (2, 52_000)
    again = (await office.upload(content, corrections=right)).json()
    assert again["already_imported"]
    listed = await office.client.get("/v1/demand-files", headers=bearer(office.token))
    assert [line["corrected"] for line in listed.json()["items"]] == [1, 0]
    async with database.transaction(EVERYTHING) as session:
        stored = await rows(
            session,
            "SELECT i.corrected FROM demand_file_import i JOIN branch b ON b.id = i.branch_id"
            " WHERE b.code = :code ORDER BY i.id DESC",
            code=office.code,
        )
    # The value itself is nowhere but in the demand: it may be somebody's number.
    assert stored[0].corrected == [{"line": 3, "column": "total_due"}]


@pytest.mark.parametrize(
    "corrections",
    [
        "x",
        "{}",
        '[{"line": 3}]',
        '[{"line": 1, "column": "total_due", "value": "1"}]',
        '[{"line": 9, "column": "total_due", "value": "1"}]',
        '[{"line": 2, "column": "mobile", "value": "1"}]',
        '[{"line": 2, "column": "total_due", "value": "\\u0000"}]',
        json.dumps([{"line": 2, "column": "total_due", "value": "1"}] * 1_001),
    ],
)
async def test_a_correction_of_no_cell_is_refused(office: Office, corrections: str) -> None:
    refused = await office.upload(office.csv("45000"), corrections=corrections)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == "corrections"


async def _take_back(office: Office, file_id: str, because: str = "last month's") -> httpx.Response:
    return await office.client.post(
        f"/v1/demand-files/{file_id}/take-back",
        json={"because": because},
        headers=bearer(office.token),
    )


async def _files(office: Office) -> list[dict[str, Any]]:
    listed = await office.client.get("/v1/demand-files", headers=bearer(office.token))
    return list(listed.json()["items"])


async def _cases(office: Office, database: Database) -> list[Any]:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT c.id, c.overdue_minor, c.closure, count(d.id) AS demands FROM case_file c"
            " JOIN branch b ON b.id = c.branch_id LEFT JOIN demand d ON d.account_id = c.account_id"
            " JOIN account a ON a.id = c.account_id"
            " WHERE b.code = :code GROUP BY c.id, a.source_ref ORDER BY a.source_ref",
            code=office.code,
        )
    return list(found)


async def test_a_file_taken_in_by_mistake_is_taken_back_and_may_come_again(
    office: Office, database: Database
) -> None:
    assert (await office.upload(office.csv("45000", "7000"))).status_code == 200
    [file] = await _files(office)
    assert (file["is_kept"], file["taken_back_at"]) == (True, None)
    assert (await _take_back(office, file["id"], " ")).json()["errors"][0]["field"] == "because"
    answer = await _take_back(office, file["id"])
    assert answer.status_code == 204, answer.text
    found = await _cases(office, database)
    assert [(c.overdue_minor, c.closure, c.demands) for c in found] == [(0, "reinstated", 0)] * 2
    [file] = await _files(office)
    assert (file["is_kept"], file["taken_back_because"]) == (False, "last month's")
    assert (file["taken_back_by"], bool(file["taken_back_at"])) == ("Sofía Rojas", True)
    again = await _take_back(office, file["id"])
    assert (again.status_code, again.json()["type"]) == (409, "/problems/demand-file-taken-back")
    # The same bytes are news, and what closed is worked again.
    report = (await office.upload(office.csv("45000", "7000"))).json()
    assert (report["already_imported"], report["rows_loaded"]) == (False, 2)
    found = await _cases(office, database)
    assert [(c.overdue_minor, c.closure, c.demands) for c in found] == [
        (45_000, None, 1), (7_000, None, 1),
    ]  # fmt: skip


async def test_a_file_that_somebody_has_acted_on_is_not_taken_back(
    office: Office, database: Database
) -> None:
    await office.upload(office.csv("45000", "7000"))
    await office.upload(office.csv("45000", "8000"))
    second, first = await _files(office)
    refused = await _take_back(office, first["id"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/acted-upon")
    assert refused.json()["in_the_way"] == ["“monday.csv” tells of 2 of its accounts, too"]
    assert (await _take_back(office, second["id"])).status_code == 204
    [_, case] = await _cases(office, database)
    assert (case.overdue_minor, case.closure) == (7_000, None)
    paid = await office.client.put(
        f"/v1/cash/receipts/{new_id()}",
        json={
            "case_id": str(case.id), "amount": {"amount_minor": 7_000, "currency": "CLP"},
            "mode": "cash", "denominations": [{"face_minor": 1_000, "count": 7}],
        },
        headers=bearer(office.token),
    )  # fmt: skip
    assert paid.status_code == 200, paid.text
    refused = await _take_back(office, first["id"])
    [told] = refused.json()["in_the_way"]
    assert told.replace("\N{NO-BREAK SPACE}", " ") == "Rosa paid CLP 7,000 on 2026-11-23"
    assert "One thing stands in the way: Rosa paid" in refused.json()["detail"]
    [_, case] = await _cases(office, database)
    assert case.demands == 1


async def test_what_a_file_has_changed_is_kept_for_some_days(
    office: Office, database: Database
) -> None:
    await office.upload(office.csv("45000"))
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "DELETE FROM demand_file_change x USING branch b WHERE b.id = x.branch_id"
            " AND b.code = :code RETURNING 1",
            code=office.code,
        )
    [file] = await _files(office)
    assert not file["is_kept"]
    refused = await _take_back(office, file["id"])
    assert (refused.status_code, refused.json()["kept_days"]) == (409, 4)
