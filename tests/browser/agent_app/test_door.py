"""At a customer's door, in flight mode: counted cash, words, causes, follow-ups and forms."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from collection.receipts.codes.code import with_check_digit
from data.sealed import opened
from data.session import EVERYTHING, Database
from identity.permission import Area, acting
from identity.role import Role
from identity.roles.change_role import NewRole, decide, propose
from identity.roles.compose import compose
from tests.browser.agent_app.scene import (
    Scene,
    a_scene,
    enter_pin,
    in_thread,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.pictures import photograph
from tests.codes import code_shown
from tests.conftest import MONDAY_NINE
from tests.factories import a_person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=6) as scene:
        scene.set_policy("receipt_cause", '"required"')
        scene.set_policy("customer_form", "true")
        yield scene


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


SPEAK = """async (code) => (await import("/app/kept/database.js")).keep("language", code)"""


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
    page.tap("[data-testid=issue]")
    assert "takes no other amount" in page.inner_text("#cause-problem")
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
    assert sync_state(page) == {"waiting": 2}
    phone.set_offline(False)
    wait_until_sent(page, 2)
    [row] = scene.ask("SELECT * FROM receipt WHERE case_id = :case", case=scene.cases[0])
    assert row.denominations == [{"face_minor": 20_000, "count": 1}]
    assert (row.amount_minor, row.change_minor) == (15_000, 5_000)
    assert row.amount_words == "fifteen thousand Chilean pesos"
    assert row.loan_card_place == "page 2, line 7"
    [cause] = scene.ask("SELECT * FROM root_cause WHERE receipt_id = :id", id=row.id)
    assert (cause.cause_code, opened(cause.note)) == ("income_late", "Paid on Friday")
    page.tap("[data-testid=receipt-link]")
    link = str(page.get_attribute("[data-testid=qr]", "data-text"))
    assert "/r/" in link
    assert code_shown(page.get_by_test_id("qr")) == link
    photograph(page, "app-receipt-link", looks=True)
    page.tap("[data-testid=receipt-done]")
    leave(page, "part_paid")
    page.wait_for_selector("[data-testid=stop]")
    wait_until_sent(page, 3)
    assert scene.ask("SELECT FROM alert WHERE kind = 'root_cause_missing'") == []


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
    expect(page.locator(".problem:not(:empty)").first).to_be_in_viewport()
    assert sync_state(page) == {"waiting": 2}
    page.tap("text=Unhappy with the product")
    page.tap("text=Unwilling")
    page.tap("text=Partly")
    page.select_option("#cause", "lender_service")
    page.fill("#cause_note", "A complaint is open")
    page.tap("[data-testid=next-in-3]")
    photograph(page, "app-follow-up", looks=True)
    page.evaluate(SPEAK, "hi")
    page.wait_for_selector("text=उत्पाद या सेवा से असंतुष्ट")
    assert page.inner_text("#cause option:checked") == "एक शिकायत लंबित है"
    photograph(page, "app-follow-up-hi")
    page.evaluate(SPEAK, "en")
    page.wait_for_selector("text=Unhappy with the product")
    page.wait_for_timeout(1_000)  # what is entered is kept once the agent pauses
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
    assert (row.person, row.intent, row.ability, opened(row.note)) == (
        "customer", "unwilling", "partly", "He says no",
    )  # fmt: skip
    assert (row.next_kind, str(row.due_on)) == ("supervisor", "2026-11-26")


def in_india(old: bytes) -> bytes:
    """A day as a branch in India has it, which asks its customers' codes."""
    day = json.loads(old)
    upi = {"code": "upi", "is_cash": False, "reference": r"\d{12}",
           "expected": "the RRN, 12 digits", "details": []}  # fmt: skip
    day["currency"] = "INR"
    day["modes"] = [day["modes"][0], upi]
    day["faces_minor"] = [1_000, 5_000, 10_000, 50_000]
    day["door"] |= {"asks_code": True, "upi": {"vpa": "lender@bank", "name": "Karat Finance"}}
    return json.dumps(day).encode()


