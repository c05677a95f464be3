"""What is on a phone stays the agent's: locked by a PIN, sealed on the disk, erased from afar."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.agent_app.scene import (
    Scene,
    a_colleague,
    a_scene,
    enter_pin,
    in_thread,
    leave,
    sign_in,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.factories import PASSWORD
from tests.routing.underway.scenes import HOME

pytestmark = pytest.mark.browser

ON_THE_DISK = """async () => {
  const { within } = await import("/app/kept/database.js");
  const told = [];
  const text = (its) => {
    const isBytes = its instanceof ArrayBuffer || ArrayBuffer.isView(its);
    if (isBytes) told.push(new TextDecoder("latin1").decode(its));
    else if (its && typeof its === "object") Object.values(its).forEach(text);
    else told.push(String(its));
  };
  for (const name of ["values", "records", "pings", "pictures"]) {
    text(await within(name, "readonly", ({ store }) => store.getAll()));
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) told.push(request.url);
  }
  return JSON.stringify([told, { ...localStorage }, { ...sessionStorage }]);
}"""


DESTROY = (
    "UPDATE phone_vault SET part = NULL, destroyed_at = made_at"
    " WHERE agent_id = :agent AND destroyed_at IS NULL RETURNING id"
)
SPEAK = "async (code) => (await import('/app/kept/database.js')).keep('language', code)"
OBEY = 'async () => (await import("/app/sync/wipe.js")).obeyWipe()'
MANY_MORE = """async (count) => (await import("/app/kept/database.js")).within(
  "records", "readwrite", async ({ store }) => {
    const [{ seq, ...one }] = await store.getAll();
    for (let n = 0; n < count; n += 1) await store.add({ ...one, id: crypto.randomUUID() });
  })"""
GO_THERE = """async (place) => {
  const began = performance.now();
  location.hash = place;
  await new Promise((drawn) => addEventListener(
    "hashchange", () => requestAnimationFrame(() => setTimeout(drawn)), { once: true }));
  return performance.now() - began;
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=4) as scene:
        yield scene


def check_in(scene: Scene, phone: BrowserContext, page: Page, number: int) -> None:
    case = str(scene.cases[number])
    stand_at(phone, scene.doors[case])
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.wait_for_selector("[data-testid=distance].quiet")
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("[data-testid=pay]")


def is_of_the_app(told: str) -> bool:
    return "/app/" in told or "/static/" in told


def signed_in_again(scene: Scene, page: Page) -> None:
    page.fill("[name=username]", scene.username)
    page.fill("[name=password]", PASSWORD)
    page.tap("[type=submit]")


