"""Evidence packs and heads of chains over HTTP."""

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from geofence.evidence.pack_check import check_pack, read_heads
from streets.publish import publish
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, branch_code
from tests.geofence.evidence.scenes import Visited, a_visit, prepare
from tests.streets.small_city import small_graph


@pytest.fixture
async def visited(database: Database) -> Visited:
    await prepare(database)
    return await a_visit(database)


async def a_supervisor(database: Database, visited: Visited | None) -> str:
    async with database.transaction(EVERYTHING) as session:
        branch = visited.who["branch_id"] if visited else await a_branch(session)
        return await a_token(session, await a_person(session, branch))


async def code_of(database: Database, visited: Visited) -> str:
    async with database.transaction(EVERYTHING) as session:
        return await branch_code(session, visited.who["branch_id"])


async def test_a_supervisor_gets_a_pack_that_leads_to_the_listed_head(
    client: httpx.AsyncClient, database: Database, visited: Visited
) -> None:
    headers = bearer(await a_supervisor(database, visited))
    answer = await client.get(f"/v1/visits/{visited.visit_id}/evidence", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="evidence-{visited.visit_id}.json"'
    )
    code = await code_of(database, visited)
    heads = await client.get(f"/v1/branches/{code}/evidence-heads?day=2026-11-23", headers=headers)
    report = check_pack(answer.content, read_heads(heads.content))
    assert report.fault is None
    assert any("the head that was listed" in held for held in report.holds)
    assert heads.json()["day_is_over"] is False


async def test_the_same_comes_on_paper_with_a_map_of_the_streets_around(
    client: httpx.AsyncClient, database: Database, visited: Visited
) -> None:
    headers = bearer(await a_supervisor(database, visited))
    bare = await client.get(f"/v1/visits/{visited.visit_id}/evidence.pdf", headers=headers)
    assert bare.status_code == 200, bare.text
    assert bare.headers["Content-Type"] == "application/pdf"
    assert bare.content.startswith(b"%PDF-")
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
    drawn = await client.get(f"/v1/visits/{visited.visit_id}/evidence.pdf", headers=headers)
    assert len(drawn.content) > len(bare.content)
    nothing = await client.get(f"/v1/visits/{new_id()}/evidence.pdf", headers=headers)
    assert nothing.status_code == 404


async def test_before_anything_was_sealed_the_list_is_empty(
    client: httpx.AsyncClient, database: Database, visited: Visited
) -> None:
    headers = bearer(await a_supervisor(database, visited))
    code = await code_of(database, visited)
    heads = await client.get(f"/v1/branches/{code}/evidence-heads?day=2026-11-22", headers=headers)
    assert heads.json()["heads"] == []
    assert heads.json()["day_is_over"] is True


async def test_what_is_not_there_or_of_another_branch_is_not_found(
    client: httpx.AsyncClient, database: Database, visited: Visited
) -> None:
    own, stranger = await a_supervisor(database, visited), await a_supervisor(database, None)
    code = await code_of(database, visited)
    for path, token, problem in (
        (f"visits/{new_id()}/evidence", own, "evidence-not-found"),
        (f"visits/{visited.visit_id}/evidence", stranger, "evidence-not-found"),
        (f"branches/{code}/evidence-heads", stranger, "branch-not-found"),
        ("branches/NONE/evidence-heads", own, "branch-not-found"),
    ):
        answer = await client.get(f"/v1/{path}", headers=bearer(token))
        assert (answer.status_code, answer.json()["type"]) == (404, f"/problems/{problem}")


@pytest.mark.parametrize("day", ["1969-12-31", "tomorrow"])
async def test_a_day_that_cannot_be_is_named(
    client: httpx.AsyncClient, database: Database, visited: Visited, day: str
) -> None:
    code = await code_of(database, visited)
    answer = await client.get(
        f"/v1/branches/{code}/evidence-heads?day={day}",
        headers=bearer(await a_supervisor(database, visited)),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "day"
