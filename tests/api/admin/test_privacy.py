"""A customer's data over HTTP: consent, a copy with a reason on the trail, erasure by two."""

import io
import zipfile
from uuid import UUID

import httpx
from sqlalchemy import text

from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.admin.test_audit import a_caller, trail_of
from tests.api.conftest import bearer
from tests.api.desk.scenes import a_desk
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token


async def test_a_consent_is_recorded_listed_and_withdrawn(
    client: httpx.AsyncClient, database: Database
) -> None:
    desk = await a_desk(database, client)
    url = f"/v1/customers/{desk.field.case.customer_id}/consents"
    body = {"purpose": "photographs", "evidence": "form 12", "given_at": MONDAY_NINE.isoformat()}
    added = await desk.post(url, body, desk.caller)
    assert added.status_code == 201, added.text
    late = await desk.post(url, body | {"given_at": "2027-01-01T00:00:00Z"}, desk.caller)
    assert (late.status_code, late.json()["errors"][0]["field"]) == (422, "given_at")
    over = f"/v1/consents/{added.json()['id']}/withdraw"
    answers = [await client.post(over, headers=bearer(desk.caller)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 404]
    [told] = (await desk.get(url)).json()
    assert (told["purpose"], told["basis"]) == ("photographs", "consent")
    assert (told["evidence"], told["withdrawn_at"]) == ("form 12", "2026-11-23T12:00:00Z")


async def test_a_copy_asks_for_a_reason_that_goes_on_the_trail(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        case = await a_case(session, branch, customer_name="Ana Soto")
    person, headers = await a_caller(database, branch=branch)
    url = f"/v1/customers/{case.customer_id}/export.zip"
    assert (await client.get(url, headers=headers)).status_code == 422
    answer = await client.get(url, params={"reason": "she asked, letter 7"}, headers=headers)
    assert answer.headers["content-type"] == "application/zip"
    told = zipfile.ZipFile(io.BytesIO(answer.content)).read("person.json").decode()
    assert "Ana Soto" in told
    read = [e for e in await trail_of(database, person) if e.kind == "read"]
    assert [(e.reason, e.subjects) for e in read] == [
        ("she asked, letter 7", {"id": str(case.customer_id)})
    ]


async def test_an_erasure_waits_for_what_is_open_and_takes_two(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        case = await a_case(session, branch)
    (_, one), (_, other) = [await a_caller(database, branch=branch) for _ in range(2)]
    url = f"/v1/customers/{case.customer_id}/erasures"
    refused = await client.post(url, json={"reason": "asked"}, headers=one)
    assert refused.status_code == 409
    assert refused.json()["because"] == ["one case is open", "one demand is unpaid"]
    await _close(database, case.account_id)
    asked = await client.post(url, json={"reason": "asked"}, headers=one)
    assert asked.status_code == 201
    accept = f"/v1/erasures/{asked.json()['id']}/accept"
    assert (await client.post(accept, headers=one)).status_code == 403
    done = await client.post(accept, headers=other)
    assert done.status_code == 200, done.text
    assert done.json()["erased"]["customer"] == 1
    [listed] = (await client.get("/v1/erasures", headers=one)).json()["items"]
    assert (listed["state"], listed["report"]) == ("accepted", done.json())
    assert (await client.post(accept, headers=other)).status_code == 409


async def test_auditors_see_what_nights_have_removed(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        await session.execute(
            text(
                "INSERT INTO retention_run (id, branch_id, ran_at, kind, kept_days, removed, held)"
                " SELECT gen_random_uuid(), :branch, CAST(:now AS timestamptz)"
                " - make_interval(days => i), 'message', 365, i, 0 FROM generate_series(1, 3) i"
            ),
            {"branch": branch, "now": MONDAY_NINE},
        )
        token = await a_token(session, await a_person(session, branch, Role.AUDITOR))
    headers = {"Authorization": f"Bearer {token}"}
    page = (await client.get("/v1/retention-runs?limit=2", headers=headers)).json()
    assert [run["removed"] for run in page["items"]] == [1, 2]
    rest = await client.get(
        "/v1/retention-runs", params={"cursor": page["next_cursor"]}, headers=headers
    )
    assert [run["removed"] for run in rest.json()["items"]] == [3]


async def _close(database: Database, account_id: UUID) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text("UPDATE demand SET paid_minor = total_minor WHERE account_id = :account"),
            {"account": account_id},
        )
        await rows(
            session,
            "INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, closure,"
            " reason, changed_at) SELECT gen_random_uuid(), branch_id, id, stage, 'closed',"
            " 'paid_in_full', 'paid', CAST(:now AS timestamptz) FROM case_file"
            " WHERE account_id = :account RETURNING 1",
            account=account_id,
            now=MONDAY_NINE,
        )
