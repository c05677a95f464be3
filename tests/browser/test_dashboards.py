"""The dashboards in a real browser: from the lender down to a single receipt, and out as files."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from api.deps import SESSION_COOKIE
from collection.figures.days.end_days import end_days
from collection.figures.targets.set_month import set_targets
from collection.figures.targets.target import Target
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.collection.figures.scene import FIRST, NOW, TODAY, a_lender, at, busy_weeks
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser


@dataclass
class Desk:
    """The product at nine, the tokens of a leader and of a manager, and the lender's branches."""

    served: Served
    leader: str
    manager: str
    north: str
    south: str


async def _set_up(database_url: str) -> tuple[str, str, str, str]:
    database = Database(database_url)
    lender = await a_lender(database)
    await busy_weeks(lender)
    agent, north, case = lender.cases[0]
    await lender.take(agent, case, 4_321, at(TODAY, 8))
    await lender.promise(agent, case, 200, at(TODAY - timedelta(days=3)))
    await end_days(database, NOW, FIRST)
    south = next(code for code in lender.branches if code not in (lender.head, north))
    async with database.transaction(EVERYTHING) as session:
        targets = [Target(north, None, "collected", 6_000), Target(south, None, "collected", 9_000)]
        await set_targets(session, lender.boss, date(2026, 11, 1), targets, NOW)
        leader = await a_person(session, lender.branches[lender.head], Role.LEADERSHIP, "Ana Ríos")
        manager = await a_person(session, lender.branches[north], Role.BRANCH_MANAGER)
        tokens = await a_token(session, leader), await a_token(session, manager)
    await database.close()
    return (*tokens, north, south)


@pytest.fixture(scope="module")
def desk(database_url: str, redis_url: str) -> Iterator[Desk]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Desk(served, *made)


def opened(desk: Desk, chromium: Browser, token: str, width: int, height: int) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": token, "url": desk.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    return watch


def test_a_leader_goes_down_from_the_lender_to_a_receipt(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, desk.leader, 1366, 768)
    page = watch.page
    page.goto(f"{desk.served.url}/")
    page.wait_for_selector("[data-testid=rows]")
    assert page.url.endswith("/dashboards")
    assert "of target" in page.inner_text("[data-testid=figure-collected]")
    assert page.locator("[data-testid=card-collected] canvas").count() == 1
    assert page.locator("[data-testid=card-groups] canvas").count() == 1
    photograph(page, "dashboards")
    # Down to a branch, to its agent, and to the receipts that the figure stands for.
    collected = page.inner_text(f"[data-testid=rows] tr:has-text('{desk.north}') td >> nth=0")
    page.click(f"[data-testid=rows] button:has-text('{desk.north}')")
    page.wait_for_selector("[data-testid=rows] button:has-text('Agent N0')")
    told = page.inner_text("[data-testid=figure-collected] .value")
    assert told.split(" of")[0].split("\n")[0].strip().split()[1] == collected.split()[1]
    page.click("[data-testid=rows] button:has-text('Agent N0')")
    page.wait_for_selector("text=Show transactions")
    page.click("text=Show transactions")
    page.wait_for_selector("[data-testid=transactions] tbody tr")
    assert "4,321" in page.inner_text("[data-testid=transactions] tbody")
    page.click("[data-testid=transactions] .chip:has-text('Reversal')")
    page.locator("[data-testid=transactions] td:text-is('Receipt')").first.wait_for(
        state="detached"
    )
    assert page.locator("[data-testid=transactions] tbody tr").count() >= 1
    page.go_back()
    page.wait_for_selector("[data-testid=transactions] td:has-text('Receipt')")
    photograph(page, "transactions")
    # A file of what is shown, and the way back up.
    page.click("text=All branches")
    page.click(".tabs >> text=Figures")
    page.wait_for_selector("[data-testid=card-groups]")
    with page.expect_download() as download:
        page.click("section:has([data-testid=rows]) >> text=CSV")
    assert "Total" in download.value.path().read_text()
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_manager_on_a_phone_begins_at_the_own_agents(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, desk.manager, 390, 844)
    page = watch.page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{desk.served.url}/dashboards")
    page.wait_for_selector("[data-testid=rows] button:has-text('Agent N0')")
    assert desk.south not in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    photograph(page, "dashboards-phone")
    # Days on which nothing happened say so, rather than drawing empty charts.
    page.fill("[aria-label='What is shown'] input >> nth=1", "2025-01-31")
    page.dispatch_event("[aria-label='What is shown'] input >> nth=1", "change")
    page.wait_for_selector("text=Nothing was collected in these days")
    assert page.locator("[data-testid=card-visits] canvas").count() == 0
    photograph(page, "dashboards-empty")
    assert (watch.wrong, watch.outside) == ([], [])
