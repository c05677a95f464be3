"""The sheet of a whole center, filled in and submitted as one in flight mode."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from data.sealed import opened
from tests.browser.agent_app.scene import (
    Scene,
    a_center,
    a_scene,
    enter_pin,
    in_center,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser

MEMBERS = 5


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=6) as scene:
        for name in ("Sindempart", "Las Compañías"):
            a_center(scene, name)
        in_center(scene, "Sindempart", range(MEMBERS))
        in_center(scene, "Las Compañías", range(MEMBERS, 6))
        scene.set_policy("receipt_cause", '"required"')
        # Where cheques are taken.
        scene.ask("UPDATE branch SET country = 'KE' WHERE id = :id RETURNING id", id=scene.branch)
        yield scene


def open_sheet(context: BrowserContext, page: Page, name: str) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.tap(f"[data-testid=center]:has-text('{name}')")
    page.wait_for_selector("[data-testid=member]")


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_whole_center_is_taken_down_as_one_and_its_totals_agree(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    open_sheet(phone, page, "Sindempart")
    assert page.locator("[data-testid=member]").count() == MEMBERS
    page.tap("[data-testid=sheet-next]")
    # Nobody is marked yet, and nobody pays.
    assert page.locator(".problem:not(:empty)").count() == 2 * MEMBERS
    rows = page.locator("[data-testid=member]")
    rows.nth(1).locator("select").first.select_option("absent")
    rows.nth(2).locator("select").first.select_option("late")
    page.tap("[data-testid=all-present]")
    page.tap("[data-testid=all-paid]")
    rows.nth(2).locator("input").first.fill("20000")
    rows.nth(3).locator("select").nth(1).select_option("card")
    page.tap("[data-testid=sheet-next]")
    # Why one pays nothing and one pays less is missing, and the card's code.
    assert page.locator(".problem:not(:empty)").count() == 3
    photograph(page, "app-sheet-unpaid", looks=True)
    rows.nth(1).locator("[data-testid=why-unpaid] select").select_option("income_late")
    rows.nth(1).locator("[data-testid=why-unpaid] input").fill("In Ovalle until Friday")
    rows.nth(2).locator("select").last.select_option("income_late")
    rows.nth(2).locator("input").last.fill("Milk money on Friday")
    rows.nth(3).locator("input").nth(1).fill("A1B2C3")
    rows.nth(4).locator("select").nth(1).select_option("cheque")
    page.tap("[data-testid=sheet-next]")
    assert page.locator(".problem:not(:empty)").count() == 3  # number, bank and date
    photograph(page, "app-sheet-wrong", looks=True)
    rows.nth(4).locator("input").nth(1).fill("004711")
    rows.nth(4).locator("input").nth(2).fill("Equity Bank")
    rows.nth(4).locator("input").nth(3).fill("2026-11-30")
    total = plain(page.inner_text("[data-testid=sheet-total]"))
    assert "CLP 170,000 of CLP 250,000" in total
    photograph(page, "app-sheet", looks=True)
    # The phone closes the app in the middle: what was entered is there again.
    page.wait_for_timeout(1_000)  # what is entered is kept once the agent pauses
    page.reload()
    enter_pin(page)
    page.tap("[data-testid=sheet-next]")
    page.tap("[data-testid=sheet-submit]")
    assert "CLP 70,000" in plain(page.inner_text("[data-testid=sheet-wrong]"))
    for face in ("20,000", "20,000", "20,000", "10,000"):
        page.tap(f"[aria-label$='{face} +1']")
    photograph(page, "app-sheet-count", looks=True)
    page.tap("[data-testid=sheet-submit]")
    page.wait_for_selector("[data-testid=sheet-done]")
    photograph(page, "app-sheet-done", looks=True)
    assert sync_state(page) == {"waiting": 1}
    page.goto(f"{scene.network.url}/app/#/cash")
    page.wait_for_selector("[data-testid=in-hand]")
    assert plain(page.inner_text("[data-testid=in-hand]")) == "CLP 70,000"
    phone.set_offline(False)
    wait_until_sent(page, 1)
    [meeting] = scene.ask(
        "SELECT m.*, (SELECT count(*) FROM meeting_receipt r WHERE r.meeting_id = m.id) AS receipts"
        " FROM center_meeting m JOIN center n ON n.id = m.center_id WHERE n.name = 'Sindempart'"
    )
    assert (meeting.cash_minor, meeting.other_minor, meeting.receipts) == (70_000, 100_000, 4)
    marks = scene.ask(
        "SELECT attendance, count(*) AS n FROM meeting_member WHERE meeting_id = :id"
        " GROUP BY attendance",
        id=meeting.id,
    )
    assert {row.attendance: row.n for row in marks} == {"absent": 1, "late": 1, "present": 3}
    leased = scene.ask("SELECT lease_number FROM receipt WHERE mode = 'cash' ORDER BY lease_number")
    assert [row.lease_number for row in leased] == [1, 2]
    [cheque] = scene.ask("SELECT mode_reference, mode_details FROM receipt WHERE mode = 'cheque'")
    assert cheque.mode_reference == "004711"
    assert cheque.mode_details == {"bank": "Equity Bank", "dated_on": "2026-11-30"}
    causes = scene.ask(
        "SELECT cause_code, note, demanded_minor, paid_minor FROM root_cause ORDER BY paid_minor"
    )
    told = [(c.cause_code, opened(c.note), c.demanded_minor, c.paid_minor) for c in causes]
    assert told == [
        ("income_late", "In Ovalle until Friday", 50_000, 0),
        ("income_late", "Milk money on Friday", 50_000, 20_000),
    ]
    [till] = scene.ask("SELECT in_hand_minor FROM till WHERE agent_id = :id", id=scene.agent)
    assert till.in_hand_minor == 70_000


def test_attendance_alone_needs_no_cash_and_a_refused_sheet_is_put_right(
    scene: Scene, phone: BrowserContext
) -> None:
    scene.set_policy("center_group_image", "true")
    page = phone.pages[0]
    # A phone that does not know of the policy yet.
    scene.network.newer["/v1/agent/day"] = lambda old: old.replace(
        b'"asks_group_image":true', b'"asks_group_image":false'
    )
    start_shift(scene, page)
    open_sheet(phone, page, "Las Compañías")
    page.locator("[data-testid=member] select").first.select_option("leave")
    page.locator("[data-testid=why-unpaid] select").select_option("income_late")
    page.locator("[data-testid=why-unpaid] input").fill("Paid on her return")
    page.tap("[data-testid=sheet-next]")
    page.wait_for_selector("text=Attendance alone is submitted")
    page.tap("[data-testid=sheet-submit]")
    page.wait_for_selector("[data-testid=sheet-done]")
    phone.set_offline(False)
    page.goto(f"{scene.network.url}/app/#/outbox")
    page.wait_for_selector("text=The office wants a picture of the group")
    scene.network.newer.clear()
    page.tap("[data-testid=edit]")
    page.tap("[data-testid=sheet-next]")
    page.tap("[data-testid=group-image]")
    page.tap("[data-testid=shoot]:enabled")
    page.tap("[data-testid=keep-picture]")
    page.tap("[data-testid=sheet-submit]")
    page.wait_for_selector("[data-testid=sheet-done]")
    wait_until_sent(page, 2)
    [meeting] = scene.ask(
        "SELECT m.cash_minor, a.kind FROM center_meeting m JOIN center n ON n.id = m.center_id"
        " JOIN attachment a ON a.id = m.group_image_id WHERE n.name = 'Las Compañías'"
    )
    assert (meeting.cash_minor, meeting.kind) == (0, "group_image")
