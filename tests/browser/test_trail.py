"""The chosen agent's trail on the live map: beads, gaps, figures, and files to save."""

import json
from collections.abc import Iterator

import pytest
from defusedxml.ElementTree import fromstring
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import watched
from tests.browser.test_live_map import LIVE, PLANNED, Town, a_town, sign_in, until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def town(database_url: str, redis_url: str) -> Iterator[Town]:
    """The agent rode out, stood for six minutes, was silent for as long, and came back."""
    with a_town(database_url, redis_url) as town:
        for second in range(-1500, -1080, 20):
            town.ping(second, (min(300.0, (second + 1500) * 5.0), 0))
        for second in range(-700, -620, 20):
            town.ping(second, (300, (second + 700) * 3.0))
        yield town


def choose(page: Page, town: Town) -> None:
    sign_in(page, town)
    until(page, LIVE)
    page.click(f'[data-agent-id="{town.agent_id}"]')
    until(page, PLANNED)
    until(page, "() => window.roundsman.trail?.properties.stops.length === 1")


def test_the_panel_tells_the_way_and_has_it_to_save(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    choose(watch.page, town)
    way = watch.page.locator('[data-testid="way"]')
    text = way.inner_text()
    assert "standing 5 min" in text
    assert "1 stop · 1 gap, 6 min" in text
    for name, read in (("GPX", fromstring), ("GeoJSON", json.loads)):
        with watch.page.expect_download() as download:
            way.get_by_text(name, exact=True).click()
        assert download.value.suggested_filename.startswith("trail-2026-11-23-diego-soto.")
        assert len(read(download.value.path().read_text())) > 2
    assert watch.outside == []
    assert watch.wrong == []


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (360, 740)])
def test_a_bead_tells_from_when_to_when(
    town: Town, chromium: Browser, width: int, height: int
) -> None:
    watch = watched(chromium, width, height)
    page = watch.page
    sign_in(page, town)
    until(page, LIVE)
    if width < 500:
        page.click('[data-tab-for="agents"]')
    page.click(f'[data-agent-id="{town.agent_id}"]')
    until(page, "() => window.roundsman.trail?.properties.stops.length === 1")
    if width < 500:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click('[data-tab-for="map"]')
    told = hovered(page)
    assert "09:06–09:1" in told
    assert told.endswith("stopped for 5 min")
    assert page.locator("#popover").inner_text() == told
    assert watch.outside == []
    assert watch.wrong == []


def hovered(page: Page) -> str:
    """What the map tells of its first bead under the pointer, which is clicked then."""
    for _ in range(100):
        spot = page.evaluate(CENTERED)
        page.mouse.move(*spot)
        told: str = page.evaluate("() => window.map_live.getContainer().title")
        if told:
            page.mouse.click(*spot)
            return told
        page.wait_for_timeout(100)
    raise AssertionError("the bead is not where it should be")


