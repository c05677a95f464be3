"""A late agent on the live map: when stops are expected, and a new plan to take or leave."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.underway.follow_rounds import follow_rounds
from routing.underway.replan import offer_round
from routing.underway.when import Cause
from streets.publish import publish
from tests.browser.conftest import Watched, watched
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_person
from tests.routing.underway.scenes import (
    CITIES,
    DAY,
    a_day,
    is_at,
    is_paid,
    order,
    solve_all,
)
from tests.served import Served, serving, set_clock
from tests.streets.small_city import small_graph

pytestmark = pytest.mark.browser
NOW = MONDAY_NINE + timedelta(minutes=30)


async def _set_up(database_url: str, redis_url: str) -> tuple[str, UUID]:
    """An agent who is still at home after half an hour, and an offer without one stop."""
    live = LiveBus(redis_url)
    database = Database(database_url, live)
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        day = await a_day(session)
        person = await a_person(session, day.branch, Role.SUPERVISOR, "Sofía Rojas")
        await is_at(session, day, (0, 0), NOW)
        await is_paid(session, day.order[2])
        await follow_rounds(session, CITIES, NOW)
        await offer_round(session, day.agent, DAY, Cause.GONE, CITIES, solve_all, NOW)
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
    await database.close()
    await live.close()
    return found[0].username, day.agent


@pytest.fixture
def late(own_database_url: str, redis_url: str) -> Iterator[tuple[Served, str, UUID]]:
    set_clock(own_database_url, NOW)
    with ThreadPoolExecutor(1) as thread:
        user, agent = thread.submit(asyncio.run, _set_up(own_database_url, redis_url)).result()
    with serving(own_database_url, redis_url, worker=False) as served:
        yield served, user, agent


def signed_in(chromium: Browser, served: Served, username: str, width: int) -> Watched:
    watch = watched(chromium, width, 860)
    watch.page.goto(f"{served.url}/live")
    watch.page.wait_for_url("**/sign-in**")
    watch.page.fill("[name=username]", username)
    watch.page.fill("[name=password]", PASSWORD)
    watch.page.click("[type=submit]")
    watch.page.wait_for_url(lambda url: urlsplit(url).path == "/live")
    return watch


async def _order(database_url: str, agent: UUID) -> int:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        count = len(await order(session, agent))
    await database.close()
    return count


@pytest.mark.parametrize("width", [1280, 390])
def test_lateness_is_seen_and_a_new_plan_is_taken(
    chromium: Browser, late: tuple[Served, str, UUID], width: int
) -> None:
    served, username, agent = late
    watch = signed_in(chromium, served, username, width)
    page = watch.page
    if width < 600:
        page.locator("[data-tab-for=agents]").click()
    page.click(f".row[data-agent-id='{agent}']")
    offer = page.get_by_test_id("offer")
    expect(offer).to_contain_text("A new plan is on offer")
    expect(offer).to_contain_text("Leaves out")
    expect(page.get_by_test_id("eta").first).to_contain_text("30 min late")
    expect(page.get_by_test_id("next-stop")).to_contain_text("30 minutes behind plan")
    offer.scroll_into_view_if_needed()
    offer.get_by_role("button", name="Take the new plan").click()
    expect(offer).to_have_count(0)
    with ThreadPoolExecutor(1) as thread:
        left = thread.submit(asyncio.run, _order(served.database_url, agent)).result()
    assert left == 3
    assert watch.wrong == []
    assert watch.outside == []
