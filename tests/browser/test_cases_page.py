"""The desk's pages in a real browser: a case is found, a call is noted with what was promised."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, FilePayload, Route, expect

from api.deps import SESSION_COOKIE
from collection.messages.deliver import deliver
from collection.messages.sender import RecordingSender
from collection.portfolio.arrears.rules.rule import ArrearsRule
from collection.portfolio.arrears.rules.store import put_rules
from data.session import EVERYTHING, Database, rows
from identity.permission import Area, acting
from identity.principal import Role
from identity.roles.change_role import NewRole, decide, propose
from identity.roles.compose import compose
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.codes import code_shown
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent, give_phone
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser

T = TypeVar("T")


@dataclass
class Desk:
    """The product at nine, and the tokens of a tele-caller, of one who sees no numbers and of a
    supervisor."""

    served: Served
    token: str
    unseeing: str
    supervisor: str


async def _set_up(database_url: str) -> tuple[str, str, str]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, "Diego Soto")
        for name, urgency in (("María González", 80.0), ("Pedro Rojas", 60.0)):
            await a_case(session, branch, agent_id=agent, customer_name=name, urgency=urgency)
        both = await rows(session, "UPDATE customer SET language = 'es' RETURNING id, full_name")
        for each in both:
            is_maria = each.full_name == "María González"
            await give_phone(session, each.id, "9 1234 5678" if is_maria else "9 2233 4455")
        caller = await a_person(session, branch, Role.TELE_CALLER, "Paula Soto")
        token = await a_token(session, caller)
        unseeing, first, second = [
            await a_person(session, branch, role)
            for role in (Role.TELE_CALLER, Role.ADMIN, Role.ADMIN)
        ]
        await compose(session, "calls-unseen", acting(Area.DESK), first, MONDAY_NINE)
        new = NewRole(Role.TELE_CALLER, "calls-unseen", "need not know numbers")
        change = await propose(session, unseeing, new, first, MONDAY_NINE)
        await decide(session, change, second, MONDAY_NINE, accept=True)
        unseeing_token = await a_token(session, unseeing)
        supervisor = await a_person(session, branch, Role.SUPERVISOR, "Inés Mora")
        boss = await a_token(session, supervisor)
        rule = ArrearsRule("Reliable so far", 4)
        await put_rules(session, branch, [rule], supervisor, MONDAY_NINE)
    await database.close()
    return token, unseeing_token, boss


@pytest.fixture(scope="module")
def desk(database_url: str, redis_url: str) -> Iterator[Desk]:
    set_clock(database_url, MONDAY_NINE)
    tokens = asyncio_run(_set_up, database_url)
    with serving(database_url, redis_url, worker=False) as served:
        yield Desk(served, *tokens)


def asyncio_run(act: Callable[[str], Coroutine[None, None, T]], database_url: str) -> T:
    """Run it beside the browser, whose own loop would be in the way."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(act(database_url))).result()


def opened(desk: Desk, chromium: Browser, width: int, height: int, path: str) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": desk.token, "url": desk.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    watch.page.goto(f"{desk.served.url}{path}")
    return watch


def test_who_sees_no_number_calls_it_with_a_click(desk: Desk, chromium: Browser) -> None:
    watch = opened(
        Desk(desk.served, desk.unseeing, "", ""), chromium, 390, 844, "/cases?q=mar%C3%ADa"
    )
    page = watch.page
    page.click("text=María González")
    page.wait_for_selector("text=Owes in all")
    assert "1234" not in page.content()
    with page.expect_response("**/call") as answered:
        page.locator("[data-testid=call]").first.click()
    assert answered.value.headers["location"] == "tel:912345678"
    photograph(page, "case-unseen")
    assert [address for address in watch.outside if not address.startswith("tel:")] == []


def test_what_has_not_come_yet_is_no_empty_card(desk: Desk, chromium: Browser) -> None:
    page = opened(desk, chromium, 1366, 900, "/cases?q=pedro").page
    page.route("**/v1/payment-links*", lambda _: None)  # never answered
    page.click("text=Pedro Rojas")
    page.wait_for_selector("#dues h2")
    expect(page.locator("#links")).to_be_hidden()
    expect(page.locator("#dues")).to_be_visible()


