"""The supervisors' live map in a real browser: agents move, a click shows the round."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from streets.publish import publish
from tests.browser.conftest import watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_case, a_device, a_person, a_token, an_agent
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.served import Served, serving, set_clock
from tests.streets.small_city import at, small_graph

pytestmark = pytest.mark.browser
HOUSES = [(100, 15), (310, 15), (200, 115), (390, 215)]


@dataclass
class Town:
    """The product at half past nine, with one agent on a planned round."""

    served: Served
    username: str
    agent_id: str
    device_key: str
    agent_token: str

    def ping(self, second: int, spot: tuple[float, float]) -> None:
        """The agent's phone reports where it is, so many seconds after half past nine."""
        lat, lon = at(*spot)
        when = MONDAY_NINE + timedelta(minutes=30, seconds=second)
        ping = {"captured_at": when.isoformat(), "lat": lat, "lon": lon, "accuracy_m": 8.0,
                "speed_mps": 5.0, "heading_deg": 90.0, "battery_pct": 80}  # fmt: skip
        httpx.post(
            f"{self.served.url}/v1/pings",
            json={"pings": [ping]},
            headers={"Authorization": f"Bearer {self.device_key}"},
            timeout=10,
        ).raise_for_status()


async def _set_up(database_url: str) -> tuple[str, str, str, str]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        graph = small_graph()
        await publish(session, graph, [], "town", MONDAY_NINE)
        branch = await a_branch(session, location=HOME)
        person = await a_person(session, branch, Role.SUPERVISOR, "Sofía Rojas")
        agent = await an_agent(session, branch, "Diego Soto", home=HOME, shift=SHIFT)
        _, key = await a_device(session, branch, carried_by=agent)
        for house in HOUSES:
            await a_case(session, branch, at=LatLon(*at(*house)), agent_id=agent)
        await plan_rounds(session, DAY, open_city(graph), solve_all, MONDAY_NINE)
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
        token = await a_token(session, agent)
    await database.close()
    return found[0].username, str(agent), key, token


@contextmanager
def a_town(database_url: str, redis_url: str) -> Iterator[Town]:
    set_clock(database_url, MONDAY_NINE + timedelta(minutes=30))
    # In a thread of its own: the browser's driver has an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        told = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url) as served:
        yield Town(served, *told)


@pytest.fixture(scope="module")
def town(database_url: str, redis_url: str) -> Iterator[Town]:
    with a_town(database_url, redis_url) as town:
        yield town


def sign_in(page: Page, town: Town) -> None:
    page.goto(f"{town.served.url}/live")
    page.wait_for_url("**/sign-in**")
    fill_in(page, town)
    page.wait_for_url(lambda url: urlsplit(url).path == "/live")


