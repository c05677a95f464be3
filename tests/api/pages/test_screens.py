"""Pages lead where they should, and the service worker comes as browsers want it."""

from uuid import UUID

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token

ALERT = f"alert={UUID(int=1)}"


async def test_the_service_worker_is_the_whole_sites_and_fetches_nothing(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert 'addEventListener("push"' in answer.text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/", "/live"),
        (f"/?{ALERT}", f"/live?{ALERT}"),
        ("/?//elsewhere.example", "/live?//elsewhere.example"),
    ],
)
async def test_home_is_the_live_map_and_keeps_the_alert(
    client: httpx.AsyncClient, path: str, leads_to: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/live", "/sign-in?next=/live"),
        ("/territories", "/sign-in?next=/territories"),
        (f"/live?{ALERT}", f"/sign-in?next=/live%3Falert%3D{UUID(int=1)}"),
        ("/live?a=1&next=//elsewhere", "/sign-in?next=/live%3Fa%3D1%26next%3D//elsewhere"),
    ],
)
async def test_signing_in_comes_first_and_leads_back(
    client: httpx.AsyncClient, path: str, leads_to: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


async def test_allocation_managers_begin_at_their_workbench(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        person = await a_person(session, branch, Role.ALLOCATION_MANAGER)
        headers = bearer(await a_token(session, person))
    home = await client.get("/", headers=headers)
    assert (home.status_code, home.headers["Location"]) == (303, "/allocation")
    page = await client.get("/allocation?proposal=x", headers=headers)
    assert page.status_code == 200
    assert "map_difference" in page.text
    away = await client.get("/allocation?proposal=x")
    assert away.headers["Location"] == "/sign-in?next=/allocation%3Fproposal%3Dx"


async def test_who_is_signed_in_gets_the_map(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, await a_person(session, await a_branch(session)))
    answer = await client.get(f"/live?{ALERT}", headers=bearer(token))
    assert answer.status_code == 200


async def test_a_page_for_others_says_so(client: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        manager = await a_person(session, await a_branch(session), Role.ALLOCATION_MANAGER)
        headers = bearer(await a_token(session, manager))
    answer = await client.get("/live", headers=headers)
    assert answer.status_code == 403
    assert "Your role does not open this page" in answer.text