def test_the_way_is_colored_by_speed_with_its_key(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    page = watch.page
    choose(page, town)
    key = page.get_by_test_id("pace-key")
    assert key.is_hidden()
    page.get_by_test_id("pace").click()
    assert key.inner_text().split() == [
        *("Speed", "in", "km/h"), "0–6", "6–20", "20–40", "40–60", "60+",
    ]  # fmt: skip
    # The round lies over the way where both went: without it the way alone is seen.
    until(page, f"() => ({PAINTED})('pace-2') > 40")
    page.get_by_test_id("pace").click()
    until(page, f"() => ({PAINTED})('pace-2') === 0")
    assert key.is_hidden()
    page.get_by_test_id("pace").click()
    page.reload()
    until(page, LIVE)
    assert page.get_by_test_id("pace").get_attribute("aria-pressed") == "true"
    assert key.is_hidden()  # nobody is chosen: there is nothing that it could explain
    assert watch.outside == []
    assert watch.wrong == []


PAINTED = """(name) => {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const canvas = document.querySelector(".over-canvas.plan");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const isTone = data[i] === red && data[i + 1] === green && data[i + 2] === blue;
    count += isTone && data[i + 3] === 255;
  }
  return count;
}"""


def test_a_position_can_be_copied_and_opened_elsewhere(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    page = watch.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, town)
    line = page.locator("#selected").get_by_test_id("spot")
    told = line.locator(".at").inner_text()
    assert line.get_by_role("link").get_attribute("href") == (
        f"geo:{told.replace(' ', '')}?q={told.replace(' ', '')}"
    )
    line.get_by_role("button").click()
    until(page, "() => document.querySelector('.toasts').innerText.includes('is copied')")
    assert page.evaluate("() => navigator.clipboard.readText()") == told
    page.locator(".folium-map").click(button="right", position={"x": 60, "y": 500})
    popover = page.locator("#popover")
    lat, lon = map(float, popover.locator(".at").inner_text().split(","))
    spot = page.evaluate("(at) => window.map_live.latLngToContainerPoint(at)", [lat, lon])
    assert (spot["x"], spot["y"]) == pytest.approx((60, 500), abs=1.5)
    page.keyboard.press("Escape")
    assert popover.is_hidden()
    assert page.evaluate("() => window.roundsman.selectedId") == str(town.agent_id)
    assert watch.outside == []
    assert watch.wrong == []


CENTERED = """() => {
  const { lat, lon } = window.roundsman.trail.properties.stops[0];
  const map = window.map_live;
  map.setView([lat, lon], 18, { animate: false });
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  const { left, top } = map.getContainer().getBoundingClientRect();
  return [left + x, top + y];
}"""


def test_the_chips_count_what_the_search_finds(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    page = watch.page
    sign_in(page, town)
    until(page, LIVE)
    every = page.locator('[data-filter="all"] b')
    before = int(every.inner_text())
    assert before > 0
    page.get_by_role("searchbox").fill("diego")
    assert int(every.inner_text()) == page.locator("#agents .row").count() == 1
    page.get_by_role("searchbox").fill("nobody of that name")
    counts = page.locator("#agents .chip b").all_inner_texts()
    assert len(counts) > 1  # a chip does not vanish under the pointer while somebody types
    assert set(counts) == {"0"}
    assert watch.wrong == []


def test_a_click_on_a_heap_of_missed_visits_comes_closer(town: Town, chromium: Browser) -> None:
    watch = watched(chromium)
    page = watch.page
    page.route("**/v1/live/fences", many_missed)
    sign_in(page, town)
    until(page, LIVE)
    until(page, "() => window.roundsman.fences.length === 2000")
    lat, lon = page.evaluate(HEAP)
    spot = page.evaluate(
        "(at) => Object.values(window.map_live.latLngToContainerPoint(at))", [lat, lon]
    )
    until(page, f"() => ({PAINTED_AT})({spot[0]}, {spot[1]})")
    zoom = page.evaluate("() => window.map_live.getZoom()")
    page.locator(".folium-map").click(position={"x": spot[0], "y": spot[1]})
    until(page, f"() => window.map_live.getZoom() === {zoom + 2}")
    moved = page.evaluate(
        "(at) => Object.values(window.map_live.latLngToContainerPoint(at))", [lat, lon]
    )
    assert moved == pytest.approx(spot, abs=2)
    assert watch.wrong == []


def many_missed(route: Route) -> None:
    """The server's own fences, two thousand times over: as many lie in view of a large lender."""
    answer = route.fetch()
    collection = answer.json()
    one = collection["features"][0]
    properties = {**one["properties"], "status": "missed"}
    collection["features"] = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-71.2, -29.95]},
            "properties": {**properties, "stop_id": f"stop {n}"},
        }
        for n in range(2000)
    ]
    route.fulfill(response=answer, json=collection)


HEAP = """() => {
  window.map_live.setView([-29.951, -71.203], 13, { animate: false });
  return [-29.95, -71.2];
}"""

PAINTED_AT = """(x, y) => {
  const canvas = document.querySelector(".over-canvas.plan");
  return canvas.getContext("2d").getImageData(x, y, 1, 1).data[3] > 0;
}"""
