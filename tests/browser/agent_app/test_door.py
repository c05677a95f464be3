"""At a customer's door, in flight mode: counted cash, words, causes, follow-ups and forms."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.agent_app.scene import (
    Scene,
    a_scene,
    enter_pin,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=6) as scene:
        yield scene


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def arrive(context: BrowserContext, scene: Scene, page: Page, number: int) -> None:
    """Check in at a door, in flight mode."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    stand_at(context, scene.doors[str(scene.cases[number])])
    page.goto(f"{scene.network.url}/app/#/case/{scene.cases[number]}")
    page.wait_for_selector("[data-testid=distance].quiet")
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("[data-testid=pay]")


def leave(page: Page, outcome: str) -> None:
    page.tap("[data-testid=leave]")
    page.tap(f"[data-testid=outcome-{outcome}]")


def test_counted_notes_make_change_and_a_short_payment_is_explained(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    arrive(phone, scene, page, 0)
    photograph(page, "app-case", looks=True)
    page.tap("[data-testid=pay]")
    page.tap("[data-testid=count]")
    page.tap("[aria-label$='20,000 +1']")
    assert page.input_value("#amount") == "20000"
    page.fill("#amount", "25000")
    assert "5,000 is missing" in plain(page.inner_text("[data-testid=tender]"))
    page.tap("[data-testid=continue]")
    assert page.locator("[data-testid=issue]").count() == 0
    page.fill("#amount", "15000")
    assert "Give back CLP 5,000" in plain(page.inner_text("[data-testid=tender]"))
    photograph(page, "app-counting", looks=True)
    page.tap("[data-testid=continue]")
    assert page.inner_text("[data-testid=sure-words]").lower() == "fifteen thousand chilean pesos"
    page.select_option("#cause", "income_late")
    page.tap("[data-testid=issue]")
    assert "few words" in page.inner_text("#cause_note-problem")
    page.fill("#cause_note", "Paid on Friday")
    page.tap("[data-testid=card]")
    page.tap("text=Entered")
    page.fill("#card_text", "page 2, line 7")
    photograph(page, "app-sure", looks=True)
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    photograph(page, "app-receipt", looks=True)
    assert sync_state(page) == {"waiting": 3}
    phone.set_offline(False)
    wait_until_sent(page, 3)
    [row] = scene.ask("SELECT * FROM receipt WHERE case_id = :case", case=scene.cases[0])
    assert row.denominations == [{"face_minor": 20_000, "count": 1}]
    assert (row.amount_minor, row.change_minor) == (15_000, 5_000)
    assert row.amount_words == "fifteen thousand Chilean pesos"
    assert row.loan_card_place == "page 2, line 7"
    [cause] = scene.ask("SELECT * FROM root_cause WHERE receipt_id = :id", id=row.id)
    assert (cause.cause_code, cause.note) == ("income_late", "Paid on Friday")
    page.tap("[data-testid=receipt-link]")
    assert "/r/" in str(page.get_attribute("[data-testid=qr]", "data-text"))
    photograph(page, "app-receipt-link", looks=True)
    page.tap("[data-testid=receipt-done]")
    leave(page, "part_paid")
    page.wait_for_selector("[data-testid=stop]")
    wait_until_sent(page, 4)


def test_a_visit_without_money_says_in_codes_what_came_of_it_and_what_comes_next(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    arrive(phone, scene, page, 1)
    leave(page, "refused")
    page.wait_for_selector("text=Refused to pay")
    assert sync_state(page) == {"waiting": 2}
    page.fill("#note", "He says no")
    page.tap("[data-testid=save-follow-up]")
    told = page.locator(".problem:not(:empty)").all_inner_texts()
    assert told.count("Choose one.") == 4, told
    assert sync_state(page) == {"waiting": 2}
    page.tap("text=Unhappy with the product")
    page.tap("text=Unwilling")
    page.tap("text=Partly")
    page.select_option("#cause", "lender_service")
    page.fill("#cause_note", "A complaint is open")
    page.tap("[data-testid=next-in-3]")
    photograph(page, "app-follow-up", looks=True)
    page.reload()
    enter_pin(page)
    assert page.input_value("#cause_note") == "A complaint is open"
    page.tap("[data-testid=save-follow-up]")
    page.wait_for_selector("[data-testid=stop]")
    assert sync_state(page) == {"waiting": 3}
    phone.set_offline(False)
    wait_until_sent(page, 3)
    [row] = scene.ask(
        "SELECT d.*, n.kind AS next_kind, n.due_on FROM disposition d"
        " JOIN next_action n ON n.disposition_id = d.id WHERE d.case_id = :case",
        case=scene.cases[1],
    )
    assert (row.contact_code, row.result_code, row.reason_code) == (
        "met_customer", "refused", "refused_service",
    )  # fmt: skip
    assert (row.person, row.intent, row.ability, row.note) == (
        "customer", "unwilling", "partly", "He says no",
    )  # fmt: skip
    assert (row.next_kind, str(row.due_on)) == ("supervisor", "2026-11-26")
