"""The list of agents where they are many: only what is seen is in the page, all can be reached."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser

from data.session import EVERYTHING, Database, rows
from tests.browser.conftest import watched
from tests.browser.test_live_map import LIVE, a_town, sign_in, until
from tests.factories import an_agent

pytestmark = pytest.mark.browser
MANY = 300


async def _add(database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        (town,) = await rows(session, "SELECT branch_id FROM staff WHERE full_name = 'Diego Soto'")
        for n in range(1, MANY + 1):
            await an_agent(session, town.branch_id, f"Many {n}")
    await database.close()


HERE = """() => {
  const { dataset, ariaPosInSet, ariaSetSize } = document.activeElement.closest("li");
  const { textContent } = document.querySelector(".row:focus .who");
  return [textContent, ariaPosInSet, ariaSetSize, dataset.row];
}"""
SHOWN = "() => document.querySelectorAll('.row[data-agent-id]').length"


def test_a_long_list_is_walked_searched_and_scrolled_whole(
    own_database_url: str, redis_url: str, chromium: Browser
) -> None:
    with a_town(own_database_url, redis_url) as town:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _add(own_database_url)).result()
        watch = watched(chromium)
        page = watch.page
        sign_in(page, town)
        until(page, LIVE)
        assert page.evaluate("() => Object.keys(window.roundsman.agents).length") == MANY + 1
        assert page.evaluate(SHOWN) < MANY / 2
        page.locator(".row[data-agent-id]").first.focus()
        page.keyboard.press("End")
        last = page.evaluate(HERE)
        assert last[:3] == [f"Many {MANY}", last[2], last[2]]
        page.keyboard.press("ArrowUp")
        assert page.evaluate(HERE)[:2] == [f"Many {MANY - 1}", str(int(last[2]) - 1)]
        page.evaluate("() => { document.querySelector('#agents').scrollTop = 0; }")
        page.wait_for_timeout(1200)  # the list is drawn at least once more
        assert page.evaluate(HERE)[0] == f"Many {MANY - 1}"  # which keeps the focus, out of sight
        page.evaluate("() => { document.querySelector('#agents').scrollTop = 9000; }")
        until(page, "() => document.elementFromPoint(120, 500).closest('.row') !== null")
        page.fill(".search input", "many 27")
        until(page, f"() => ({SHOWN})() === 11")
        page.click("text=/^Many 275$/")
        chosen = "document.querySelector('.row[aria-current=true] .who')?.textContent"
        until(page, f"() => {chosen} === 'Many 275'")
        assert watch.wrong == []
