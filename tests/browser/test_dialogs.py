"""Every dialog of the office's pages by keyboard alone: Enter opens it, typing begins in its first
field, the focus stays inside, Escape leads back to the button, and Enter sends it or leads to the
first field that is wrong. New dialogs come by themselves."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from api.deps import SESSION_COOKIE
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.conftest import watched
from tests.browser.dialogs import walk
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_device, a_person, a_token, an_agent
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser


@dataclass
class Office:
    """The product with a branch, a session for each role, and the addresses of a case and of an
    agent."""

    served: Served
    tokens: dict[Role, str]
    places: dict[str, str]


async def _set_up(database_url: str) -> tuple[dict[Role, str], dict[str, str]]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session, "HEAD")
        agent = await an_agent(session, branch, "Diego Soto", cash_limit_minor=60_000)
        await a_device(session, branch, agent)
        case = await a_case(session, branch, agent_id=agent, due_minor=90_000)
        people = {role: await a_person(session, branch, role, str(role)) for role in ROLES}
        tokens = {role: await a_token(session, person) for role, person in people.items()}
    await database.close()
    return tokens, {"CASE": f"/cases/{case.case_id}", "AGENT": f"/admin/people/{agent}"}


ROLES = (Role.ADMIN, Role.SUPERVISOR, Role.CASH_DESK, Role.ALLOCATION_MANAGER)


@pytest.fixture(scope="module")
def office(database_url: str, redis_url: str) -> Iterator[Office]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        tokens, places = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Office(served, tokens, places)


@pytest.mark.parametrize(
    ("role", "place", "least"),
    [
        (Role.SUPERVISOR, "CASE", 3),
        (Role.SUPERVISOR, "/confirmations", 1),
        (Role.CASH_DESK, "/cash-desk#decide", 1),
        (Role.CASH_DESK, "/cash-desk#books", 1),
        (Role.CASH_DESK, "/cash-desk#vault", 3),
        (Role.CASH_DESK, "/cash-desk#files", 1),
        (Role.CASH_DESK, "/reconciliation", 1),
        (Role.ALLOCATION_MANAGER, "/allocation", 1),
        (Role.ADMIN, "AGENT", 5),
        (Role.ADMIN, "/admin/people", 1),
        (Role.ADMIN, "/admin/roles", 1),
        (Role.ADMIN, "/admin/branches", 1),
        (Role.ADMIN, "/admin/devices", 2),
        (Role.ADMIN, "/admin/api-keys", 1),
        (Role.ADMIN, "/admin/arrears-rules", 1),
        (Role.ADMIN, "/admin/holidays", 2),
        (Role.ADMIN, "/admin/value-lists", 1),
        (Role.ADMIN, "/admin/audit", 1),
    ],
)
def test_each_dialog_is_worked_by_keyboard_alone(
    office: Office, chromium: Browser, role: Role, place: str, least: int
) -> None:
    page = watched(chromium, 1366, 900).page
    cookie = {"name": SESSION_COOKIE, "value": office.tokens[role], "url": office.served.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    done = walk(page, office.served.url + office.places.get(place, place))
    assert done.wrong == []
    assert len(done.opened) >= least, done.opened
