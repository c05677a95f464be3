"""A customer pays on a phone without signing in, and sees the receipt; in a real browser."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.browser.conftest import watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_token, an_agent
from tests.served import serving, set_clock

pytestmark = pytest.mark.browser


@dataclass
class Sent:
    """The address that the customer was sent."""

    url: str


async def _set_up(database_url: str) -> tuple[str, UUID]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent, due_minor=50_000)
        await session.execute(text("UPDATE customer SET language = 'es'"))
        token = await a_token(session, agent)
    await database.close()
    return token, case.case_id


@pytest.fixture
def sent(own_database_url: str, redis_url: str) -> Iterator[Sent]:
    set_clock(own_database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        token, case_id = thread.submit(asyncio.run, _set_up(own_database_url)).result()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ROUNDSMAN_GATEWAY_URL", "fake")
        with serving(own_database_url, redis_url, worker=False) as served:
            made = httpx.put(
                f"{served.url}/v1/payment-links/{new_id()}",
                json={"case_id": str(case_id), "is_part_allowed": True},
                headers={"Authorization": f"Bearer {token}"},
            )
            yield Sent(made.json()["url"])


def test_a_customer_pays_a_part_on_a_phone_and_sees_the_receipt(
    chromium: Browser, sent: Sent
) -> None:
    watch = watched(chromium, 360, 740)
    page = watch.page
    page.goto(sent.url)
    expect(page.get_by_test_id("sum")).to_have_text("$ 50.000")
    photograph(page, "pay")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("¿Cuánto quiere pagar ahora?").fill("60000")
    page.get_by_test_id("go").click()
    expect(page.get_by_text("como máximo $ 50.000.").last).to_be_visible()
    page.get_by_label("¿Cuánto quiere pagar ahora?").fill("20000")
    page.get_by_test_id("go").click()
    page.get_by_test_id("pay").click()
    expect(page.get_by_test_id("sum")).to_have_text("$ 30.000")
    page.get_by_test_id("receipt").click()
    expect(page.get_by_test_id("amount")).to_have_text("$ 20.000")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert watch.outside == []
    # The browser itself logs that an answer was 422: the wrong amount.
    assert [wrong for wrong in watch.wrong if "422" not in wrong] == []