def test_nothing_of_a_customer_can_be_read_on_the_disk_and_the_pin_opens_it(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    check_in(scene, phone, page, 0)
    kept = page.evaluate(ON_THE_DISK)
    token = page.evaluate(
        'async () => (await (await import("/app/kept/database.js")).value("session")).token'
    )
    assert scene.device_key in kept  # what is kept in the open is found by this
    secrets = ("González", "Balmaceda", "+569", scene.username, token, "device_time", "-29.9")
    assert [secret for secret in secrets if secret in kept] == []
    # Locked by hand, and again after a restart: only the PIN opens it, also without a network.
    page.goto(f"{scene.network.url}/app/#/me")
    page.tap("[data-testid=lock]")
    enter_pin(page, "555111")
    page.wait_for_selector("text=This is not the PIN")
    assert page.locator("[data-testid=tab-me]").count() == 0
    enter_pin(page)
    page.wait_for_selector("[data-testid=tab-me]")
    assert sync_state(page) == {"waiting": 1}
    # Forgotten: the password and a new PIN, and the records are there.
    phone.set_offline(False)
    wait_until_sent(page, 1)
    page.tap("[data-testid=lock]")
    page.tap("[data-testid=forgot-pin]")
    signed_in_again(scene, page)
    page.tap("[data-testid=forgot-pin]")
    page.wait_for_selector("text=Choose a PIN")
    enter_pin(page, "123456")
    page.wait_for_selector("text=guessed at once")
    for _ in range(2):
        enter_pin(page, "808142")
    page.wait_for_selector("[data-testid=open-visit]")
    assert sync_state(page) == {"sent": 1}
    page.tap("[data-testid=open-visit]")
    leave(page)
    wait_until_sent(page, 2)


def handed_in(scene: Scene) -> list[str]:
    """The kinds of records that the agent's phones handed in when they were erased."""
    found = scene.ask(
        "SELECT s.records FROM phone_salvage s JOIN phone_vault v ON v.id = s.vault_id"
        " WHERE v.agent_id = :agent ORDER BY s.came_at",
        agent=scene.agent,
    )
    return [each["kind"] for row in found for each in row.records]


def test_a_phone_that_is_given_up_hands_in_what_it_has_and_erases_itself(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.evaluate(SPEAK, "es")
    phone.set_offline(True)
    check_in(scene, phone, page, 1)
    scene.ask(DESTROY, agent=scene.agent)
    scene.network.worsen(seed=1, weights=(0, 0, 0, 1))  # nothing but the wipe gets through
    phone.set_offline(False)
    phone.route("**/salvage", lambda route: route.abort())
    page.evaluate(OBEY)
    # Nobody can open it any more, and what was not sent is still there.
    expect(page.get_by_test_id("closed")).to_contain_text("Visita 1", use_inner_text=True)
    phone.unroute("**/salvage")
    page.tap("[data-testid=hand-in]")
    expect(page.get_by_test_id("wiped")).to_contain_text("Visita 1", use_inner_text=True)
    scene.network.worsen(seed=1, weights=(1, 0, 0, 0))
    assert handed_in(scene) == ["check_in"]
    left = json.loads(page.evaluate(ON_THE_DISK))[0]
    assert [each for each in left if not is_of_the_app(each)] == ["es", "1"]
    # Set up anew it is a phone as any other; closed once more, it has nothing to tell.
    page.evaluate(SPEAK, "en")
    stand_at(phone, HOME)  # at a door the round offers to check in there instead of the next stop
    start_shift(scene, page)
    scene.ask(DESTROY, agent=scene.agent)
    page.evaluate(OBEY)
    expect(page.get_by_test_id("wiped")).to_contain_text("Everything had been sent")


@pytest.mark.parametrize("is_hers_closed", [False, True])
def test_what_a_colleague_left_on_a_phone_that_is_given_up_is_not_lost(
    scene: Scene, phone: BrowserContext, is_hers_closed: bool
) -> None:
    ana = replace(scene, **in_thread(a_colleague(scene)))
    page = phone.pages[0]
    sign_in(ana, page)
    page.wait_for_selector("[data-testid=start-shift]")
    phone.route("**/v1/agent/sync", lambda route: route.abort())
    page.goto(f"{scene.network.url}/app/#/help")
    page.tap("[data-testid=call-for-help]")
    page.wait_for_selector("text=Waits for a network")
    page.goto(f"{scene.network.url}/app/#/sign-in")
    signed_in_again(scene, page)
    page.wait_for_selector("text=Choose a PIN")
    for _ in range(2):
        enter_pin(page)
    page.wait_for_selector("[data-testid=start-shift]")
    scene.ask(DESTROY, agent=scene.agent)
    if is_hers_closed:
        scene.ask(DESTROY, agent=ana.agent)
    page.evaluate(OBEY)
    expect(page.get_by_test_id("wiped")).to_contain_text("Everything had been sent")
    phone.unroute("**/v1/agent/sync")
    assert handed_in(ana) == (["panic"] if is_hers_closed else [])
    if is_hers_closed:
        return
    page.tap("[data-testid=sign-in]")
    signed_in_again(ana, page)
    enter_pin(page)
    page.wait_for_selector("[data-testid=start-shift]")
    wait_until_sent(page, 1)
    assert len(scene.ask("SELECT id FROM panic WHERE agent_id = :ana", ana=ana.agent)) == 1


def test_pictures_are_small_arrive_as_they_were_taken_and_a_draft_survives_the_page(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    check_in(scene, phone, page, 2)
    page.tap("[data-testid=pay]")
    page.fill("#amount", "12345")
    here = page.url
    page.goto(f"{scene.network.url}/app/#/cash/keeper")  # one screen leads to another
    page.fill("#keeper", "Don Luis")
    page.wait_for_timeout(600)
    page.close()
    page = phone.new_page()
    page.goto(here)
    enter_pin(page)
    page.wait_for_selector("#amount")
    assert page.input_value("#amount") == "12345"
    case = f"{scene.network.url}/app/#/case/{scene.cases[2]}"
    page.goto(case + "/picture")
    page.tap("[data-testid=shoot]:enabled")
    page.tap("[data-testid=keep-picture]")
    page.tap("[data-testid=sign]")
    box = page.locator("[data-testid=pad]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=4)
    page.mouse.up()
    page.tap("[data-testid=keep-signature]")
    page.wait_for_selector("[data-testid=leave]")
    wait_until_sent(page, 3)
    taken: list[dict[str, Any]] = page.evaluate(
        """async () => {
          const { state } = await import("/app/state.js");
          return state.records.filter((each) => each.kind === "picture").map((each) => each.body);
        }"""
    )
    stored = scene.ask(
        "SELECT kind, encode(original_sha256, 'hex') AS sha256 FROM attachment"
        " WHERE case_id = :case ORDER BY id",
        case=scene.cases[2],
    )
    hashes = [(each["kind"], each["sha256"]) for each in taken]
    assert [(row.kind, row.sha256) for row in stored] == hashes
    assert [row.kind for row in stored] == ["photo", "signature"]
    assert all(each["size_bytes"] <= 150_000 for each in taken)
    leave(page)


def test_the_next_screen_is_there_at_once_on_a_slow_phone_and_help_is_two_taps_away(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_selector("[data-testid=stop]")
    phone.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    places = [f"#/case/{scene.cases[3]}", "#/cash", "#/outbox", "#/"] * 3
    took_ms = [page.evaluate(GO_THERE, place) for place in places]
    assert sorted(took_ms)[len(took_ms) // 2] < 300, took_ms
    page.tap("[data-testid=help]")
    page.tap("[data-testid=call-for-help]")
    page.wait_for_selector("text=Your supervisors know")
    deadline = time.monotonic() + 10
    told = "SELECT id FROM panic WHERE agent_id = :agent"
    while not (found := scene.ask(told, agent=scene.agent)) and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert len(found) == 1


def test_a_phone_that_has_very_much_hands_it_in_in_parts(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    phone.set_offline(True)
    check_in(scene, phone, page, 1)
    page.evaluate(MANY_MORE, 1_200)
    before = len(handed_in(scene))
    scene.ask(DESTROY, agent=scene.agent)
    scene.network.worsen(seed=1, weights=(0, 0, 0, 1))
    phone.set_offline(False)
    parts: list[bool] = []

    def second_is_lost(route: Route) -> None:
        parts.append(json.loads(route.request.post_data or "")["is_last"])
        if len(parts) == 2:
            route.abort()
        else:
            route.continue_()

    phone.route("**/salvage", second_is_lost)
    page.evaluate(OBEY)
    page.tap("[data-testid=hand-in]")
    expect(page.get_by_test_id("wiped")).to_be_visible()
    assert parts == [False, False, False, False, True]
    scene.network.worsen(seed=1, weights=(1, 0, 0, 0))
    assert handed_in(scene)[before:] == ["check_in"] * 1_201