def test_an_answer_that_comes_late_does_not_hide_what_was_asked_since(
    desk: Desk, chromium: Browser
) -> None:
    watch = opened(desk, chromium, 1366, 900, "/cases")
    page = watch.page
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if "q=mar" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    expect(page.get_by_test_id("case")).to_have_count(2)
    page.route("**/v1/cases?*", hold_the_first)
    search = page.get_by_role("searchbox")
    with page.expect_request("**/v1/cases?*q=mar*"):
        search.fill("mar")
    search.fill("pedro ")
    found = page.get_by_test_id("case")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Pedro Rojas")
    with page.expect_response("**/v1/cases?*q=mar*"):
        held[0].continue_()
    page.wait_for_timeout(200)  # the late answer has been read
    expect(found).to_contain_text("Pedro Rojas")
    expect(search).to_have_value("pedro ")
    assert watch.outside == []


def test_arrears_are_paid_in_parts(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, 1366, 900, "/cases?q=pedro")
    page = watch.page
    page.click("text=Pedro Rojas")
    plans = page.locator("#plans")
    plans.get_by_role("button", name="Offer a plan").click()
    sheet = page.locator("#sheet")
    sheet.get_by_label("In how many parts?").fill("9")
    sheet.get_by_role("button", name="Offer it").click()
    expect(sheet.locator("#installments-problem")).to_contain_text("2 to 4")
    sheet.get_by_label("In how many parts?").fill("4")
    sheet.get_by_role("button", name="Offer it").click()
    expect(plans.get_by_test_id("arrears-plan")).to_contain_text("in 4 parts")
    expect(plans).to_contain_text("A supervisor takes down that the customer accepts.")
    photograph(page, "case-plan-offered")
    boss = opened(Desk(desk.served, desk.supervisor, "", ""), chromium, 1366, 900, page.url[-43:])
    plans = boss.page.locator("#plans")
    plans.get_by_role("button", name="The customer accepts…").click()
    boss.page.locator("#sheet").get_by_role("button", name="The customer accepts").click()
    expect(plans.get_by_role("button", name="End the plan…")).to_be_visible()
    expect(boss.page.locator("#dues")).to_contain_text("part of a plan")
    expect(boss.page.locator("#story")).to_contain_text("Pays in parts from now on")
    photograph(boss.page, "case-plan")
    assert (watch.outside, boss.outside) == ([], [])


def test_what_is_before_a_court_is_on_record_with_its_hearings(
    desk: Desk, chromium: Browser
) -> None:
    boss = Desk(desk.served, desk.supervisor, "", "")
    watch = opened(boss, chromium, 1366, 900, "/cases?q=pedro")
    page = watch.page
    page.click("text=Pedro Rojas")
    legal, sheet = page.locator("#legal"), page.locator("#sheet")
    expect(legal).to_contain_text("Nothing is before a court.")
    legal.get_by_role("button", name="Put a proceeding on record…").click()
    sheet.get_by_label("What kind?").select_option("civil_suit")
    sheet.get_by_role("button", name="Put it on record").click()
    expect(sheet.locator("#forum-problem")).not_to_be_empty()
    sheet.get_by_label("Court or forum").fill("Civil court, La Serena")
    sheet.get_by_label("Its number there").fill("C-118-2026")
    sheet.get_by_label("Advocate", exact=True).fill("Ana Fuentes")
    sheet.get_by_label("The advocate's number").fill("+56 51 222 333")
    photograph(page, "case-legal-form")
    sheet.get_by_role("button", name="Put it on record").click()
    expect(legal.get_by_test_id("legal-case")).to_contain_text("No contact")
    legal.get_by_role("button", name="Add a hearing…").click()
    sheet.get_by_label("What is to be heard?").fill("Evidence")
    sheet.get_by_role("button", name="Keep it").click()
    legal.get_by_role("button", name="What came of it…").click()
    sheet.get_by_label("Outcome").fill("Put off: the clerk was ill")
    sheet.get_by_label("The next hearing").fill("2026-12-01")
    sheet.get_by_label("What is to be heard then?").fill("Arguments")
    sheet.get_by_role("button", name="Note it").click()
    expect(legal.get_by_test_id("hearing")).to_have_count(2)
    legal.get_by_role("button", name="Add a cost…").click()
    sheet.get_by_label("What for?").fill("Court fee")
    sheet.get_by_role("button", name="Keep it").click()
    expect(sheet.get_by_text("an amount in")).to_be_visible()
    sheet.get_by_label("Amount").fill("25000")
    sheet.get_by_role("button", name="Keep it").click()
    expect(page.locator("#story")).to_contain_text("Spent on the proceeding")
    legal.get_by_role("button", name="Add a document…").click()
    sheet.get_by_role("button", name="Keep it").click()
    expect(sheet.locator("#file-problem")).not_to_be_empty()
    order = FilePayload(name="order.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\n")
    sheet.get_by_label("File").set_input_files(order)
    sheet.get_by_role("button", name="Keep it").click()
    expect(sheet.locator("#title-problem")).not_to_be_empty()
    sheet.get_by_label("Title").fill("Interim order")
    photograph(page, "case-legal-document")
    sheet.get_by_role("button", name="Keep it").click()
    expect(legal.get_by_test_id("document")).to_contain_text("Order or award")
    with page.expect_download() as saved:
        legal.get_by_role("link", name="Save Interim order").click()
    assert saved.value.suggested_filename.startswith("order-")
    # Nobody calls either meanwhile, and the page says why.
    page.get_by_test_id("call").first.click()
    expect(page.get_by_text("left alone for legal")).to_be_visible()
    legal.scroll_into_view_if_needed()
    photograph(page, "case-legal")
    phone = opened(boss, chromium, 390, 844, "/cases")
    phone.page.get_by_test_id("hearings").locator("summary").click()
    expect(phone.page.get_by_test_id("hearings")).to_contain_text("Arguments")
    assert not phone.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    photograph(phone.page, "hearings-phone")
    phone.page.goto(page.url)
    phone.page.locator("#legal [data-testid=hearing]").first.scroll_into_view_if_needed()
    assert not phone.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    photograph(phone.page, "case-legal-phone")
    legal.get_by_role("button", name="Close it…").click()
    sheet.get_by_label("Why?").fill("Paid at the court")
    sheet.get_by_role("button", name="Close it").click()
    expect(legal.get_by_test_id("legal-case")).to_contain_text("Settled")
    assert (watch.outside, phone.outside) == ([], [])


