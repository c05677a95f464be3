"""The dashboards in a real browser: from the lender down to a single receipt, and out as files."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from api.deps import SESSION_COOKIE
from collection.figures.days.end_days import end_days
from collection.figures.targets.set_month import set_targets
from collection.figures.targets.target import Target
from data.session import EVERYTHING, Database
from identity.principal import Role
from map_ui.reports.make_reports import make_reports
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
    # While no day is pointed at the newest is told.
    for card in ("collected", "overdue"):
        legend = page.locator(f"[data-testid=card-{card}] .u-legend")
        expect(legend).to_contain_text("Nov 23")
        expect(legend).not_to_contain_text("–")
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
    # And from a receipt to whom it is about.
    assert page.locator("[data-testid=transactions] td a[href^='/cases/']").count()
    with page.expect_download() as saved:
        page.click("[data-testid=transactions] >> text=CSV")
    assert "4321" in saved.value.path().read_text()
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


def test_a_manager_sets_targets_and_costs_and_gets_reports(
    desk: Desk, chromium: Browser, database_url: str
) -> None:
    watch = opened(desk, chromium, desk.manager, 1366, 768)
    page = watch.page
    page.goto(f"{desk.served.url}/dashboards?tab=targets")
    own = page.locator("input[data-name=collected][data-agent='']")
    expect(own).to_have_value("6000")
    first = page.locator("input[data-name=collected]:not([data-agent=''])").first
    first.fill("three")
    page.click("text=Save")
    page.wait_for_selector(".toast:has-text('an amount in CLP')")
    first.fill("3000")
    page.locator("input[data-name=wages][data-agent='']").fill("1200")
    page.click("text=Save")
    page.wait_for_selector(".toast:has-text('Saved')")
    page.reload()
    expect(first).to_have_value("3000")
    assert page.locator("[data-testid=targets] progress").count() == 2
    expect(page.locator("input[data-name=wages][data-agent='']")).to_have_value("1200")
    photograph(page, "dashboards-targets", looks=True)
    # Another month has none of it; a field left empty takes a target away.
    page.click("[aria-label='The month before']")
    expect(own).to_have_value("")
    page.click("[aria-label='The month after']")
    expect(own).to_have_value("6000")
    first.fill("")
    page.click("text=Save")
    expect(page.locator("[data-testid=targets] progress")).to_have_count(1)
    # A report is asked for, made, and saved.
    page.click(".tabs >> text=Reports")
    page.fill("#email", "ana at home")
    page.click("text=Ask for it")
    page.wait_for_selector("#email-problem:has-text('an e-mail address such as')")
    page.fill("#email", "ana@example.org")
    page.click("text=Ask for it")
    expect(page.get_by_test_id("subscriptions")).to_contain_text("to ana@example.org")
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, _make_reports(database_url)).result() == 1
    page.reload()
    with page.expect_download() as download:
        page.click("[data-testid=reports] a")
    assert download.value.suggested_filename.endswith(".xlsx")
    photograph(page, "dashboards-reports", looks=True)
    page.click("text=Stop it")
    page.wait_for_selector("text=Nothing comes by itself yet")
    assert ([word for word in watch.wrong if "422" not in word], watch.outside) == ([], [])
    # Who may only look sees them, and cannot type.
    looker = opened(desk, chromium, desk.leader, 390, 844)
    looker.page.goto(f"{desk.served.url}/dashboards?tab=targets&branch={desk.north}")
    field = looker.page.locator("input[data-name=collected][data-agent='']")
    expect(field).to_have_value("6000")
    assert field.get_attribute("readonly") is not None
    assert looker.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    photograph(looker.page, "dashboards-targets-phone")
    assert (looker.wrong, looker.outside) == ([], [])


async def _make_reports(database_url: str) -> int:
    database = Database(database_url)
    made = await make_reports(database, NOW)
    await database.close()
    return made


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
