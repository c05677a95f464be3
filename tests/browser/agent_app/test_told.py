"""An agent whose round is planned anew knows within half a minute, with the app on the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from collection.portfolio.stages.change_stage import change_stage
from collection.portfolio.stages.stage import Closure, Stage
from data.session import EVERYTHING, Database
from routing.underway.replan import replan_rounds
from tests.browser.agent_app.scene import Scene, a_phone, a_scene, in_thread, stand_at, start_shift
from tests.browser.conftest import chromium_path
from tests.conftest import MONDAY_NINE
from tests.routing.underway.scenes import CITIES, DAY, solve_all

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url) as scene:
        yield scene


async def _plan_anew_without(scene: Scene, number: int) -> None:
    """The case is closed, and the round planned again."""
    database = Database(scene.database_url)
    async with database.transaction(EVERYTHING) as session:
        await change_stage(
            session, scene.cases[number], Stage.CLOSED, Closure.SETTLED, "agreed", scene.agent,
            MONDAY_NINE,
        )  # fmt: skip
        await replan_rounds(session, [scene.agent], DAY, CITIES, solve_all, MONDAY_NINE)
    await database.close()


def test_another_round_is_on_the_screen_within_half_a_minute(scene: Scene, tmp_path: Path) -> None:
    with (
        sync_playwright() as playwright,
        a_phone(playwright.chromium, chromium_path(), tmp_path) as phone,
    ):
        page = phone.pages[0]
        # The app's clock is the test's, which need not wait half a minute.
        page.clock.install()
        stand_at(phone, scene.doors[str(scene.cases[0])])
        start_shift(scene, page)
        in_thread(_plan_anew_without(scene, 3))
        assert page.locator("[data-testid=replanned]").count() == 0
        page.clock.fast_forward(30_000)
        page.wait_for_selector("[data-testid=replanned]")
        assert "No longer:" in page.inner_text("[data-testid=replanned]")
