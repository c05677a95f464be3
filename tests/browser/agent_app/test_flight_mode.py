"""A day without a network: written down at the doors, killed in the middle, sent through faults."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from benchmarks._bad_network import FAULTS
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
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

STOPS, RECEIPTS, PROMISES, PHOTOS = 40, 25, 8, 12
RECORDS = 2 * STOPS + RECEIPTS + PROMISES + PHOTOS
PAID_MINOR = 10_000


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=STOPS, limit_minor=10_000_000) as scene:
        yield scene


VISIT = """async ({ caseId, place, pays, promises, photo }) => {
  const { fixes } = await import("/app/sync/pings.js");
  const records = await import("/app/sync/records.js");
  const { value } = await import("/app/kept/database.js");
  const { recordsOf } = await import("/app/kept/outbox.js");
  const isThere = () => Math.abs((fixes.at(-1)?.lat ?? 0) - place.lat) < 1e-9
    && Math.abs(fixes.at(-1).lon - place.lon) < 1e-9;
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
  const id = await records.checkIn(caseId);
  const money = (amount_minor) => ({ amount_minor, currency: "CLP" });
  if (pays) await records.takePayment(caseId, money(pays), "cash", null);
  if (promises) await records.promise(caseId, money(promises), "2026-11-24");
  const { agent_id } = await value("session");
  const visit = (await recordsOf(agent_id)).find((record) => record.id === id);
  if (photo) {
    const { jpegOf } = await import("/app/camera.js");
    const canvas = new OffscreenCanvas(2000, 1500);
    const pen = canvas.getContext("2d");
    for (let at = 0; at < 400; at += 1) {
      pen.fillStyle = `hsl(${(at * 37 + photo * 11) % 360} 70% 50%)`;
      pen.fillRect((at % 20) * 100, Math.floor(at / 20) * 75, 100, 75);
    }
    await records.takePicture({ case: { id: caseId }, visit }, "photo", await jpegOf(canvas));
  }
  await records.checkOut(visit, pays ? "part_paid" : promises ? "promised" : "not_home");
}"""


def visit(context: BrowserContext, page: Page, scene: Scene, number: int) -> None:
    """One stop of the day, by what the screens call."""
    case_id = str(scene.cases[number])
    place = scene.doors[case_id]
    stand_at(context, place)
    page.evaluate(
        VISIT,
        {
            "caseId": case_id,
            "place": {"lat": place.lat, "lon": place.lon},
            "pays": PAID_MINOR + number if number < RECEIPTS else 0,
            "promises": 5_000 if RECEIPTS <= number < RECEIPTS + PROMISES else 0,
            "photo": number if number >= STOPS - PHOTOS else 0,
        },
    )


def visit_by_hand(context: BrowserContext, page: Page, scene: Scene, number: int) -> None:
    """One stop of the day, by touch."""
    case_id = str(scene.cases[number])
    stand_at(context, scene.doors[case_id])
    page.goto(f"{scene.network.url}/app/#/case/{case_id}")
    page.wait_for_selector("[data-testid=distance].quiet")
    page.tap("[data-testid=check-in]")
    page.tap("[data-testid=pay]")
    page.fill("#amount", str(PAID_MINOR + number))
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.wait_for_selector("text=Waits to be sent")
    assert "-L1-00" in page.inner_text("[data-testid=receipt-number]")
    page.tap("[data-testid=receipt-done]")
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-part_paid]")
    page.wait_for_selector("[data-testid=stop]")


def kill(context: BrowserContext, page: Page) -> None:
    """End the whole browser at once, as a phone does that runs out of memory."""
    with suppress(Error):
        context.new_cdp_session(page).send("Browser.crash")


def test_a_day_in_flight_mode_arrives_once_in_order_and_whole(
    scene: Scene, playwright: Playwright, tmp_path: Path
) -> None:
    # In the morning: a network, and the day is downloaded.
    with a_phone(playwright.chromium, chromium_path(), tmp_path) as context:
        page = context.pages[0]
        stand_at(context, scene.doors[str(scene.cases[0])])
        start_shift(scene, page)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        # In flight mode: some visits by hand, others by the same calls, and the phone gives out.
        context.set_offline(True)
        for number in range(2):
            visit_by_hand(context, page, scene, number)
        for number in range(2, STOPS // 2):
            visit(context, page, scene, number)
        kill(context, page)
    # Started again without a network: all is there, and the day goes on.
    with a_phone(playwright.chromium, chromium_path(), tmp_path, offline=True) as context:
        page = context.pages[0]
        page.goto(f"{scene.network.url}/app/")
        enter_pin(page)
        page.wait_for_selector("[data-testid=stop]")
        assert sync_state(page) == {"waiting": 3 * STOPS // 2}
        for number in range(STOPS // 2, STOPS):
            visit(context, page, scene, number)
        assert sync_state(page) == {"waiting": RECORDS}
        assert scene.ask("SELECT id FROM receipt") == []
        # In the evening: the token is over, the network is bad, and two tabs are open.
        scene.ask("UPDATE access_token SET expires_at = issued_at RETURNING staff_id")
        context.set_offline(False)
        page.wait_for_selector("text=Please sign in again")
        assert sync_state(page) == {"waiting": RECORDS}
        scene.network.worsen(seed=7, weights=(70, 12, 6, 12))
        page.goto(f"{scene.network.url}/app/#/sign-in")
        page.fill("[name=password]", PASSWORD)
        page.tap("[type=submit]")
        other = context.new_page()
        other.goto(f"{scene.network.url}/app/")
        other.wait_for_selector("[data-testid=stop]")  # the first tab has opened this one
        wait_until_sent(other, RECORDS, within_s=240)
        assert set(scene.network.seen) == set(FAULTS), scene.network.seen
        assert_equal(scene, page)


def assert_equal(scene: Scene, page: Page) -> None:
    """What the server has is what the phone wrote down: each once, in order, with equal totals."""
    written: list[dict[str, Any]] = page.evaluate(
        """async () => {
          const { value } = await import("/app/kept/database.js");
          const { recordsOf } = await import("/app/kept/outbox.js");
          return recordsOf((await value("session")).agent_id);
        }"""
    )
    stored = scene.ask(
        "SELECT id, 'check_in' AS kind FROM check_in"
        " UNION ALL SELECT id, 'check_out' FROM check_out"
        " UNION ALL SELECT id, 'promise' FROM promise UNION ALL SELECT id, 'receipt' FROM receipt"
        " UNION ALL SELECT id, 'picture' FROM attachment"
    )
    assert Counter((str(row.id), row.kind) for row in stored) == Counter(
        (record["id"], record["kind"]) for record in written
    )
    arrived = scene.ask(
        "SELECT id, server_time AS at FROM check_in UNION ALL SELECT id, server_time FROM check_out"
        " UNION ALL SELECT id, received_at FROM receipt"
        " UNION ALL SELECT id, server_time FROM attachment"
    )
    came_at = {str(row.id): row.at for row in arrived}
    in_order = [came_at[record["id"]] for record in written if record["id"] in came_at]
    assert in_order == sorted(in_order)
    photos = {record["id"]: record for record in written if record["kind"] == "picture"}
    hashes = scene.ask("SELECT id, encode(original_sha256, 'hex') AS sha256 FROM attachment")
    assert len(hashes) == PHOTOS
    assert all(photos[str(row.id)]["body"]["sha256"] == row.sha256 for row in hashes)
    receipts = [record for record in written if record["kind"] == "receipt"]
    stored_receipts = scene.ask("SELECT id, number, amount_minor FROM receipt ORDER BY number")
    assert [str(row.id) for row in stored_receipts] == [record["id"] for record in receipts]
    assert [row.number for row in stored_receipts] == list(range(1, RECEIPTS + 1))
    total = sum(record["body"]["amount"]["amount_minor"] for record in receipts)
    assert sum(row.amount_minor for row in stored_receipts) == total
    [till] = scene.ask("SELECT in_hand_minor FROM till WHERE agent_id = :id", id=scene.agent)
    assert till.in_hand_minor == total
    page.goto(f"{scene.network.url}/app/#/cash")
    digits = "".join(c for c in page.inner_text("[data-testid=in-hand]") if c.isdigit())
    assert int(digits) == total
    assert all(record["answer"]["number"] for record in receipts)
