"""A phone's set-up page in a real browser: heard, tested, and its key told to nobody."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import insert

from data.session import EVERYTHING, Database
from data.tables.tracking import SelfTestBeat
from tests.browser.conftest import watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, an_agent
from tests.served import Served, serving, set_clock
from tracking.health.start_self_test import start_self_test

pytestmark = pytest.mark.browser


@dataclass
class Phones:
    """The product at nine, a fresh phone, and one whose test ended with a verdict."""

    served: Served
    fresh_key: str
    tested_key: str


async def _set_up(database_url: str) -> tuple[str, str]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, "Diego Soto")
        _, fresh = await a_device(session, branch, carried_by=agent)
        device, tested = await a_device(session, branch)
        began = MONDAY_NINE - timedelta(minutes=20)
        test = await start_self_test(session, branch, device, 30, began)
        at = began + timedelta(minutes=3)
        await session.execute(
            insert(SelfTestBeat).values(self_test_id=test.id, captured_at=at, received_at=at)
        )
    await database.close()
    return fresh, tested


@pytest.fixture(scope="module")
def phones(database_url: str, redis_url: str) -> Iterator[Phones]:
    set_clock(database_url, MONDAY_NINE)
    # In a thread of its own: the browser's driver has an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        fresh, tested = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Phones(served, fresh, tested)


def test_a_phone_is_tested_and_its_key_is_in_no_address(phones: Phones, chromium: Browser) -> None:
    watch = watched(chromium, width=320, height=640)
    page = watch.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{phones.served.url}/phone#{phones.fresh_key}")
    page.wait_for_selector("text=Nothing has arrived yet")
    assert "Diego Soto is signed on to it." in page.inner_text("[data-testid=arrival]")
    page.click("text=Start the 15-minute test")
    page.wait_for_selector("text=Lock the screen now")
    page.reload()
    page.wait_for_selector("text=Testing until")
    assert asked
    assert [url for url in asked if phones.fresh_key in url.partition("#")[0]] == []
    assert watch.outside == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    photograph(page, "phone")


def test_a_verdict_says_what_to_do_next(phones: Phones, chromium: Browser) -> None:
    watch = watched(chromium, width=360, height=740)
    page = watch.page
    page.goto(f"{phones.served.url}/phone#{phones.tested_key}")
    page.wait_for_selector("[data-testid=outcome]")
    told = page.inner_text("[data-testid=outcome]")
    assert "Not passed" in told
    assert "stopped the app after 3 minutes" in told
    assert "Then test again." in told
    small = page.evaluate(
        "[...document.querySelectorAll('button, select')]"
        ".filter((each) => each.getBoundingClientRect().height < 48).length"
    )
    assert small == 0
    assert watch.wrong == []


def test_without_a_key_there_is_the_guide_and_a_wrong_one_is_named(
    phones: Phones, chromium: Browser
) -> None:
    page = watched(chromium).page
    page.goto(f"{phones.served.url}/phone")
    page.wait_for_selector("text=Which phone is this?")
    page.select_option("[data-testid=maker]", "vivo")
    assert "Background power consumption" in page.inner_text("[data-testid=steps]")
    page.goto(f"{phones.served.url}/phone#rd_invented")
    page.wait_for_selector("text=This link is not valid any more")
