"""The counter in a real browser: money from people who walk in, undone, paid back, told to core
banking, and receipts on paper."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from core.ids import new_id
from tests.browser.cash_desk.desk import Desk, opened
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser


def test_who_pays_less_than_is_due_is_asked_why(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    page.goto(f"{desk.served.url}/cash-desk#counter")
    page.fill("#payer", "gonz")
    page.locator("section:has(#payer)").get_by_test_id("found").first.click()
    page.fill("[id='amount.amount_minor']", "90000")
    expect(page.locator("[id='cause.code']")).to_have_count(0)
    page.fill("[id='amount.amount_minor']", "20000")
    page.fill("[data-face='20000']", "1")
    page.select_option("[id='cause.code']", "income_late")
    expect(page.locator("[id='cause.code'] option[value=income_late]")).to_have_text(
        "Salary or money due is late"
    )
    page.click("dialog >> text=Take the payment")
    expect(page.locator("[id='cause.note-problem']")).to_have_text("what the customer says")
    page.fill("[id='cause.note']", "The salary comes on Friday")
    photograph(page, "cash-desk-short-payment", looks=True)
    with page.expect_request("**/v1/cash/receipts/*") as asked:
        page.click("dialog >> text=Take the payment")
    page.get_by_test_id("taken").wait_for()
    sent = asked.value.post_data_json
    assert sent is not None
    assert sent["cause"] == {"code": "income_late", "note": "The salary comes on Friday"}
    assert (watch.wrong, watch.outside) == ([], [])


def test_money_from_the_counter_is_undone_paid_back_and_sent_out(
    desk: Desk, chromium: Browser
) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    page.goto(f"{desk.served.url}/cash-desk#files")
    page.click("text=Have files made for somebody…")
    page.fill("#code", "core")
    page.click("dialog >> text=Have files made >> nth=-1")
    page.get_by_test_id("export").wait_for()
    # Somebody walks in and pays more than is due; the notes must make the amount.
    page.click("[data-testid=strip] >> text=At the counter")
    page.fill("#payer", "teresa")
    page.locator("section:has(#payer)").get_by_test_id("found").click()
    page.fill("[id='amount.amount_minor']", "100000")
    page.fill("[data-face='20000']", "4")
    page.click("dialog >> text=Take the payment")
    page.wait_for_selector("dialog [role=alert]:has-text('these make')")
    page.fill("[data-face='20000']", "5")
    photograph(page, "cash-desk-payment", looks=True)
    page.click("dialog >> text=Take the payment")
    taken = page.get_by_test_id("taken")
    expect(taken).to_contain_text("100,000")
    number = taken.inner_text().split("receipt ")[1].split()[0]
    page.fill("#receipt", number)
    page.locator("section:has(#receipt)").get_by_test_id("found").click()
    photograph(page, "cash-desk-counter", looks=True)
    # What was paid ahead is asked back, and the same person cannot pay it out.
    page.click("[data-testid=strip] >> text=To decide")
    page.click("text=Pay money back…")
    page.click("dialog [data-testid=found]")
    expect(page.locator("[id='amount.amount_minor']")).to_have_value("10000")
    page.fill("#reason", "Paid too much")
    page.click("dialog >> text=Ask for it")
    expect(page.get_by_test_id("refund")).to_contain_text("Somebody else decides")
    # The file that goes out has the receipt; core banking refuses it, and it goes again.
    page.click("[data-testid=strip] >> text=Files out")
    page.click("text=Make a file now")
    expect(page.get_by_test_id("export-file")).to_have_count(1)
    answers = (
        "file,line,state,reference,reason\n1,1,rejected,,unknown account\n7,1,acknowledged,X,\n"
    )
    page.set_input_files(
        "[data-testid=export] input[type=file]",
        {"name": "answers.csv", "mimeType": "text/csv", "buffer": answers.encode()},
    )
    expect(page.get_by_test_id("rejected")).to_contain_text("unknown account")
    expect(page.get_by_test_id("export")).to_contain_text("1 fit nothing")
    photograph(page, "cash-desk-files", looks=True)
    page.get_by_test_id("rejected").get_by_text("Send it again").click()
    expect(page.get_by_test_id("rejected")).to_have_count(0)
    # A colleague pays the money out.
    theirs = opened(desk, chromium, token=desk.colleague)
    theirs.page.goto(f"{desk.served.url}/cash-desk#decide")
    theirs.page.click("text=Pay out…")
    theirs.page.click("dialog >> text=It was handed over")
    theirs.page.wait_for_selector("text=Nothing waits for a second person")
    # The receipt is to be undone; the money that was paid back has to be there, so it is refused.
    page.click("[data-testid=strip] >> text=At the counter")
    page.click("text=Undo it…")
    page.fill("dialog textarea", "Somebody else's account")
    page.click("dialog >> text=Ask that it be undone")
    page.click("[data-testid=strip] >> text=To decide")
    expect(page.get_by_test_id("reversal")).to_contain_text(number)
    theirs.page.reload()
    expect(theirs.page.get_by_test_id("reversal")).to_contain_text("Somebody else's account")
    photograph(theirs.page, "cash-desk-decide", looks=True)
    theirs.page.click("text=Leave it…")
    theirs.page.click("dialog >> text=Leave it >> nth=-1")
    theirs.page.wait_for_selector("text=Nothing waits for a second person")
    for one in (watch, theirs):
        assert [word for word in one.wrong if "422" not in word] == []
        assert one.outside == []


def test_a_receipt_from_paper_is_read_in_the_branchs_zone_whatever_the_browsers(
    desk: Desk, chromium: Browser
) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    abroad = page.context.new_cdp_session(page)
    abroad.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kolkata"})
    token, _ = desk.agents[0]
    lease = page.request.put(
        f"{desk.served.url}/v1/agent/leases/{new_id()}",
        data={},
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    page.goto(f"{desk.served.url}/cash-desk#counter")
    page.fill("#paper", "gonz")
    page.locator("section:has(#paper)").get_by_test_id("found").first.click()
    page.fill("#provisional_number", f"{lease['prefix']}-001")
    page.fill("[id='amount.amount_minor']", "5000")
    expect(page.locator("dialog")).to_contain_text("America/Santiago")
    photograph(page, "cash-desk-paper", looks=True)
    page.fill("#taken_at", "2026-11-23T08:40")
    with page.expect_request("**/v1/cash/paper-receipts/*") as asked:
        page.click("dialog >> text=Enter the receipt")
    sent = asked.value.post_data_json
    assert sent is not None
    assert sent["taken_at"] == "2026-11-23T11:40:00.000Z"
    answer = asked.value.response()
    assert answer is not None
    assert answer.ok, answer.text()
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_book_is_issued_its_leaves_are_used_or_missed_and_it_comes_back(
    desk: Desk, chromium: Browser
) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    page.goto(f"{desk.served.url}/cash-desk#books")
    page.click("text=Issue a book…")
    page.click("dialog >> text=Issue it")
    expect(page.locator("#agent_id-problem")).to_have_text("Choose one of the list.")
    expect(page.locator("#series-problem")).to_have_text("Fill this in.")
    page.select_option("#agent_id", label="Diego Soto")
    for name, told in (("series", "b12"), ("first_number", "1"), ("last_number", "50")):
        page.fill(f"#{name}", told)
    photograph(page, "cash-desk-book-issue", looks=True)
    page.click("dialog >> text=Issue it")
    row = page.locator("[data-testid=receipt-books] tbody tr")
    expect(row).to_contain_text("B12 1–50")
    [book] = page.request.get(f"{desk.served.url}/v1/cash/receipt-books").json()["items"]
    at = datetime.fromisoformat(book["issued_at"]).astimezone(ZoneInfo("America/Santiago"))
    issued_at = f"{at:%Y-%m-%dT%H:%M}"
    # Two receipts on its leaves, and one leaf between them that is skipped.
    for leaf in ("1", "000003"):
        page.goto(f"{desk.served.url}/cash-desk#counter")
        page.fill("#paper", "teresa")
        page.locator("section:has(#paper)").get_by_test_id("found").first.click()
        page.fill("#provisional_number", f"B12-{leaf}")
        page.fill("[id='amount.amount_minor']", "5000")
        page.fill("#taken_at", issued_at)
        page.click("dialog >> text=Enter the receipt")
        expect(page.locator("dialog")).to_be_hidden()
    page.click("[data-testid=strip] .figure:has-text('Receipt books')")
    expect(row).to_contain_text("2 used")
    expect(page.locator("[data-testid=strip]")).to_contain_text("1 leaf missing")
    photograph(page, "cash-desk-books", looks=True)
    page.click("text=A leaf…")
    expect(page.locator("#number")).to_have_value("2")
    page.fill("#reason", "Torn in the rain")
    photograph(page, "cash-desk-book-leaf", looks=True)
    page.click("dialog >> text=Account for it")
    expect(row).to_contain_text("1 cancelled")
    page.click("text=Take it back…")
    page.fill("#blank_from", "3")
    page.click("dialog >> text=Take it back")
    expect(page.locator("dialog")).to_contain_text("B12-3 is used or declared")
    page.fill("#blank_from", "4")
    page.click("dialog footer >> text=Take it back")
    expect(page.locator("#work")).to_contain_text("No receipt book is out")
    [problem] = [one for one in watch.wrong if "409" in one]  # the leaf that is not blank
    assert ([one for one in watch.wrong if one != problem], watch.outside) == ([], [])
