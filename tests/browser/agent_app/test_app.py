"""The agents' app on a phone: installed, opened without a network, and touched with a thumb."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from core.geometry import LatLon
from tests.browser.agent_app.scene import (
    Scene,
    a_phone,
    a_scene,
    enter_pin,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.conftest import chromium_path
from tests.browser.pictures import photograph
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

LIMIT_MINOR = 60_000
MAP_FILES = ("leaflet", "basemap", "palette", "/tiles/")
FIRST_LOAD_BYTES = 250_000


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, limit_minor=LIMIT_MINOR) as scene:
        yield scene


def open_case(scene: Scene, page: Page, number: int) -> None:
    page.goto(f"{scene.network.url}/app/#/case/{scene.cases[number]}")


def walk_to(context: BrowserContext, scene: Scene, page: Page, number: int) -> None:
    stand_at(context, scene.doors[str(scene.cases[number])])
    open_case(scene, page, number)
    page.wait_for_selector("[data-testid=distance].quiet")


def take_cash(page: Page, amount: int) -> None:
    page.tap("[data-testid=pay]")
    page.fill("#amount", str(amount))
    page.tap("[data-testid=continue]")


def test_the_first_load_is_light_asks_nobody_else_and_can_be_installed(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    outside: list[str] = []
    wrong: list[str] = []
    asked: set[str] = set()
    session = phone.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda event: asked.add(event["response"]["url"]))
    phone.on(
        "request",
        lambda request: (
            None if request.url.startswith(scene.network.url) else outside.append(request.url)
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{scene.network.url}/app/")
    page.wait_for_selector("[name=username]")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    assert outside == []
    assert wrong == []
    own = [url for url in asked if not any(name in url for name in MAP_FILES)]
    assert len(own) > 20
    # Compressed, as Caddy sends them.
    sizes = {url: len(gzip.compress(httpx.get(url).content)) for url in own}
    assert sum(sizes.values()) < FIRST_LOAD_BYTES, sizes
    failures = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each["errorId"] for each in failures if each["errorId"] != "in-incognito"] == []
    manifest = json.loads(session.send("Page.getAppManifest")["data"])
    assert manifest["start_url"] == manifest["scope"] == "/app/"


def test_what_can_be_touched_is_large_and_fits_a_narrow_screen(
    scene: Scene, playwright: Playwright, tmp_path: Path
) -> None:
    narrow = {"viewport": {"width": 320, "height": 640}}
    with a_phone(playwright.chromium, chromium_path(), tmp_path, **narrow) as context:
        page = context.pages[0]
        stand_at(context, scene.doors[str(scene.cases[1])])
        start_shift(scene, page)
        case = scene.cases[1]
        places = ["/", "/map", "/cash", "/outbox", "/me", f"/case/{case}", f"/case/{case}/pay",
                  f"/case/{case}/promise", f"/case/{case}/follow-up",
                  f"/case/{case}/message"]  # fmt: skip
        for text_size in ("100%", "200%"):
            for place in places:
                page.goto(f"{scene.network.url}/app/#{place}")
                page.evaluate(
                    "size => { document.documentElement.style.fontSize = size }", text_size
                )
                page.wait_for_selector("main")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
                small = page.evaluate(
                    "[...document.querySelectorAll('button, select, main input, .tabs a, summary')]"
                    ".filter((each) => each.checkVisibility() && each.type !== 'radio')"
                    ".filter((each) => each.getBoundingClientRect().height < 47.5)"
                    ".map((each) => each.outerHTML)"
                )
                assert small == [], place


def test_arrival_is_noticed_and_one_tap_checks_in(scene: Scene, phone: BrowserContext) -> None:
    page = phone.pages[0]
    door = scene.doors[str(scene.cases[2])]
    stand_at(phone, LatLon(door.lat + 0.01, door.lon))
    start_shift(scene, page)
    photograph(page, "agent-app")
    assert page.locator("[data-testid=arrival]").count() == 0
    stand_at(phone, door)
    page.wait_for_timeout(300)
    stand_at(phone, LatLon(door.lat + 0.00001, door.lon))
    page.tap("[data-testid=check-in-here]")
    page.wait_for_selector("text=You are here")
    wait_until_sent(page, 1)
    [row] = scene.ask("SELECT verdict FROM check_in WHERE case_id = :case", case=scene.cases[2])
    assert row.verdict == "probable"
    [ping, *_] = scene.ask("SELECT agent_id FROM ping")
    assert ping.agent_id == scene.agent
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-not_home]")
    wait_until_sent(page, 2)


def test_far_from_the_door_the_app_asks_why_before_it_writes_anything_down(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    door = scene.doors[str(scene.cases[3])]
    stand_at(phone, LatLon(door.lat + 0.005, door.lon))
    open_case(scene, page, 3)
    page.wait_for_selector("[data-testid=distance].warn")
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("text=You are not at the door")
    assert sync_state(page) == {}
    page.tap("[data-testid=why-met_elsewhere]")
    page.wait_for_selector("text=You are here")
    wait_until_sent(page, 1)
    [row] = scene.ask(
        "SELECT verdict, reason FROM check_in WHERE case_id = :case", case=scene.cases[3]
    )
    assert (row.verdict, row.reason) == ("unverified", "We met elsewhere")
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-refused]")
    wait_until_sent(page, 2)


def test_cash_over_the_limit_is_blocked_without_a_network_until_some_is_handed_over(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    walk_to(phone, scene, page, 4)
    page.tap("[data-testid=check-in]")
    take_cash(page, 50_000)
    page.tap("[data-testid=issue]")
    provisional = page.inner_text("[data-testid=receipt-number]")
    page.tap("[data-testid=receipt-done]")
    page.wait_for_selector("[data-testid=leave]")
    take_cash(page, 15_000)
    told = page.inner_text("#amount-problem").replace("\xa0", " ")
    assert "CLP 5,000 over your limit of CLP 60,000" in told
    page.tap("[data-testid=deposit-first]")
    page.fill("[name=face-20000]", "2")
    page.dispatch_event("[name=face-20000]", "change")
    page.tap("[data-testid=hand-over]")
    assert page.inner_text("[data-testid=in-hand]").endswith("10,000")
    open_case(scene, page, 4)
    take_cash(page, 15_000)
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    assert sync_state(page) == {"waiting": 4}
    phone.set_offline(False)
    wait_until_sent(page, 4)
    assert provisional.endswith("-001")
    expect(page.get_by_test_id("receipt-number")).to_have_text(re.compile("-000002$"))
    [till] = scene.ask("SELECT in_hand_minor FROM till WHERE agent_id = :id", id=scene.agent)
    assert till.in_hand_minor == 25_000
    open_case(scene, page, 4)
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-paid]")
    wait_until_sent(page, 5)


def test_what_the_server_refuses_stays_and_can_be_put_right(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    walk_to(phone, scene, page, 5)
    page.tap("[data-testid=check-in]")
    phone.set_offline(True)
    page.tap("[data-testid=promise]")
    page.tap("[data-testid=save-promise]")
    page.wait_for_selector("[data-testid=leave]")
    # Meanwhile the customer has paid most of it at the counter.
    scene.ask(
        "UPDATE demand SET paid_minor = 40000 WHERE account_id ="
        " (SELECT account_id FROM case_file WHERE id = :case) RETURNING id",
        case=scene.cases[5],
    )
    phone.set_offline(False)
    page.goto(f"{scene.network.url}/app/#/outbox")
    page.wait_for_selector("[data-testid=parked]")
    assert sync_state(page) == {"sent": 1, "parked": 1}
    assert "10,000" in page.inner_text("[data-testid=problem]")
    # Sent again without a network it waits, which is said; with one it is refused again.
    phone.set_offline(True)
    page.tap("[data-testid=again]")
    expect(page.get_by_test_id("trouble")).to_contain_text("cannot be reached")
    phone.set_offline(False)
    page.wait_for_selector("[data-testid=parked]")
    page.tap("[data-testid=edit]")
    page.fill("#amount", "10000")
    page.tap("[data-testid=save-promise]")
    wait_until_sent(page, 2)
    [row] = scene.ask("SELECT amount_minor FROM promise WHERE case_id = :id", id=scene.cases[5])
    assert row.amount_minor == 10_000


def test_a_new_version_is_offered_while_records_wait_and_loses_none(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    walk_to(phone, scene, page, 1)
    scene.network.worsen(seed=1, weights=(0, 0, 0, 1))
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("[data-testid=pay]")
    take_cash(page, 5_000)
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    scene.network.newer["/app/files.js"] = lambda old: old.replace(
        b'self.VERSION = "', b'self.VERSION = "newer-'
    )
    page.reload()
    enter_pin(page)
    page.wait_for_selector("text=A new version is here")
    assert sync_state(page) == {"waiting": 2}
    with page.expect_navigation():
        page.tap("text=Update")
    enter_pin(page)
    page.wait_for_selector("[data-testid=receipt]")
    kept = page.evaluate("async () => (await caches.keys()).join()")
    assert "roundsman-app-newer-" in kept
    assert kept.count("roundsman-app-") == 1
    assert sync_state(page) == {"waiting": 2}
    scene.network.worsen(seed=1, weights=(1, 0, 0, 0))
    wait_until_sent(page, 2)
    open_case(scene, page, 1)
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-part_paid]")
    wait_until_sent(page, 3)
    scene.network.newer.clear()


def test_signing_out_waits_for_records_and_then_leaves_nothing(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    walk_to(phone, scene, page, 0)
    phone.set_offline(True)
    page.tap("[data-testid=check-in]")
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-moved]")
    page.tap("[data-testid=later]")
    page.tap("[data-testid=tab-me]")
    page.tap("[data-testid=sign-out]")
    page.wait_for_selector("text=2 records still wait")
    phone.set_offline(False)
    wait_until_sent(page, 2)
    page.tap("[data-testid=sign-out]")
    page.wait_for_selector("[name=password]")
    left, kept_in = page.evaluate(
        """async () => {
          const { within } = await import("/app/kept/database.js");
          const all = (name) => within(name, "readonly", ({ store }) => store.getAll());
          const kept = await Promise.all(["values", "records", "pings", "pictures"].map(all));
          const cached = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              cached.push(request.url, await (await cache.match(request)).text());
            }
          }
          const all_of_it = [kept, cached, { ...localStorage }, { ...sessionStorage }];
          return [JSON.stringify(all_of_it), await caches.keys()];
        }"""
    )
    assert "/app/main.js" in left  # the caches were looked into
    assert [name for name in kept_in if "map" in name] == []
    assert "González" not in left
    assert "Balmaceda" not in left
    assert scene.username not in left
    assert PASSWORD not in left
