"""Who may open which page of administration, and what one page tells that no other does."""

from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.permission import GRANTS
from identity.principal import Role
from map_ui.administration.sections import SECTIONS
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token, an_agent

ROLES = (Role.ADMIN, Role.HEAD_OFFICE, Role.SUPERVISOR, Role.CASH_DESK, Role.AGENT)


@pytest.fixture(scope="module")
async def branch(database: Database) -> UUID:
    async with database.transaction(EVERYTHING) as session:
        return await a_branch(session)


@pytest.fixture(scope="module")
async def tokens(database: Database, branch: UUID) -> dict[Role, str]:
    async with database.transaction(EVERYTHING) as session:
        made = {}
        for role in ROLES:
            is_agent = role is Role.AGENT
            who = await (an_agent(session, branch) if is_agent else a_person(session, branch, role))
            made[role] = await a_token(session, who)
        return made


@pytest.mark.parametrize("role", ROLES)
async def test_a_page_opens_for_who_may_see_it_and_tells_others_so(
    client: httpx.AsyncClient, tokens: dict[Role, str], role: Role
) -> None:
    for section in SECTIONS:
        answer = await client.get(section.path, headers=bearer(tokens[role]))
        may = section.needs in GRANTS[role]
        assert (answer.status_code, section.path) == (200 if may else 403, section.path)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert ("Your role does not open this page" in answer.text) is not may


async def test_who_is_not_signed_in_signs_in_first_and_comes_back(
    client: httpx.AsyncClient,
) -> None:
    for section in SECTIONS:
        answer = await client.get(f"{section.path}?cursor=x")
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/sign-in?next={section.path}%3Fcursor%3Dx"


@pytest.mark.parametrize("path", ["people", "quarantine", "contact-rules"])
async def test_what_there_is_not_is_not_found(
    client: httpx.AsyncClient, tokens: dict[Role, str], path: str
) -> None:
    answer = await client.get(f"/admin/{path}/{new_id()}", headers=bearer(tokens[Role.ADMIN]))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "people?state=nobody", "people?cursor=x", "devices?state=lost", "policies?source=x",
        "holidays?year=1", "value-lists?topic=x", "audit?kind=x", "audit?since=yesterday",
        "quarantine?shown=x", "audit?subject=%00",
    ],
)  # fmt: skip
async def test_a_query_that_cannot_be_used_is_told(
    client: httpx.AsyncClient, tokens: dict[Role, str], query: str
) -> None:
    answer = await client.get(f"/admin/{query}", headers=bearer(tokens[Role.ADMIN]))
    assert answer.status_code == 422


async def test_the_page_of_another_branchs_person_is_not_there(
    client: httpx.AsyncClient, tokens: dict[Role, str], database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        foreign = await a_person(session, await a_branch(session), Role.CASH_DESK, "Somebody Else")
    answer = await client.get(f"/admin/people/{foreign}", headers=bearer(tokens[Role.ADMIN]))
    assert answer.status_code == 404
    listed = await client.get("/admin/people", headers=bearer(tokens[Role.ADMIN]))
    assert "Somebody Else" not in listed.text


async def test_the_days_of_the_calendar_are_listed_with_what_is_declared_of_them(
    client: httpx.AsyncClient, tokens: dict[Role, str]
) -> None:
    headers = bearer(tokens[Role.ADMIN])
    [branch, *_] = (await client.get("/v1/branches", headers=headers)).json()
    declared = await client.post(
        "/v1/contact-holidays",
        json={
            "branch": branch["code"], "calendar": "CL", "day": "2026-12-08", "kind": "working_day",
            "name": "Open",
        },
        headers=headers,
    )  # fmt: skip
    assert declared.status_code < 300, declared.text
    shown = await client.get(f"/admin/holidays?branch={branch['code']}&year=2026", headers=headers)
    days = shown.text.split('data-testid="calendar-days"')[1].split("</table>")[0]
    rows = {one.split("</td>")[0]: one for one in days.split('lang="en">')[1:]}
    assert "Working day after all" in rows["Immaculate Conception"]
    assert "closed all day" in rows["Christmas Day"]
    assert next(iter(rows)) == "New Year&#39;s Day"
