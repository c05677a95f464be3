"""The desk's pages in a real browser: a case is found, a call is noted with what was promised."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from api.deps import SESSION_COOKIE
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser


@dataclass
class Desk:
    """The product at nine, and a tele-caller's token."""

    served: Served
    token: str


async def _set_up(database_url: str) -> str:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, "Diego Soto")
        for name, urgency in (("María González", 80.0), ("Pedro Rojas", 60.0)):
            await a_case(session, branch, agent_id=agent, customer_name=name, urgency=urgency)
        caller = await a_person(session, branch, Role.TELE_CALLER, "Paula Soto")
        token = await a_token(session, caller)
    await database.close()
    return token


@pytest.fixture(scope="module")
def desk(database_url: str, redis_url: str) -> Iterator[Desk]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        token = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Desk(served, token)


def opened(desk: Desk, chromium: Browser, width: int, height: int, path: str) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": desk.token, "url": desk.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    watch.page.goto(f"{desk.served.url}{path}")
    return watch


def test_a_call_is_noted_with_what_was_promised(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, 1366, 768, "/")
    page = watch.page
    page.wait_for_url("**/cases")
    page.locator("[data-testid=case]").nth(1).wait_for()
    photograph(page, "cases")
    # What is looked for stands in the address, and is there again after a reload.
    page.select_option("select[name=next_action]", "none")
    page.fill("input[name=q]", "maría")
    page.locator("[data-testid=case]").nth(1).wait_for(state="detached")
    assert "next_action=none" in page.url
    assert "q=mar" in page.url
    page.reload()
    page.click("text=María González")
    page.wait_for_selector("text=Nothing to come")
    page.wait_for_selector("text=Owes in all")
    # Without a result nothing is noted; the field says what would be right.
    page.click("text=Note a contact")
    page.fill("textarea[name=note]", "Will go to the branch")
    page.click("text=Note contact")
    page.wait_for_selector("#contact-problem:not(:empty)")
    page.select_option("#contact", "spoke_customer")
    page.select_option("#result", "call_promised")
    page.fill("[id='promise.amount.amount_minor']", "30000")
    photograph(page, "note")
    page.click("text=Note contact")
    page.wait_for_selector(".event:has-text('Call: Promised to pay')")
    page.wait_for_selector(".event:has-text('Promised CLP 30,000')")
    assert "Await the payment" in page.inner_text("#head")
    photograph(page, "case")
    # Back to the list as it was left: the case has something to come now.
    page.click("#back")
    page.wait_for_selector("text=No case fits")
    assert watch.outside == []
    assert [word for word in watch.wrong if "422" not in word] == []


def test_the_pages_fit_a_phone_in_the_dark(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, 390, 844, "/cases")
    page = watch.page
    page.emulate_media(color_scheme="dark")
    page.locator("[data-testid=case]").nth(1).wait_for()
    photograph(page, "cases-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=Pedro Rojas")
    page.wait_for_selector("text=Owes in all")
    page.click("text=What comes next")
    page.click("text=Keep it")
    page.wait_for_selector(".event:has-text('Next: Call')")
    # A number that was found is added, and kept from use when it turns out to be a stranger's.
    page.click("text=Add a contact")
    page.fill("#value", "9 1234 5678")
    page.click("dialog >> text=Add contact")
    page.wait_for_selector("#person >> text=+56912345678")
    page.click("text=Not to be used…")
    page.fill("#reason", "A stranger answered")
    page.click("dialog >> text=Keep it from use")
    page.wait_for_selector("text=Not to be used: belongs to somebody else")
    photograph(page, "case-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (watch.wrong, watch.outside) == ([], [])
