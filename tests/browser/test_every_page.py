"""Every page, whoever adds one: whole, accessible in both looks, and asking nobody else."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Request

from api.deps import SESSION_COOKIE
from api.pages import screens
from data.session import EVERYTHING, Database, rows
from identity.permission import GRANTS, Permission
from identity.role import Role
from map_ui.places import PLACES
from tests.browser.conftest import Watched, watched
from tests.browser.test_live_map import Town, a_town
from tests.factories import a_person, a_token

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
NO_PAGES = {"/", "/sw.js"}
ROLES: tuple[Role, ...] = (
    Role.SUPERVISOR,
    Role.ALLOCATION_MANAGER,
    Role.CASH_DESK,
    Role.ADMIN,
    *Role,
)


def who_works_with(needed: Permission) -> Role:
    """The first role that may use such a page; the agent's phone has its own."""
    return next(role for role in ROLES if role is not Role.AGENT and needed in GRANTS[role])


def pages() -> dict[str, Role | None]:
    """Path → whose page it is; None where it is open to everybody. New pages come by themselves:
    from the menu, and from the routes that serve HTML."""
    of_the_menu = {place.path: who_works_with(place.needs) for place in PLACES}
    routes = {route.path for route in screens.pages.routes} - NO_PAGES  # type: ignore[attr-defined]
    others = {path: None for path in sorted(routes - of_the_menu.keys()) if "{" not in path}
    return of_the_menu | others | {"/app/": None}


PAGES = pages()

NOT_OURS = {"/docs": ["nested-interactive"]}
"""Rules that a library's own markup breaks: Swagger UI has a button for copying inside another."""

SERIOUS = """
async (excused) => {
  await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})));
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .filter(({ id }) => !excused.includes(id))
    .map(({ id, nodes }) => [id, ...nodes.map(({ target, any }) => [target, any[0]?.message])]);
}
"""


@pytest.fixture(scope="module")
def town(database_url: str, redis_url: str) -> Iterator[Town]:
    with a_town(database_url, redis_url) as town:
        town.ping(0, (0, 0))
        yield town


async def _tokens(database_url: str, agent_id: str, roles: set[Role]) -> dict[Role, str]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session, "SELECT branch_id FROM agent_profile WHERE agent_id = :id", id=UUID(agent_id)
        )
        branch = found[0].branch_id
        people = {role: await a_person(session, branch, role, str(role)) for role in roles}
        tokens = {role: await a_token(session, person) for role, person in people.items()}
    await database.close()
    return tokens


@pytest.fixture(scope="module")
def tokens(town: Town) -> dict[Role, str]:
    """A session for each role that works with a page."""
    roles = {role for role in PAGES.values() if role is not None}
    url = town.served.database_url
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _tokens(url, town.agent_id, roles)).result()


class Settled:
    """Waits until a page has asked for nothing for a while; the stream of events never ends."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._under_way: set[Request] = set()
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _begun(self, request: Request) -> None:
        if request.resource_type != "eventsource" and "/live/events" not in request.url:
            self._under_way.add(request)

    def _ended(self, request: Request) -> None:
        self._under_way.discard(request)

    def wait(self) -> None:
        quiet = 0
        for _ in range(300):
            self._page.wait_for_timeout(50)
            quiet = 0 if self._under_way else quiet + 1
            if quiet == 5:
                return
        raise AssertionError(f"never settled: {[request.url for request in self._under_way]}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_accessible_and_asks_nobody_else(
    town: Town, tokens: dict[Role, str], chromium: Browser, path: str
) -> None:
    watch = watched(chromium, 1366, 768)
    page, role = watch.page, PAGES[path]
    if role is not None:
        cookie: Any = {"name": SESSION_COOKIE, "value": tokens[role], "url": town.served.url}
        page.context.add_cookies([cookie])
    page.emulate_media(reduced_motion="reduce")
    settled = Settled(page)
    answer = page.goto(f"{town.served.url}{path}", wait_until="load")
    assert answer is not None
    assert answer.status == 200
    settled.wait()
    _keeps_to_its_policy(answer.header_value("content-security-policy") or "")
    # Before the checker comes in: what it does to the page breaks the policy for styles.
    assert watch.wrong == []
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(SERIOUS, NOT_OURS.get(path, [])) == [], scheme
    _fits_a_phone(watch)
    assert watch.outside == []
    page.context.close()


def _keeps_to_its_policy(policy: str) -> None:
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "unsafe" not in scripts
    assert "default-src 'none'" in policy


def _fits_a_phone(watch: Watched) -> None:
    watch.page.set_viewport_size({"width": 390, "height": 844})
    assert watch.page.evaluate("document.documentElement.scrollWidth") <= 390