def fill_in(page: Page, town: Town) -> None:
    """Send the sign-in form that is shown."""
    page.fill("input[name=username]", town.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")


def until(page: Page, true: str, argument: Any = None) -> None:
    """Wait for a JavaScript function of `argument` to answer true.

    Asked from outside: Playwright's own waiting evaluates text in the page, which its content
    security policy forbids, as it should.
    """
    for _ in range(200):
        if page.evaluate(true, argument):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {true}")


PLANNED = "() => window.roundsman.round?.stops.length === 4"
LIVE = "() => window.roundsman?.connection === 'live'"


def position(page: Page, agent_id: str) -> Any:
    """Where the map draws the agent now."""
    return page.evaluate(
        "id => window.roundsman.agents[id].position",
        agent_id,
    )


def test_agents_move_and_a_click_shows_the_round(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    page = watch.page
    town.ping(0, (0, 0))
    sign_in(page, town)
    page.wait_for_selector(f'[data-agent-id="{town.agent_id}"]')
    until(page, LIVE)
    until(page, "id => window.roundsman.agents[id]?.position", town.agent_id)
    before = position(page, town.agent_id)

    town.ping(20, (100, 0))
    until(
        page,
        "([id, lon]) => window.roundsman.agents[id].position.lon > lon + 5e-4",
        [town.agent_id, before["lon"]],
    )

    page.click(f'[data-agent-id="{town.agent_id}"]')
    until(page, PLANNED)
    assert page.locator("[data-stop-id]").count() == len(HOUSES)
    assert "Diego Soto" in page.locator('[data-testid="selected"]').inner_text()
    photograph(page, "live-map-round")
    page.click('[data-testid="heat"]')
    assert page.evaluate("() => window.roundsman.heat") == len(HOUSES)
    page.click('[data-testid="follow"]')
    lon_of = "id => window.roundsman.agents[id].position.lon"
    off = f"Math.abs(window.map_live.getCenter().lng - ({lon_of})(id))"
    until(page, f"id => {off} < 1e-4", town.agent_id)
    page.evaluate("() => window.map_live.setZoom(18, { animate: false })")
    town.ping(40, (300, 0))
    until(page, f"([id, lon]) => ({lon_of})(id) > lon + 1.5e-3", [town.agent_id, before["lon"]])
    until(page, f"id => {off} < 1.4e-3", town.agent_id)
    assert "1 of 1" in page.locator('[data-testid="strip"]').inner_text().replace("\n", " ")
    assert watch.outside == []
    assert watch.wrong == []


def test_what_only_screen_readers_see_scrolls_with_its_panel(town: Town, chromium: Browser) -> None:
    """Placed by the page, it would make that longer than the screen."""
    watch = watched(chromium)
    sign_in(watch.page, town)
    watch.page.wait_for_selector(f'[data-agent-id="{town.agent_id}"]')
    stray = """[...document.querySelectorAll(".panel .unseen")]
        .map((one) => [one.textContent, one.closest(".panel").contains(one.offsetParent)])"""
    found = watch.page.evaluate(stray)
    assert found
    assert [told for told, is_inside in found if not is_inside] == []


DRAWN_FOR_A_MOVE = """
() => {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  const drawn = {};
  CanvasRenderingContext2D.prototype.clearRect = function (...all) {
    drawn[this.canvas.className] = (drawn[this.canvas.className] ?? 0) + 1;
    return clearRect.apply(this, all);
  };
  map_live.panBy([30, 20], { animate: false });
  CanvasRenderingContext2D.prototype.clearRect = clearRect;
  return [drawn["over-canvas plan"], drawn["over-canvas people"]];
}
"""
"""Leaflet tells of one move of the map and then of its end."""


def test_a_move_of_the_map_is_drawn_once(town: Town, chromium: Browser) -> None:
    page = watched(chromium, 1366, 768).page
    sign_in(page, town)
    until(page, LIVE)
    page.click(f'[data-agent-id="{town.agent_id}"]')
    until(page, PLANNED)
    assert page.evaluate(DRAWN_FOR_A_MOVE) == [1, 1]


BLANK = """
() => [...document.querySelectorAll(".over-canvas")]
  .filter((canvas) => canvas.checkVisibility())
  .filter((canvas) => !canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    .data.some((value) => value > 0))
  .map((canvas) => canvas.className)
"""


def test_no_canvas_lies_on_the_map_with_nothing_on_it(town: Town, chromium: Browser) -> None:
    page = watched(chromium, 1366, 768).page
    sign_in(page, town)
    until(page, LIVE)
    assert page.evaluate(BLANK) == []
    page.click(f'[data-agent-id="{town.agent_id}"]')
    until(page, PLANNED)
    until(page, "() => document.querySelector('.over-canvas.plan').checkVisibility()")
    assert page.evaluate(BLANK) == []


TILES = """
() => {
  const tiles = [...document.querySelectorAll(".leaflet-tile-loaded")];
  const scratch = new OffscreenCanvas(1, 1).getContext("2d");
  const seen = tiles.map((tile) => {
    scratch.clearRect(0, 0, 1, 1);
    scratch.drawImage(tile, 5, 5, 1, 1, 0, 0, 1, 1);
    return [tile.getContext("2d"), scratch.getImageData(0, 0, 1, 1).data[3]].join();
  });
  return tiles.length && [...new Set(seen)];
}
"""
"""Of each tile the context to paint on, and how opaque a pixel is."""


def test_tiles_are_bitmaps_that_nobody_paints_on_any_more(town: Town, chromium: Browser) -> None:
    page = watched(chromium, 1366, 768).page
    sign_in(page, town)
    until(page, LIVE)
    until(page, "() => document.querySelector('.leaflet-tile-loaded')")
    assert page.evaluate(TILES) == [",255"]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1000, 700), (1366, 768), (2560, 1300)])
