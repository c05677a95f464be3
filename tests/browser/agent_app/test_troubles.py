"""What goes wrong with a phone is told in plain words, and what was written down stays."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from benchmarks._offline_phone import FULL, ROOM
from tests.browser.agent_app.scene import (
    Scene,
    a_phone,
    a_scene,
    leave,
    sign_in,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.conftest import chromium_path
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=5) as scene:
        yield scene


def open_case(scene: Scene, phone: BrowserContext, page: Page, number: int) -> None:
    case = str(scene.cases[number])
    stand_at(phone, scene.doors[case])
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.wait_for_selector("[data-testid=check-in]")


def test_a_full_phone_says_that_nothing_was_written_down_and_takes_it_once_there_is_room(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    open_case(scene, phone, page, 0)
    page.evaluate(FULL)
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("text=This phone is full: nothing was written down")
    assert sync_state(page) == {}
    photograph(page, "phone_full", looks=True)
    page.evaluate(ROOM)
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("[data-testid=leave]")
    leave(page)
    wait_until_sent(page, 2)


def test_help_is_called_on_a_full_phone_too(scene: Scene, phone: BrowserContext) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.evaluate(FULL)
    page.tap("[data-testid=help]")
    page.tap("[data-testid=call-for-help]")
    page.wait_for_selector("[data-testid=help-state]:has-text('Your supervisors know')")
    assert [row.agent_id for row in scene.ask("SELECT agent_id FROM panic")] == [scene.agent]
    phone.set_offline(True)
    page.tap("[data-testid=call-for-help]")
    page.wait_for_selector("text=This phone is full: nothing was written down")


HALF_WRITTEN = """async () => {
  const { within } = await import("/app/kept/database.js");
  const told = await within(["records", "pictures"], "readwrite", async (transaction) => {
    await transaction.objectStore("records").add({ id: "half", state: "waiting" });
    throw new Error("in the middle");
  }).catch((error) => error.message);
  return [told, await within("records", "readonly", ({ store }) => store.count())];
}"""
CANNOT_BE_SHOWN = """async (caseId) => {
  const { onChange } = await import("/app/kept/database.js");
  const { checkIn } = await import("/app/sync/records.js");
  onChange(() => { throw new Error("a screen that fails"); });
  return checkIn(caseId);
}"""


def test_what_fails_in_the_middle_leaves_nothing_and_what_is_on_disk_counts_as_written(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    phone.set_offline(True)
    assert page.evaluate(HALF_WRITTEN) == ["in the middle", 0]
    assert page.evaluate(CANNOT_BE_SHOWN, str(scene.cases[0]))
    assert sync_state(page) == {"waiting": 1}


NEWER = """() => new Promise((done, failed) => {
  const asked = indexedDB.open("roundsman-agent", 3);
  asked.onsuccess = () => { asked.result.close(); done(); };
  asked.onblocked = asked.onerror = () => failed(new Error("blocked"));
})"""


def test_an_old_tab_lets_a_newer_version_upgrade_and_says_what_to_do(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    sign_in(scene, page)
    page.wait_for_selector("[data-testid=start-shift]")
    other = phone.new_page()
    # Beside the app: within it, the service worker would answer with the app itself.
    other.goto(f"{scene.network.url}/healthz")
    other.evaluate(NEWER)
    page.wait_for_selector("[data-testid=opening-closed]")
    assert "Nothing is lost" in page.inner_text("[data-testid=opening-closed]")
    photograph(page, "phone_cannot_open", looks=True)


def test_without_the_location_the_app_says_how_to_allow_it_and_visits_go_on(
    scene: Scene, playwright: Playwright, tmp_path: Path
) -> None:
    with a_phone(playwright.chromium, chromium_path(), tmp_path, permissions=["camera"]) as phone:
        page = phone.pages[0]
        start_shift(scene, page)
        page.goto(f"{scene.network.url}/app/#/me")
        page.wait_for_selector("text=This app may not use the location")
        photograph(page, "phone_me", looks=True)
        page.goto(f"{scene.network.url}/app/#/case/{scene.cases[2]}")
        page.wait_for_selector("text=This phone does not know where it is yet")
        page.tap("[data-testid=check-in]")
        page.wait_for_selector("[data-testid=leave]")
        leave(page)
        wait_until_sent(page, 2)
        [row] = scene.ask("SELECT verdict FROM check_in WHERE case_id = :case", case=scene.cases[2])
        assert row.verdict == "unverified"


def test_a_refused_camera_is_told_and_a_picture_is_taken_from_a_file(
    scene: Scene, playwright: Playwright, tmp_path: Path
) -> None:
    granted = {"permissions": ["geolocation"]}
    with a_phone(playwright.chromium, chromium_path(), tmp_path, **granted) as phone:
        page = phone.pages[0]
        start_shift(scene, page)
        open_case(scene, phone, page, 3)
        page.tap("[data-testid=check-in]")
        page.tap("[data-testid=picture]")
        page.wait_for_selector("text=This app may not use the camera")
        photograph(page, "phone_camera", looks=True)
        picture = io.BytesIO()
        Image.effect_noise((2400, 1800), 90).convert("RGB").save(picture, "PNG")
        page.set_input_files(
            "input[type=file]",
            {"name": "door.png", "mimeType": "image/png", "buffer": picture.getvalue()},
        )
        page.wait_for_selector("[data-testid=shot]")
        page.tap("[data-testid=keep-picture]")
        page.wait_for_selector("[data-testid=leave]")
        leave(page)
        wait_until_sent(page, 3)
        [row] = scene.ask(
            "SELECT size_bytes FROM attachment WHERE case_id = :case", case=scene.cases[3]
        )
        assert row.size_bytes <= 150_000


def test_a_phone_whose_storage_was_cleared_begins_again_and_doubles_nothing(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    open_case(scene, phone, page, 4)
    page.tap("[data-testid=check-in]")
    page.tap("[data-testid=pay]")
    page.fill("#amount", "9000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    wait_until_sent(page, 2)
    page.goto("about:blank")
    session = phone.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": scene.network.url, "storageTypes": "all"})
    sign_in(scene, page)
    page.click("[data-testid=start-shift]")
    page.wait_for_selector("[data-testid=stop]")
    page.goto(f"{scene.network.url}/app/#/cash")
    page.wait_for_selector("[data-testid=room-kept]")  # a new lease, in place of the lost one
    digits = "".join(c for c in page.inner_text("[data-testid=in-hand]") if c.isdigit())
    assert int(digits) == 9_000
    [till] = scene.ask("SELECT in_hand_minor FROM till WHERE agent_id = :id", id=scene.agent)
    assert till.in_hand_minor == 9_000
