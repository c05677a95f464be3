"""Six hundred people from a file, over HTTP."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.codes import codes_of_pdf
from tests.factories import PASSWORD, a_branch, a_person, a_token, branch_code

BAD = {7: ",bad-1,agent,{b},,0", 99: "Ana,bad 2,agent,{b},,0", 250: "Ana,bad-3,chief,{b},,0",
       400: "Ana,bad-4,agent,NOWHERE,,0", 599: "Ana,p-1,agent,{b},,0"}  # fmt: skip


@dataclass
class Scene:
    """A branch, its administrator, and the client that they call with."""

    client: httpx.AsyncClient
    database: Database
    code: str
    admin: str

    async def send(self, path: str, content: bytes, **parts: Any) -> httpx.Response:
        return await self.client.post(
            f"/v1/enrollments{path}",
            files={"file": ("people.csv", content, "text/csv")},
            data={k: v if isinstance(v, str) else json.dumps(v) for k, v in parts.items()},
            headers=bearer(self.admin),
        )

    async def sheets(self, id_: str, **body: Any) -> httpx.Response:
        path = f"/v1/enrollments/{id_}/sheets"
        return await self.client.post(path, json=body, headers=bearer(self.admin))

    async def count(self, what: str) -> int:
        async with self.database.transaction(EVERYTHING) as session:
            found = await rows(session, f"SELECT count(*) AS n FROM {what}")  # noqa: S608
        n: int = found[0].n
        return n


@pytest.fixture
async def scene(database: Database, client: httpx.AsyncClient) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        code = await branch_code(session, branch)
        admin = await a_token(session, await a_person(session, branch, Role.ADMIN))
    return Scene(client, database, code, admin)


def a_file(code: str, people: int, prefix: str = "p", bad: dict[int, str] | None = None) -> bytes:
    lines = ["name,employee id,role,branch,mobile,cash limit"]
    for n in range(1, people + 1):
        wrong = (bad or {}).get(n)
        role = "supervisor" if n % 20 == 0 else "agent"
        lines.append(
            wrong.format(b=code) if wrong else f"Person {n:03d},{prefix}-{n},{role},{code},,20000"
        )
    return "\n".join(lines).encode()


async def test_600_people_are_enrolled_once_and_bad_rows_are_told(scene: Scene) -> None:
    content = a_file(scene.code, 600, bad=BAD)
    before = await scene.count("staff")
    looked = (await scene.send("/look", content)).json()
    assert (looked["rows_read"], looked["good"]) == (600, 595)
    assert [p["line"] for p in looked["problems"]] == [line + 1 for line in sorted(BAD)]
    assert [p["column"] for p in looked["problems"]] == [
        "full_name", "username", "role", "branch_code", "username",
    ]  # fmt: skip
    assert await scene.count("staff") == before  # only looked at
    refused = await scene.send("", content)
    assert refused.json()["type"] == "/problems/rows-refused"
    assert refused.json()["refused"] == 5
    done = (await scene.send("", content, skip_bad="true", with_phones="true")).json()
    assert (done["people"], done["waiting"], done["already"]) == (595, 595, False)
    agents = 566
    assert await scene.count("staff") == before + 595
    assert await scene.count("till") == await scene.count("receipt_series") == agents
    assert await scene.count("device") == agents
    # The same file again changes nothing.
    again = (await scene.send("", content, skip_bad="true", with_phones="true")).json()
    assert (again["id"], again["already"]) == (done["id"], True)
    assert await scene.count("staff") == before + 595


async def test_sheets_hold_codes_that_open_accounts_once_and_are_shown_once(scene: Scene) -> None:
    done = (await scene.send("", a_file(scene.code, 3, "s"), with_phones="true")).json()
    printed = await scene.sheets(done["id"])
    assert printed.status_code == 200
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    # Read back from the paper: the first sign-in, and what sets the tracking app up.
    said = codes_of_pdf(printed.content)
    assert len(said) == 6
    for sign_in, setup in zip(said[::2], said[1::2], strict=True):
        told = parse_qs(urlsplit(sign_in).fragment)
        assert parse_qs(urlsplit(setup).query)["id"] == told["key"]
    refused = await scene.sheets(done["id"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/sheets-printed")
    again = await scene.sheets(done["id"], again=True)
    assert again.status_code == 200
    listed = (await scene.client.get("/v1/enrollments", headers=bearer(scene.admin))).json()
    line = next(each for each in listed["items"] if each["id"] == done["id"])
    assert line["printed_at"] is not None
    assert await scene.count("password_code WHERE expires_at = issued_at + interval '14 days'") >= 3
    for code, status in ((said[0], 409), (codes_of_pdf(again.content)[0], 204)):
        told = parse_qs(urlsplit(code).fragment)
        first = {"username": told["user"][0], "code": told["code"][0], "password": PASSWORD}
        opened = await scene.client.post("/v1/password-reset", json=first)
        assert opened.status_code == status, opened.text


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"columns": "["}, "columns"),
        ({"columns": {"username": 7}}, "columns.username"),
        ({"skip_bad": "perhaps"}, "skip_bad"),
        ({"same": {"full_name": "all"}}, "same.full_name"),
    ],
)
async def test_parts_that_cannot_be_used_are_named(
    scene: Scene, parts: dict[str, Any], field: str
) -> None:
    answer = await scene.send("/look", a_file(scene.code, 1, "q"), **parts)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_another_branch_prints_no_sheets_of_this_one(
    scene: Scene, database: Database
) -> None:
    done = (await scene.send("", a_file(scene.code, 1, "o"))).json()
    async with database.transaction(EVERYTHING) as session:
        foreign = await a_token(
            session, await a_person(session, await a_branch(session), Role.ADMIN)
        )
    path = f"/v1/enrollments/{done['id']}/sheets"
    answer = await scene.client.post(path, json={}, headers=bearer(foreign))
    assert answer.status_code == 404


async def another_admin(scene: Scene) -> str:
    async with scene.database.transaction(EVERYTHING) as session:
        [branch] = await rows(session, "SELECT id FROM branch WHERE code = :code", code=scene.code)
        return await a_token(session, await a_person(session, branch.id, Role.ADMIN))


async def test_an_enrollment_is_taken_back_as_a_whole_by_another_person(scene: Scene) -> None:
    content = a_file(scene.code, 40, "u")
    tables = ("staff", "agent_profile", "till", "receipt_series", "device", "enrollment")
    other = await another_admin(scene)
    before = [await scene.count(table) for table in tables]
    done = (await scene.send("", content, with_phones="true")).json()
    await scene.sheets(done["id"])
    path = f"/v1/enrollments/{done['id']}/undo"
    own = await scene.client.post(path, headers=bearer(scene.admin))
    assert own.json()["type"] == "/problems/own-enrollment"
    undone = await scene.client.post(path, headers=bearer(other))
    assert undone.json() == {"people": 40}, undone.text
    assert [await scene.count(table) for table in tables] == before
    again = await scene.client.post(path, headers=bearer(other))
    assert again.json()["type"] == "/problems/enrollment-not-found"
    # The same file can come again.
    assert (await scene.send("", content)).json()["already"] is False


async def test_an_enrollment_of_whom_somebody_has_begun_stays(scene: Scene) -> None:
    done = (await scene.send("", a_file(scene.code, 40, "v"))).json()
    other = await another_admin(scene)
    async with scene.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE staff SET password_hash = 'chosen' WHERE username = 'v-7' RETURNING id",
        )
    before = await scene.count("staff")
    refused = await scene.client.post(f"/v1/enrollments/{done['id']}/undo", headers=bearer(other))
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/something-depends"
    assert refused.json()["dependents"] == [{"person": "Person 007", "what": "password"}]
    assert refused.json()["detail"].startswith("1 person has begun: Person 007.")
    assert await scene.count("staff") == before
