"""An agent drops out on the live map: what would happen, what happened, and the way back."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from data.session import EVERYTHING, Database, rows
from streets.publish import publish
from tests.allocation.absence.scenes import HOUR, a_team
from tests.browser.test_underway import signed_in
from tests.conftest import MONDAY_NINE
from tests.served import Served, serving, set_clock
from tests.streets.small_city import small_graph

pytestmark = pytest.mark.browser
NOW = MONDAY_NINE + timedelta(minutes=2)


async def _set_up(database_url: str) -> tuple[str, UUID, UUID]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        shift = (MONDAY_NINE, MONDAY_NINE + HOUR)
        team = await a_team(session, [[90, 80, 3], [5, 4, 60]], shift=shift)
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=team.boss)
    await database.close()
    return found[0].username, team.agents[0], team.agents[1]


@pytest.fixture
def team(own_database_url: str, redis_url: str) -> Iterator[tuple[Served, str, UUID, UUID]]:
    set_clock(own_database_url, NOW)
    with ThreadPoolExecutor(1) as thread:
        user, gone, stays = thread.submit(asyncio.run, _set_up(own_database_url)).result()
    with serving(own_database_url, redis_url, worker=False) as served:
        yield served, user, gone, stays


@pytest.mark.parametrize("width", [1280, 390])
def test_visits_are_handed_over_and_given_back_by_a_click_each(
    chromium: Browser, team: tuple[Served, str, UUID, UUID], width: int, tmp_path: Path
) -> None:
    served, username, gone, _ = team
    watch = signed_in(chromium, served, username, width)
    page = watch.page
    if width < 600:
        page.locator("[data-tab-for=agents]").click()
    page.click(f".row[data-agent-id='{gone}']")
    page.get_by_test_id("unavailable").click()
    forecast = page.get_by_test_id("forecast")
    expect(forecast).to_contain_text("to Agent 1", timeout=30_000)
    expect(forecast).to_contain_text("find")
    page.screenshot(path=tmp_path / f"forecast-{width}.png")
    page.get_by_test_id("unavailable-form").locator("[type=submit]").click()
    moves = page.get_by_test_id("moves")
    expect(moves).to_contain_text("Agent 1")
    expect(moves).to_contain_text("cannot take it")
    done = page.get_by_role("button", name="Done", exact=True)
    foot, list_ = done.bounding_box(), moves.bounding_box()
    assert foot
    assert list_
    assert foot["y"] >= list_["y"] + list_["height"], "the sheet is read from top to bottom"
    page.screenshot(path=tmp_path / f"moves-{width}.png")
    done.click()
    absence = page.get_by_test_id("absence")
    expect(absence).to_contain_text("Ill")
    expect(absence).to_contain_text("with others until the day is over")
    absence.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / f"absence-{width}.png")
    page.get_by_test_id("give-back").click()
    expect(page.locator(".toast")).to_contain_text("given back")
    expect(absence).to_have_count(0)
    assert watch.wrong == []
    assert watch.outside == []
