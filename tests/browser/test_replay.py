"""A day played again on the live map: from the panel, by keyboard, and by a link."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph, photograph_paper
from tests.browser.test_live_map import LIVE, PLANNED, Town, a_town, fill_in, sign_in, until

pytestmark = pytest.mark.browser
READY = "() => window.roundsman.replay?.ready"
AT = "() => window.roundsman.replay.at"
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def town(database_url: str, redis_url: str) -> Iterator[Town]:
    """The agent rode out, stood for six minutes, was silent for as long, and came back."""
    with a_town(database_url, redis_url) as town:
        for second in range(-1500, -1080, 20):
            town.ping(second, (min(300.0, (second + 1500) * 5.0), 0))
        for second in range(-700, -620, 20):
            town.ping(second, (300, (second + 700) * 3.0))
        yield town


@pytest.fixture(scope="module")
def watch(town: Town, chromium: Browser) -> Watched:
    """The live map with the agent chosen and the day opened."""
    watch = watched(chromium)
    sign_in(watch.page, town)
    until(watch.page, LIVE)
    watch.page.click(f'[data-agent-id="{town.agent_id}"]')
    until(watch.page, PLANNED)
    watch.page.click('[data-testid="replay"]')
    until(watch.page, READY)
    return watch


def test_the_panel_tells_what_happened_and_leads_to_its_moment(watch: Watched) -> None:
    told = watch.page.locator('[data-testid="happenings"]')
    assert "María González" in told.inner_text()
    assert "min late" in told.inner_text()
    # The visit's evidence is a paper, from where the visit stands.
    with watch.page.expect_download() as download:
        told.get_by_test_id("evidence").first.click()
    assert download.value.suggested_filename.startswith("evidence-")
    photograph_paper(download.value.path(), "evidence")
    told.get_by_text("No pings for 6 min").click()
    expect(watch.page.locator('[data-testid="replay-time"]')).to_have_text("09:11:40")
    watch.page.keyboard.press("ArrowRight")
    assert "No pings" in watch.page.locator(".replay-now").inner_text()
    photograph(watch.page, "replay")
    panel = watch.page.locator("#selected").inner_text()
    assert "Still to come" in panel


def test_the_whole_day_is_on_the_map_above_the_bar(watch: Watched) -> None:
    lowest = watch.page.evaluate(
        """async () => {
          const { agent_id, day } = window.roundsman.replay;
          const answer = await fetch(`/v1/agents/${agent_id}/replay?day=${day}`);
          const { pings } = await answer.json();
          const map = window.map_live;
          const at = pings.lat.map((lat, n) => map.latLngToContainerPoint([lat, pings.lon[n]]).y);
          return Math.max(...at) + map.getContainer().getBoundingClientRect().top;
        }"""
    )
    top = watch.page.evaluate("document.getElementById('replay').getBoundingClientRect().top")
    assert lowest < top


def test_what_is_pointed_at_is_told_beside_it(watch: Watched) -> None:
    page = watch.page
    x, y = page.evaluate(
        """async () => {
          const { agent_id, day } = window.roundsman.replay;
          const answer = await fetch(`/v1/agents/${agent_id}/replay?day=${day}`);
          const { visits } = await answer.json();
          const { lat, lon } = visits.find(({ customer }) => customer === "María González");
          const at = window.map_live.latLngToContainerPoint([lat, lon]);
          const { left, top } = window.map_live.getContainer().getBoundingClientRect();
          return [at.x + left, at.y + top];
        }"""
    )
    page.mouse.move(x, y - 3)
    page.mouse.move(x, y)
    told = page.locator("#popover")
    expect(told).to_contain_text("María González · ")
    expect(told).to_contain_text("Stayed")
    expect(told).to_contain_text("late")
    page.mouse.move(x, 4)
    expect(told).to_be_hidden()


def test_keys_move_the_time_and_play(watch: Watched) -> None:
    page = watch.page
    page.locator('[data-testid="replay-slider"]').focus()
    page.keyboard.press("Home")
    began = page.evaluate(AT)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate(AT) == began + 11 * MINUTE_MS
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(AT) == began + 10 * MINUTE_MS
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    until(page, "began => window.roundsman.replay.at > began + 2000", began)
    page.keyboard.press("Space")
    assert page.evaluate("() => window.roundsman.replay.playing") is False
    page.keyboard.press("End")
    assert page.evaluate(AT) == began + 860 * 1000


def test_a_day_without_pings_says_so_and_the_other_day_leads_back(watch: Watched) -> None:
    page = watch.page
    page.get_by_label("The day before").click()
    until(page, "() => window.roundsman.replay.pings === 0 && window.roundsman.replay.ready")
    assert "Nothing was recorded" in page.locator("#replay").inner_text()
    page.get_by_label("The day after").click()
    until(page, "() => window.roundsman.replay.pings > 0")


def test_the_link_leads_to_the_same_moment_after_signing_in(
    watch: Watched, town: Town, chromium: Browser
) -> None:
    page = watch.page
    page.locator('[data-testid="happenings"]').get_by_text("No pings for 6 min").click()
    at = page.evaluate(AT)
    until(page, "() => location.search.includes('at=2026-11-23T12:11:40Z')")
    link = page.url
    other = watched(chromium, 390, 844)
    other.page.goto(link)
    other.page.wait_for_url(lambda url: urlsplit(url).path == "/sign-in")
    fill_in(other.page, town)
    other.page.wait_for_url(lambda url: urlsplit(url).path == "/live")
    until(other.page, "() => window.roundsman?.replay?.ready")
    assert other.page.evaluate(AT) == at
    assert other.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert other.outside == other.wrong == []


def test_back_to_live_shows_the_round_again(watch: Watched) -> None:
    page: Page = watch.page
    page.click('[data-testid="replay-close"]')
    until(page, "() => window.roundsman.replay === null")
    page.wait_for_selector('[data-testid="next-stop"]')
    assert urlsplit(page.url).query == ""
    assert watch.outside == watch.wrong == []