def test_no_toast_lies_on_the_key_and_the_key_is_whole_or_scrolls(
    town: Town, chromium: Browser, width: int, height: int
) -> None:
    page = watched(chromium, width, height).page
    sign_in(page, town)
    until(page, LIVE)
    page.click("[aria-controls=legend]")
    page.click("[data-testid=territories]")  # none is drawn, which a toast says
    told, key, area = (
        page.locator(place).bounding_box() for place in (".toast", ".legend", ".map-area")
    )
    assert told
    assert key
    assert area
    beside = told["x"] + told["width"] <= key["x"] or key["x"] + key["width"] <= told["x"]
    assert beside or told["y"] >= key["y"] + key["height"]
    assert key["y"] >= area["y"]
    assert key["y"] + key["height"] <= area["y"] + area["height"]


def test_on_a_phone_nothing_is_wider_than_the_screen(town: Town, chromium: Browser) -> None:
    watch = watched(chromium, 390, 844)
    sign_in(watch.page, town)
    until(watch.page, LIVE)
    assert watch.page.evaluate("document.documentElement.scrollWidth") <= 390
    watch.page.click('[data-tab-for="agents"]')
    watch.page.click(f'[data-agent-id="{town.agent_id}"]')
    until(watch.page, PLANNED)
    assert watch.outside == []
    assert watch.wrong == []


def test_a_wrong_password_is_told_under_the_form(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    watch.page.goto(f"{town.served.url}/sign-in")
    watch.page.fill("input[name=username]", town.username)
    watch.page.fill("input[name=password]", "wrong")
    watch.page.click("button[type=submit]")
    watch.page.wait_for_selector("text=The user name or the password is wrong")
    assert "/sign-in" in watch.page.url


def test_signing_out_ends_the_session_and_leads_to_the_sign_in_page(
    town: Town, chromium: Browser
) -> None:
    watch = watched(chromium)
    sign_in(watch.page, town)
    until(watch.page, LIVE)
    watch.page.click('[data-testid="sign-out"]')
    watch.page.wait_for_url(lambda url: urlsplit(url).path == "/sign-in")
    watch.page.goto(f"{town.served.url}/live")
    assert urlsplit(watch.page.url).path == "/sign-in"
    assert watch.wrong == []


@pytest.mark.parametrize("path", ["/ui", "/docs"])
def test_open_pages_are_whole(town: Town, chromium: Browser, path: str) -> None:
    watch = watched(chromium)
    watch.page.goto(f"{town.served.url}{path}", wait_until="networkidle")
    assert watch.outside == []
    assert watch.wrong == []


def test_the_map_tells_when_the_connection_is_lost(
    own_database_url: str, redis_url: str, chromium: Browser
) -> None:
    watch = watched(chromium)
    with a_town(own_database_url, redis_url) as town:
        sign_in(watch.page, town)
        until(watch.page, LIVE)
    until(watch.page, "() => window.roundsman.connection === 'reconnecting'")


def test_a_call_for_help_stands_out_and_is_ended_with_what_was_done(
    town: Town, chromium: Browser
) -> None:
    watch = watched(chromium)
    page = watch.page
    sign_in(page, town)
    until(page, LIVE)
    fix = {"lat": HOME.lat + 0.01, "lon": HOME.lon, "captured_at": "2026-11-23T12:45:00Z"}
    httpx.put(
        f"{town.served.url}/v1/agent/panics/{new_id()}",
        json={"device_time": "2026-11-23T12:30:00Z", "note": "Dog", "fix": fix},
        headers={"Authorization": f"Bearer {town.agent_token}"},
        timeout=10,
    ).raise_for_status()
    card = page.locator("#alerts .alert").first
    page.wait_for_selector(".alert.panic")
    assert "calls for help" in card.inner_text()
    assert card.locator("a[href^='tel:+569']").count() == 1
    card.get_by_text("With a note").click()
    page.keyboard.type("Calling Diego now")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=“Calling Diego now”")
    card.get_by_text("Show on map").click()
    until(
        page,
        "lat => Math.abs(window.map_live.getCenter().lat - lat) < 1e-3",
        fix["lat"],
    )
    card.get_by_text("End call for help").click()
    page.click("#panic-end button[type=submit]")
    page.wait_for_selector("text=Say in a few words what was done.")
    page.fill("#panic-end textarea", "Spoke with Diego")
    page.click("#panic-end button[type=submit]")
    page.wait_for_selector(".alert.panic", state="detached")
    assert watch.wrong == []
