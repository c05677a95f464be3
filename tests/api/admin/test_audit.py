"""Everything that people do and see is on the audit trail before they are answered."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.auditing import WITHOUT_PERSONAL_DATA
from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, DatabaseError, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent


async def a_caller(
    database: Database, role: Role = Role.ADMIN, branch: UUID | None = None
) -> tuple[UUID, dict[str, str]]:
    async with database.transaction(EVERYTHING) as session:
        branch = branch or await a_branch(session)
        if role is Role.AGENT:
            person = await an_agent(session, branch)
        else:
            person = await a_person(session, branch, role)
        return person, bearer(await a_token(session, person))


async def trail_of(database: Database, person: UUID) -> Sequence[Any]:
    async with database.transaction(EVERYTHING) as session:
        return await rows(
            session, "SELECT * FROM audit_event WHERE actor_id = :who ORDER BY id", who=person
        )


async def test_a_change_and_its_event_are_one_transaction(
    client: httpx.AsyncClient, database: Database
) -> None:
    person, headers = await a_caller(database, Role.SUPERVISOR)
    async with database.transaction(EVERYTHING) as session:
        (staff,) = await rows(session, "SELECT branch_id FROM staff WHERE id = :id", id=person)
        agent = await an_agent(session, staff.branch_id)
    body = {"starts_at": "2026-11-23T13:00:00Z", "ends_at": "2026-11-23T20:00:00Z"}
    said = headers | {"Access-Reason": "stand-in", "User-Agent": "Firefox"}
    answer = await client.put(f"/v1/agents/{agent}/shift", json=body, headers=said)
    assert answer.status_code == 200
    (event,) = await trail_of(database, person)
    assert (event.kind, event.action) == ("change", "PUT /v1/agents/{agent_id}/shift")
    assert event.subjects == {"agent_id": str(agent)}
    assert (event.actor_role, event.address) == ("supervisor", "127.0.0.1")
    assert (event.client, event.reason) == ("Firefox", "stand-in")
    async with database.transaction(EVERYTHING) as session:
        (together,) = await rows(
            session,
            "SELECT count(*) AS n FROM shift s JOIN audit_event e ON s.xmin = e.xmin"
            " WHERE s.agent_id = :agent AND e.actor_id = :who",
            agent=agent,
            who=person,
        )
    assert together.n == 1


async def test_what_is_read_of_people_is_recorded_and_what_is_not_of_people_is_not(
    client: httpx.AsyncClient, database: Database
) -> None:
    person, headers = await a_caller(database)
    assert (await client.get("/v1/branches", headers=headers)).status_code == 200
    assert (await client.get("/v1/me", headers=headers)).status_code == 200
    assert await trail_of(database, person) == []
    assert (await client.get("/v1/visits", headers=headers)).status_code == 200
    (event,) = await trail_of(database, person)
    assert (event.kind, event.action) == ("read", "GET /v1/visits")


async def test_what_stays_as_it_was_shown_is_neither_sent_nor_recorded_again_within_the_hour(
    client: httpx.AsyncClient, database: Database, live: LiveBus
) -> None:
    person, headers = await a_caller(database, Role.CASH_DESK)
    async with database.transaction(EVERYTHING) as session:
        (staff,) = await rows(session, "SELECT branch_id FROM staff WHERE id = :id", id=person)
    colleague, theirs = await a_caller(database, Role.CASH_DESK, staff.branch_id)

    async def look(
        who: dict[str, str], tag: str = "", path: str = "/v1/tills", at: Any = client
    ) -> tuple[int, str, bytes]:
        answer = await at.get(path, headers=who | ({"If-None-Match": tag} if tag else {}))
        return answer.status_code, answer.headers["ETag"], answer.content

    status, tag, body = await look(headers)
    assert (status, body[:9]) == (200, b'{"items":')
    for _ in range(3):
        assert await look(headers, f'"other", W/{tag}') == (304, tag, b"")
    assert len(await trail_of(database, person)) == 1
    # Whoever was not shown it has no tag that holds: not by another's, not of another list.
    assert (await look(theirs, tag))[0] == 200
    assert len(await trail_of(database, colleague)) == 1
    assert (await look(headers, tag, "/v1/tills?limit=3"))[0] == 200
    assert (await look(headers | {"Access-Reason": "audit"}, tag))[0] == 200
    assert (await look(headers, "*"))[0] == 200
    assert len(await trail_of(database, person)) == 4
    # What is new is shown, and recorded; so is what is still looked at an hour later.
    async with database.transaction(EVERYTHING) as session:
        await an_agent(session, staff.branch_id, cash_limit_minor=500_000)
    status, tag, _ = await look(headers, tag)
    assert (status, len(await trail_of(database, person))) == (200, 5)
    async with client_at(database, live, MONDAY_NINE + timedelta(minutes=59)) as other_process:
        assert (await look(headers, tag, at=other_process))[0] == 304
    async with client_at(database, live, MONDAY_NINE + timedelta(minutes=60)) as later:
        assert (await look(headers, tag, at=later))[0] == 200
    assert len(await trail_of(database, person)) == 6


async def test_who_asks_for_what_is_not_theirs_is_recorded(
    client: httpx.AsyncClient, database: Database
) -> None:
    person, headers = await a_caller(database, Role.SUPERVISOR)
    _, foreign = await a_caller(database)
    async with database.transaction(EVERYTHING) as session:
        case = await a_case(session, await a_branch(session))
    answer = await client.get(f"/v1/cases/{case.case_id}/assignments", headers=headers)
    assert answer.status_code == 404
    assert (await client.get("/v1/audit-events", headers=headers)).status_code == 403
    refused, denied = await trail_of(database, person)
    assert (refused.kind, refused.subjects) == ("refused", {"case_id": str(case.case_id)})
    assert (denied.kind, denied.action) == ("refused", "GET /v1/audit-events")
    listed = await client.get("/v1/audit-events", headers=foreign)
    assert str(case.case_id) not in listed.text


async def test_what_is_shown_has_no_tag_where_its_key_cannot_be_read(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, headers = await a_caller(database)

    async def fail(*_: object) -> None:
        raise DatabaseError("SELECT", None, OSError("the connection is gone"))

    monkeypatch.setattr("api.shown.server_key", fail)
    answer = await client.get("/v1/visits", headers=headers)
    assert (answer.status_code, answer.headers.get("ETag")) == (200, None)
    assert len(await trail_of(database, person)) == 1


async def test_what_the_contact_rules_say_of_a_case_is_a_read_of_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    person, headers = await a_caller(database)
    async with database.transaction(EVERYTHING) as session:
        (staff,) = await rows(session, "SELECT branch_id FROM staff WHERE id = :id", id=person)
        case = await a_case(session, staff.branch_id)
    asked = {"case_id": str(case.case_id), "at": "2026-11-23T10:00"}
    told = await client.get("/v1/contact-rules/check", params=asked, headers=headers)
    assert "attempts" in told.json()["facts"]
    (event,) = await trail_of(database, person)
    assert (event.kind, event.subjects) == ("read", {"case_id": str(case.case_id)})


async def test_nothing_is_shown_that_cannot_be_recorded(
    client: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, headers = await a_caller(database)

    async def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("identity.audit.store.add", fail)
    answer = await client.get("/v1/visits", headers=headers)
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/audit-away"
    assert "items" not in answer.text
    shift = await client.post(
        "/v1/branches",
        json={
            "code": "NEW", "name": "New", "zone": "America/Santiago", "country": "CL",
            "currency": "CLP", "parent_code": "HEAD",
        },
        headers=headers,
    )  # fmt: skip
    assert shift.status_code >= 400


async def test_the_trail_is_listed_page_by_page_and_exported_with_a_reason(
    client: httpx.AsyncClient, database: Database
) -> None:
    person, headers = await a_caller(database)
    ids = [str(new_id()) for _ in range(3)]
    for id_ in ids:
        await client.get(f"/v1/visits/{id_}", headers=headers)
    first = (await client.get("/v1/audit-events?limit=2", headers=headers)).json()
    cursor = first["next_cursor"]
    second = (await client.get(f"/v1/audit-events?limit=2&cursor={cursor}", headers=headers)).json()
    seen = [item["subjects"]["visit_id"] for item in first["items"]] + [
        item["subjects"]["visit_id"] for item in second["items"] if item["subjects"]
    ]
    assert seen == list(reversed(ids))
    assert first["items"][0]["actor_id"] == str(person)

    assert (await client.get("/v1/audit-events.jsonl", headers=headers)).status_code == 422
    asked = f"?reason=Yearly+audit&subject={ids[1]}"
    lines = await client.get(f"/v1/audit-events.jsonl{asked}", headers=headers)
    told = [json.loads(line) for line in lines.text.splitlines()]
    # Who asks the trail about somebody is on it, too.
    assert [line["action"] for line in told] == [
        "GET /v1/audit-events.jsonl", "GET /v1/visits/{visit_id}",
    ]  # fmt: skip
    table = await client.get(f"/v1/audit-events.csv{asked}", headers=headers)
    *_, row = csv.DictReader(io.StringIO(table.text))
    assert json.loads(row["subjects"]) == {"visit_id": ids[1]}
    *_, last = await trail_of(database, person)
    assert (last.action, last.reason) == ("GET /v1/audit-events.csv", "Yearly audit")


async def test_a_branch_does_not_see_what_another_did(
    client: httpx.AsyncClient, database: Database
) -> None:
    _, headers = await a_caller(database)
    other, foreign = await a_caller(database)
    await client.get("/v1/visits", headers=foreign)
    assert len(await trail_of(database, other)) == 1
    listed = await client.get("/v1/audit-events", headers=headers)
    assert str(other) not in listed.text


@pytest.mark.parametrize("path", sorted(WITHOUT_PERSONAL_DATA))
async def test_every_read_that_is_not_recorded_is_of_a_route_that_there_is(
    client: httpx.AsyncClient, path: str
) -> None:
    method = {"/v1/agent/uploads": "OPTIONS", "/v1/agent/uploads/{id}": "HEAD"}.get(path, "GET")
    asked = path.replace("{z}/{x}/{y}", "1/1/1").replace("{id}", str(new_id()))
    answer = await client.request(method, asked)
    assert answer.status_code in (200, 303, 401)