def test_a_upi_code_has_the_amount_and_a_cash_receipt_asks_the_customers_code(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    scene.network.newer["/v1/agent/day"] = in_india
    start_shift(scene, page)
    scene.network.newer.clear()
    arrive(phone, scene, page, 2)
    page.tap("[data-testid=pay]")
    page.tap("text=UPI")
    page.wait_for_selector("text=Enter the amount to show the QR code")
    page.fill("#amount", "1200.50")
    link = str(page.get_attribute("[data-testid=qr]", "data-text"))
    assert link.startswith("upi://pay?pa=lender@bank&pn=Karat%20Finance&tr=")
    assert "&am=1200.50&cu=INR" in link
    assert code_shown(page.get_by_test_id("qr")) == link
    photograph(page, "app-upi", looks=True)
    page.fill("#reference", "12345")
    page.tap("[data-testid=continue]")
    assert "12 digits" in page.inner_text("#reference-problem")
    page.tap("text=Cash")
    page.fill("#amount", "500")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    assert "Ask the customer" in page.inner_text("#code-problem")
    page.fill("#code", "123456")
    page.tap("[data-testid=issue]")
    assert "mistyped" in page.inner_text("#code-problem")
    page.fill("#code", with_check_digit("12345"))
    photograph(page, "app-code", looks=True)
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    body = page.evaluate(
        """async () => {
          const { value } = await import("/app/kept/database.js");
          const { recordsOf } = await import("/app/kept/outbox.js");
          return (await recordsOf((await value("session")).agent_id)).at(-1).body;
        }"""
    )
    assert body["one_time_code"] == with_check_digit("12345")
    assert body["amount_words"] == "five hundred Indian rupees"


def test_a_message_goes_in_the_offices_words_and_a_refusal_is_told_in_words(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.goto(f"{scene.network.url}/app/#/case/{scene.cases[3]}/message")
    page.tap("[data-testid=message-due_reminder]")
    page.wait_for_selector("[data-testid=message-text]")
    photograph(page, "app-message", looks=True)
    page.tap("[data-testid=message-due_reminder]")
    page.wait_for_selector("text=The customer has had this message today.")
    phone.set_offline(True)
    page.wait_for_selector("[data-testid=message-offline]")
    assert page.is_disabled("[data-testid=message-due_reminder]")


async def _need_not_know_numbers(scene: Scene) -> None:
    """Have the scene's agent work without `numbers.see`."""
    database = Database(scene.database_url)
    async with database.transaction(EVERYTHING) as session:
        admin, other = [await a_person(session, scene.branch, Role.ADMIN) for _ in range(2)]
        await compose(session, "unseen", acting(Area.FIELD), admin, MONDAY_NINE)
        new = NewRole(Role.AGENT, "unseen", "need not know numbers")
        change = await propose(session, scene.agent, new, admin, MONDAY_NINE)
        await decide(session, change, other, MONDAY_NINE, accept=True)
    await database.close()


def test_who_is_not_told_a_number_calls_it_through_the_office_while_there_is_a_network(
    scene: Scene, phone: BrowserContext
) -> None:
    in_thread(_need_not_know_numbers(scene))
    page = phone.pages[0]
    start_shift(scene, page)
    page.goto(f"{scene.network.url}/app/#/case/{scene.cases[3]}")
    page.wait_for_selector("button[data-testid=call]")
    with page.expect_response(lambda each: each.url.endswith(f"/{scene.cases[3]}/call")) as told:
        page.tap("[data-testid=call]")
    assert told.value.headers["location"] == "tel:+56900000000"
    phone.set_offline(True)
    page.wait_for_selector("[data-testid=call-offline]")
    assert page.is_disabled("[data-testid=call]")


def test_a_form_is_photographed_with_its_number_and_date(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    arrive(phone, scene, page, 4)
    page.goto(f"{scene.network.url}/app/#/me")
    page.tap("[data-testid=forms-missing] summary")
    missing = page.locator("[data-testid=forms-missing] li").count()
    photograph(page, "app-forms-missing", looks=True)
    page.goto(f"{scene.network.url}/app/#/case/{scene.cases[4]}")
    page.tap("[data-testid=form-missing]")
    page.tap("[data-testid=shoot]:enabled")
    page.tap("[data-testid=keep-picture]")
    assert "few words" in page.inner_text("#form_number-problem")
    page.fill("#form_number", "CAR-7")
    page.fill("#form_date", "2026-11-20")
    photograph(page, "app-car-form", looks=True)
    page.tap("[data-testid=keep-picture]")
    page.wait_for_selector("[data-testid=pay]")
    assert page.locator("[data-testid=form-missing]").count() == 0
    page.goto(f"{scene.network.url}/app/#/me")
    page.tap("[data-testid=forms-missing] summary")
    assert page.locator("[data-testid=forms-missing] li").count() == missing - 1
    phone.set_offline(False)
    wait_until_sent(page, 2)
    [row] = scene.ask("SELECT kind, form_number, form_date FROM attachment")
    assert (row.kind, row.form_number, str(row.form_date)) == ("car_form", "CAR-7", "2026-11-20")


def test_holiday_dues_are_offered_ahead_and_where_nothing_is_due_a_network_is_needed(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    ahead, paid_up = str(scene.cases[5]), str(scene.cases[3])

    def before_a_holiday(old: bytes) -> bytes:
        day = json.loads(old)
        for each in day["cases"]:
            if each["case"]["id"] == paid_up:
                each["demands"] = []
                each["case"]["overdue"]["amount_minor"] = 0
        day["door"]["advance_dues"] = [
            {"case_id": ahead, "demand_id": ahead, "due_on": "2026-11-24",
             "amount": {"amount_minor": 7_000, "currency": "CLP"}}
        ]  # fmt: skip
        return json.dumps(day).encode()

    scene.network.newer["/v1/agent/day"] = before_a_holiday
    start_shift(scene, page)
    scene.network.newer.clear()
    page.tap(".chip:has-text('Before holidays')")
    assert page.locator("[data-testid=stop]").count() == 1
    arrive(phone, scene, page, 5)
    assert "a holiday" in page.inner_text("main")
    page.tap("[data-testid=pay]")
    page.tap("[data-testid=with-advance]")
    assert page.input_value("#amount") == "57000"
    photograph(page, "app-advance", looks=True)
    page.goto(f"{scene.network.url}/app/#/case/{scene.cases[5]}")
    leave(page, "moved")
    page.wait_for_selector("[data-testid=save-follow-up]")
    arrive(phone, scene, page, 3)
    page.tap("[data-testid=pay]")
    page.wait_for_selector("[data-testid=adhoc]")
    page.fill("#amount", "5000")
    page.tap("[data-testid=continue]")
    assert "once you have a network" in page.inner_text("#amount-problem")
    assert page.locator("[data-testid=issue]").count() == 0
    photograph(page, "app-adhoc", looks=True)
    page.goto(f"{scene.network.url}/app/#/")
    page.wait_for_selector("text=Say what came of it")
    photograph(page, "app-round-follow-up", looks=True)


def test_what_the_office_still_asks_of_a_short_payment_is_said_on_its_receipt(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    # A phone whose day is older than the policy.
    scene.network.newer["/v1/agent/day"] = lambda old: old.replace(
        b'"receipt_cause":"required"', b'"receipt_cause":"asked"'
    )
    start_shift(scene, page)
    arrive(phone, scene, page, 1)
    page.tap("[data-testid=pay]")
    page.fill("#amount", "300000")  # within the room that the tests before this one leave
    page.tap("[data-testid=continue]")
    assert "more than all that is due here" in page.inner_text("[data-testid=sure-over]")
    assert page.inner_text("label[for=cause]") == "Why more than is due?"
    page.tap(".act button:not(.main)")
    page.fill("#amount", "5000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    assert page.locator("[data-testid=unexplained]").count() == 0
    phone.set_offline(False)
    page.wait_for_selector("[data-testid=unexplained]")
    page.tap("[data-testid=explain]")
    assert "Choose one" in page.inner_text("#cause-problem")
    page.select_option("#cause", "income_late")
    page.fill("#cause_note", "On Friday")
    photograph(page, "app-unexplained", looks=True)
    page.tap("[data-testid=explain]")
    page.wait_for_selector("[data-testid=unexplained]", state="detached")
    wait_until_sent(page, 3)
    scene.network.newer.clear()
    [cause] = scene.ask(
        "SELECT c.cause_code, c.note FROM root_cause c JOIN receipt r ON r.id = c.receipt_id"
        " WHERE r.case_id = :case",
        case=scene.cases[1],
    )
    assert (cause.cause_code, opened(cause.note)) == ("income_late", "On Friday")


def test_a_door_that_is_on_no_map_is_marked_by_who_stands_at_it_and_then_visited(
    scene: Scene, phone: BrowserContext
) -> None:
    case = scene.cases[4]
    scene.ask(
        "DELETE FROM fence WHERE address_id ="
        " (SELECT address_id FROM case_file WHERE id = :case) RETURNING address_id",
        case=case,
    )
    scene.ask(
        "UPDATE address SET location = NULL, geocode_quality = NULL WHERE id ="
        " (SELECT address_id FROM case_file WHERE id = :case) RETURNING id",
        case=case,
    )
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    door = scene.doors[str(case)]
    stand_at(phone, door, accuracy_m=400)
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.wait_for_selector("[data-testid=pin-door]:disabled")
    assert page.is_disabled("[data-testid=check-in]")
    stand_at(phone, door, accuracy_m=12)
    page.tap("[data-testid=pin-door]:enabled")
    page.wait_for_selector("[data-testid=pinned]")
    photograph(page, "app-pinned", looks=True)
    page.tap("[data-testid=check-in]:enabled")
    page.tap("[data-testid=promise]")
    page.tap("[data-testid=due-hours]")
    page.fill("#due_from", "18:00")
    page.fill("#due_to", "17:00")
    page.tap("[data-testid=save-promise]")
    assert page.inner_text("#due_to-problem")
    page.fill("#due_to", "19:30")
    page.tap("[data-testid=save-promise]")
    page.wait_for_selector("[data-testid=leave]")
    leave(page, "promised")
    assert sync_state(page) == {"waiting": 4}
    phone.set_offline(False)
    wait_until_sent(page, 4)
    [pin] = scene.ask("SELECT is_placed FROM address_pin WHERE case_id = :case", case=case)
    assert pin.is_placed
    [word] = scene.ask("SELECT due_from, due_to FROM promise WHERE case_id = :case", case=case)
    assert (str(word.due_from), str(word.due_to)) == ("18:00:00", "19:30:00")