def test_a_call_is_noted_with_what_was_promised(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, 1366, 768, "/")
    page = watch.page
    page.wait_for_url("**/cases")
    page.locator("[data-testid=case]").nth(1).wait_for()
    photograph(page, "cases")
    # What is looked for stands in the address, and is there again after a reload.
    page.select_option("select[name=next_action]", "none")
    page.fill("input[name=q]", "maría")
    page.locator("[data-testid=case]").nth(1).wait_for(state="detached")
    assert "next_action=none" in page.url
    page.select_option("select[name=form]", label="Missing")
    page.wait_for_function("() => location.search.includes('form=none')")
    page.select_option("select[name=form]", "")
    assert "q=mar" in page.url
    page.reload()
    page.click("text=María González")
    page.wait_for_selector("text=Nothing to come")
    page.wait_for_selector("text=Owes in all")
    # Without a result nothing is noted; the field says what would be right.
    page.click("text=Note a contact")
    page.fill("textarea[name=note]", "Will go to the branch")
    page.click("text=Note contact")
    page.wait_for_selector("#contact-problem:not(:empty)")
    assert page.inner_text("#contact-problem") == "Choose one of the list."
    assert page.is_hidden("dialog [data-problem]")  # the result is asked for when its turn comes
    page.select_option("#contact", "spoke_customer")
    page.select_option("#result", "call_promised")
    page.fill("[id='promise.amount.amount_minor']", "30000")
    photograph(page, "note")
    page.click("text=Note contact")
    page.wait_for_selector(".event:has-text('Call: Promised to pay')")
    page.wait_for_selector(".event:has-text('Promised CLP 30,000')")
    assert "Await the payment" in page.inner_text("#head")
    photograph(page, "case")
    # Back to the list as it was left: the case has something to come now.
    page.click("#back")
    page.wait_for_selector("text=No case fits")
    assert watch.outside == []
    assert [word for word in watch.wrong if "422" not in word] == []


