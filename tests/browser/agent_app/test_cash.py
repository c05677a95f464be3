"""Cash between two phones without a network, and who keeps it by night."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser.agent_app.scene import (
    Scene,
    a_colleague,
    a_phone,
    a_scene,
    enter_pin,
    in_thread,
    sign_in,
    stand_at,
    start_shift,
    wait_until_sent,
)
from tests.browser.conftest import chromium_path
from tests.browser.pictures import photograph
from tests.codes import code_shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=2) as scene:
        yield scene


@contextmanager
def on_shift(scene: Scene, playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    with a_phone(playwright.chromium, chromium_path(), profile) as phone:
        stand_at(phone, scene.doors[str(scene.cases[0])])
        page = phone.pages[0]
        sign_in(scene, page)
        page.click("[data-testid=start-shift]")
        page.wait_for_selector("[data-testid=tab-cash]")
        page.wait_for_selector("text=Load again")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        yield phone


def count(page: Page, face: int, pieces: int) -> None:
    page.fill(f"[name=face-{face}]", str(pieces))
    page.dispatch_event(f"[name=face-{face}]", "change")


def open_place(scene: Scene, page: Page, place: str) -> None:
    page.goto(f"{scene.network.url}/app/#/{place}")


A_READER = """(formats) => { globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return formats; }
  async detect() { return [{ rawValue: globalThis.before ?? "" }]; }
}; }"""
"""The reader of codes that Chromium has on phones, and not here; it reads what is before it."""


def show_to_camera(page: Page, text: str) -> None:
    page.evaluate("(text) => { globalThis.before = text; }", text)


def in_hand(page: Page) -> int:
    return int("".join(c for c in page.inner_text("[data-testid=in-hand]") if c.isdigit()))


def test_cash_goes_to_a_colleague_by_two_codes_and_is_settled_once_both_phones_have_told(
    scene: Scene, playwright: Playwright, phone: BrowserContext, tmp_path: Path
) -> None:
    ana = replace(scene, **in_thread(a_colleague(scene)))
    page = phone.pages[0]
    with on_shift(ana, playwright, tmp_path / "ana") as other:
        theirs = other.pages[0]
        theirs.evaluate(A_READER, ["qr_code"])
        start_shift(scene, page)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        phone.set_offline(True)
        other.set_offline(True)
        case = scene.cases[0]
        open_place(scene, page, f"case/{case}")
        page.tap("[data-testid=check-in]")
        page.tap("[data-testid=pay]")
        page.fill("#amount", "50000")
        page.tap("[data-testid=continue]")
        page.tap("[data-testid=issue]")
        page.wait_for_selector("[data-testid=receipt]")
        # Both count; Ana counts wrong at first, and the code does not fit.
        open_place(scene, page, "cash")
        page.tap("[data-testid=give]")
        page.select_option("#colleague", label="Ana Vega")
        count(page, 20_000, 2)
        page.tap("[data-testid=show-code]")
        code = page.inner_text("[data-testid=code]")
        photograph(page, "phone_give", looks=True)
        open_place(scene, theirs, "cash/take")
        [giver] = scene.ask("SELECT full_name FROM staff WHERE id = :id", id=scene.agent)
        count(theirs, 10_000, 1)
        # This browser reads no codes, and says what to do instead; on hers, one is held before it.
        assert "Type the letters" in page.inner_text("[data-testid=scan-cannot]")
        show_to_camera(theirs, "https://example.org/menu")
        theirs.tap("[data-testid=scan]")
        theirs.wait_for_selector("#scanner")
        photograph(theirs, "phone_scan", looks=True)
        # What her camera would read, if this browser had one.
        show_to_camera(theirs, code_shown(page.get_by_test_id("qr")))
        theirs.wait_for_selector("#scanner", state="detached")
        assert theirs.input_value("#code") == code
        assert theirs.locator("#colleague option:checked").inner_text() == giver.full_name
        theirs.tap("[data-testid=check-code]")
        theirs.wait_for_selector("text=The code does not fit")
        count(theirs, 10_000, 4)
        theirs.tap("[data-testid=check-code]")
        answer = theirs.inner_text("[data-testid=answer]")
        assert code_shown(theirs.get_by_test_id("qr")).endswith(f":{answer}")
        photograph(theirs, "phone_take", looks=True)
        theirs.tap("[data-testid=taken-done]")
        assert in_hand(theirs) == 40_000
        # A reader of other codes only is none.
        page.evaluate(A_READER, ["ean_13"])
        page.fill("#code", "0000")
        page.tap("[data-testid=scan]")
        page.wait_for_selector("[data-testid=scan-cannot]")
        page.tap("[data-testid=given]")
        page.wait_for_selector("text=This is not the answer")
        page.fill("#code", answer)
        page.tap("[data-testid=given]")
        assert in_hand(page) == 10_000
        # Who keeps the rest by night.
        page.tap("[data-testid=keeper]")
        page.fill("#keeper", "Shop of Don Luis")
        page.fill("#place", "Calle Prat 12, safe")
        page.tap("[data-testid=keep-safe]")
        page.wait_for_selector("text=Kept by Shop of Don Luis")
        # The taker is back in a network first: nothing moves, and her phone goes on counting it.
        other.set_offline(False)
        wait_until_sent(theirs, 1)
        theirs.evaluate('async () => (await import("/app/sync/day.js")).downloadDay()')
        theirs.wait_for_selector("[data-testid=open-handovers]")
        assert in_hand(theirs) == 40_000
        assert tills(scene) == {scene.agent: 0, ana.agent: 0}
        phone.set_offline(False)
        wait_until_sent(page, 4)
        assert tills(scene) == {scene.agent: 10_000, ana.agent: 40_000}
        for each in (page, theirs):
            each.evaluate('async () => (await import("/app/sync/day.js")).downloadDay()')
            each.wait_for_selector("[data-testid=open-handovers]", state="detached")
        assert (in_hand(page), in_hand(theirs)) == (10_000, 40_000)
        photograph(page, "phone_cash", looks=True)
        # The giver goes back when Ana has taken it already: his phone asks, once hers has told.
        page.tap("[data-testid=give]")
        page.select_option("#colleague", label="Ana Vega")
        count(page, 10_000, 1)
        page.tap("[data-testid=show-code]")
        code = page.inner_text("[data-testid=code]")
        theirs.tap("[data-testid=take]")
        count(theirs, 10_000, 1)
        theirs.select_option("#colleague", label=giver.full_name)
        theirs.fill("#code", code)
        theirs.tap("[data-testid=check-code]")
        theirs.tap("[data-testid=taken-done]")
        wait_until_sent(theirs, 2)
        open_place(scene, page, "cash")
        page.evaluate('async () => (await import("/app/sync/day.js")).downloadDay()')
        page.wait_for_selector("[data-testid=taken-from-you]")
        photograph(page, "phone_taken_from_you", looks=True)
        assert (in_hand(page), in_hand(theirs)) == (10_000, 50_000)
        page.tap("[data-testid=confirm-given]")
        page.wait_for_selector("[data-testid=taken-from-you]", state="detached")
        wait_until_sent(page, 5)
        assert (in_hand(page), tills(scene)) == (0, {scene.agent: 0, ana.agent: 50_000})
        [kept] = scene.ask("SELECT keeper, amount_minor FROM safe_keeping")
        assert (kept.keeper, kept.amount_minor) == ("Shop of Don Luis", 10_000)


def tills(scene: Scene) -> dict[Any, int]:
    return {r.agent_id: r.in_hand_minor for r in scene.ask("SELECT * FROM till")}


def test_a_deposit_goes_with_the_picture_of_its_slip(scene: Scene, phone: BrowserContext) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    case = scene.cases[1]
    stand_at(phone, scene.doors[str(case)])
    open_place(scene, page, f"case/{case}")
    page.tap("[data-testid=check-in]")
    page.tap("[data-testid=pay]")
    page.fill("#amount", "20000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    open_place(scene, page, "cash/deposit")
    page.wait_for_selector("text=To the bank")
    page.check("input[value=bank]", force=True)
    page.fill("#slip_no", "B-4711")
    count(page, 10_000, 1)
    page.tap("[data-testid=slip-picture]")
    page.tap("[data-testid=shoot-slip]:enabled")
    page.wait_for_selector("[data-testid=slip-shot]")
    photograph(page, "phone_deposit", looks=True)
    # The phone closes the app; what was counted, entered and taken is there again.
    page.wait_for_timeout(600)
    page.reload()
    enter_pin(page)
    page.wait_for_selector("[data-testid=slip-shot]")
    assert page.input_value("#slip_no") == "B-4711"
    assert page.input_value("[name=face-10000]") == "1"
    page.tap("[data-testid=hand-over]")
    page.wait_for_selector("[data-testid=in-hand]")
    wait_until_sent(page, 4)
    [row] = scene.ask(
        "SELECT d.slip_no, d.amount_minor, s.size_bytes FROM deposit_slip s"
        " JOIN deposit d ON d.id = s.deposit_id"
    )
    assert (row.slip_no, row.amount_minor) == ("B-4711", 10_000)
    assert 0 < row.size_bytes <= 150_000
