"""What a day costs an agent's data plan, counted where the phone meets the network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.agent_app.scene import Scene, a_scene, sign_in, start_shift, wait_until_sent
from tests.browser.agent_app.test_flight_mode import VISIT

pytestmark = pytest.mark.browser

STOPS, PHOTOS = 40, 12
DAY_BYTES = 15_000_000
LOOKS = 8 * 3600 // 25  # with the app on the screen all day
MAP_BYTES = 8_000_000  # as agent_app/sync/day.js has it
LOOK = """async (times) => {
  const { lookAround } = await import("/app/sync/day.js");
  const { flush } = await import("/app/sync/flush.js");
  const { obeyWipe } = await import("/app/sync/wipe.js");
  for (let at = 0; at < times; at += 1) {
    await obeyWipe();
    await flush();
    await lookAround();
  }
}"""
ALL_OF_THE_MAP = "async () => (await import('/app/sync/day.js')).downloadMap()"
LARGE_MAP = """async (bytes) => {
  const { downloadMap } = await import("/app/sync/day.js");
  await caches.delete("roundsman-map");
  let asked = 0;
  const real = globalThis.fetch;
  globalThis.fetch = async (...given) => {
    if (!String(given[0]).startsWith("/tiles/")) return real(...given);
    asked += 1;
    return new Response(new Uint8Array(bytes));
  };
  await downloadMap();
  await downloadMap(); // what there was no room for today is not asked for again at once
  globalThis.fetch = real;
  return asked;
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=STOPS, limit_minor=10_000_000) as scene:
        yield scene


def visit(page: Page, scene: Scene, number: int) -> None:
    door = scene.doors[str(scene.cases[number])]
    page.context.set_geolocation({"latitude": door.lat, "longitude": door.lon, "accuracy": 8})
    told = {
        "caseId": str(scene.cases[number]), "place": {"lat": door.lat, "lon": door.lon},
        "pays": 5_000, "promises": 0, "photo": number if number < PHOTOS else 0,
    }  # fmt: skip
    page.evaluate(VISIT, told)


def test_a_day_costs_less_than_15_mb_also_on_the_day_that_the_app_is_installed(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.evaluate(ALL_OF_THE_MAP)
    page.evaluate(LOOK, 1)
    morning = scene.network.carried_bytes
    page.evaluate(LOOK, 10)
    looks = (scene.network.carried_bytes - morning) / 10 * LOOKS
    before = scene.network.carried_bytes
    for number in range(STOPS):
        visit(page, scene, number)
    wait_until_sent(page, 3 * STOPS + PHOTOS - 1)
    records = scene.network.carried_bytes - before
    told = {"morning": morning, "looks": looks, "records": records, "map": MAP_BYTES}
    # The small town's map is next to nothing: the largest that is ever fetched counts.
    assert sum(told.values()) < DAY_BYTES, told
    assert records > 10_000 * PHOTOS


def test_a_large_map_is_fetched_as_far_as_a_day_has_room_for_it(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    sign_in(scene, page)
    page.click("[data-testid=start-shift]")
    page.wait_for_selector("[data-testid=stop]")
    page.wait_for_timeout(1_000)
    asked = page.evaluate(LARGE_MAP, MAP_BYTES // 4)
    # On a slow machine the app itself is still at one of them.
    assert 4 <= asked <= 5