async def _a_customer_without_number(database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        [branch] = await rows(session, "SELECT id FROM branch")
        await a_case(session, branch.id, customer_name="Elisa Sinfono", urgency=1)
    await database.close()


def test_a_link_that_cannot_go_out_has_no_button_that_sends_it(
    desk: Desk, chromium: Browser
) -> None:
    asyncio_run(_a_customer_without_number, desk.served.database_url)
    watch = opened(desk, chromium, 1366, 900, "/cases?q=sinfono")
    page = watch.page
    page.click("text=Elisa Sinfono")
    page.click("text=Make a payment link")
    page.click("dialog >> text=Make the link")
    expect(page.get_by_test_id("gate")).to_contain_text("no phone number")
    expect(page.locator("dialog button[type=submit]")).to_be_disabled()
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_payment_link_is_made_sent_followed_and_withdrawn(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, 1366, 900, "/cases?q=mar%C3%ADa")
    page = watch.page
    page.click("text=María González")
    page.click("text=Make a payment link")
    page.click("text=Another amount")
    page.click("dialog >> text=Make the link")
    page.wait_for_selector("[id='amount.amount_minor-problem']:not(:empty)")
    page.fill("[id='amount.amount_minor']", "20000")
    page.check("#is_part_allowed")
    photograph(page, "case-link")
    page.click("dialog >> text=Make the link")
    # What will be said, in the customer's language, and that the rules allow it, before it goes.
    expect(page.get_by_test_id("gate")).to_contain_text("allow it now")
    expect(page.locator("dialog .bubble")).to_contain_text("puede pagar")
    photograph(page, "case-link-send")
    page.click("dialog >> text=E-mail")
    expect(page.get_by_test_id("gate")).to_contain_text("no e-mail address")
    expect(page.locator("dialog button[type=submit]")).to_be_disabled()
    page.click("dialog >> text=SMS")
    page.click("dialog >> text=Send it")
    link = page.get_by_test_id("payment-link")
    expect(link).to_contain_text("Not opened yet")
    expect(link).to_contain_text("On its way")
    sent = asyncio_run(_deliver_all, desk.served.database_url)
    assert len(sent) == 1
    expect(link).to_contain_text("Sent")
    # The customer opens it; the desk sees that, shows the code, and withdraws the link.
    page.context.request.get(f"{desk.served.url}/pay/" + sent[0].rsplit("/", 1)[1])
    page.reload()
    expect(link).to_contain_text("Opened")
    link.get_by_text("QR code").click()
    expect(page.locator("dialog img")).to_have_js_property("complete", True)
    assert page.locator("dialog img").evaluate("picture => picture.naturalWidth") > 0
    assert code_shown(page.locator("dialog img")).endswith("/pay/" + sent[0].rsplit("/", 1)[1])
    photograph(page, "case-link-code")
    page.click("dialog >> text=Done")
    photograph(page, "case-payments", looks=True)
    link.get_by_text("Withdraw").click()
    page.click("dialog >> text=Withdraw the link")
    expect(link).to_contain_text("Withdrawn")
    assert [word for word in watch.wrong if "422" not in word] == []
    assert watch.outside == []


async def _deliver_all(database_url: str) -> list[str]:
    """Send what waits, as the worker would; the texts."""
    database, sender = Database(database_url), RecordingSender()
    async with database.transaction(EVERYTHING) as session:
        waiting = await rows(session, "SELECT id FROM message WHERE state = 'waiting'")
    for message in waiting:
        await deliver(database, sender, message.id, MONDAY_NINE)
    await database.close()
    return [message.text for message in sender.kept]


def test_the_pages_fit_a_phone_in_the_dark(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, 390, 844, "/cases")
    page = watch.page
    page.emulate_media(color_scheme="dark")
    page.locator("[data-testid=case]").nth(1).wait_for()
    photograph(page, "cases-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=Pedro Rojas")
    page.wait_for_selector("text=Owes in all")
    page.click("text=What comes next")
    page.click("text=Keep it")
    page.wait_for_selector(".event:has-text('Next: Call')")
    # A number that was found is added, and kept from use when it turns out to be a stranger's.
    page.click("text=Add a contact")
    page.fill("#value", "9 1234 5678")
    page.click("dialog >> text=Add contact")
    page.wait_for_selector("#person >> text=+56912345678")
    # Who added it cannot be the one who says that it is right.
    page.click("text=Verify…")
    page.click("dialog >> text=It is right")
    page.wait_for_selector("dialog [data-problem]:visible")
    page.click("dialog >> text=Leave it")
    page.click("text=Not to be used…")
    page.fill("#reason", "A stranger answered")
    page.click("dialog >> text=Keep it from use")
    page.wait_for_selector("text=Not to be used: belongs to somebody else")
    photograph(page, "case-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [word for word in watch.wrong if "409" not in word] == []
    assert watch.outside == []
