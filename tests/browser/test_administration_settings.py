"""Administration in a real browser: phones, what holds at a branch, and the trail."""

import asyncio
import re
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from data.session import EVERYTHING, Database
from identity.enroll import NewBranch, open_branch
from identity.principal import Role
from tests.browser.pictures import photograph
from tests.browser.test_administration import Head, opened, sheet, unexpected
from tests.codes import code_shown
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent
from tests.served import serving, set_clock

pytestmark = pytest.mark.browser


async def _set_up(database_url: str) -> tuple[str, str, str]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session, "HEAD")
        coast = await a_branch(session, "COAST", parent_code="HEAD")
        # Packs of rules are for branches of their own country.
        await open_branch(
            session, NewBranch("MUM", "Mumbai", "Asia/Kolkata", "IN", "INR", None, "HEAD")
        )
        diego = await an_agent(session, coast, "Diego Soto")
        await a_device(session, coast, diego)
        token = await a_token(session, await a_person(session, head, Role.ADMIN, "Inés Admin"))
        other = await a_token(session, await a_person(session, head, Role.AUDITOR, "Olga Auditor"))
        second = await a_token(session, await a_person(session, head, Role.ADMIN, "Otto Admin"))
    await database.close()
    return token, other, second


@pytest.fixture(scope="module")
def head(database_url: str, redis_url: str) -> Iterator[Head]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        token, other, second = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Head(served, token, other, second)


def test_a_phone_is_enrolled_shown_once_and_revoked(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/devices")
    page = watch.page
    form = sheet(page, "Enroll a phone")
    form.get_by_label("Branch").select_option("COAST")
    form.get_by_label("What to call it").fill("Handset 7")
    form.get_by_role("button", name="Enroll").click()
    setup = page.get_by_test_id("setup")
    expect(setup.get_by_test_id("key")).to_contain_text("rd_")
    assert page.evaluate("document.getElementById('qr').decode().then(() => true)")
    key = (setup.get_by_test_id("key").text_content() or "").strip()
    assert parse_qs(urlsplit(code_shown(page.locator("#qr"))).query)["id"] == [key]
    photograph(page, "admin-phone-setup", looks=True)
    setup.get_by_label("OwnTracks").check()
    page.evaluate("document.getElementById('qr').decode()")
    (inline,) = parse_qs(urlsplit(code_shown(page.locator("#qr"))).query)["inline"]
    assert key in b64decode(inline).decode()
    page.get_by_role("button", name="It is set up").click()
    line = page.get_by_test_id("device").filter(has_text="Handset 7")
    expect(line).to_contain_text("Inés Admin")
    photograph(page, "admin-phones", looks=True)
    page.wait_for_selector("html[data-ready]")
    line.get_by_role("button", name="Revoke…").click()
    expect(page.locator("dialog[open]")).to_contain_text("Handset 7")
    page.locator("dialog[open]").get_by_role("button", name="Revoke").click()
    expect(line).to_contain_text("Revoked")
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_program_gets_a_key_a_new_one_in_its_place_and_is_shut_out(
    head: Head, chromium: Browser
) -> None:
    watch = opened(head, chromium, "/admin/api-keys")
    page = watch.page
    expect(page.locator("#work")).to_contain_text("No program has a key")
    form = sheet(page, "Make a key")
    form.get_by_label("Which program").fill("Core banking")
    form.get_by_label("Branch").select_option("COAST")
    form.get_by_role("button", name="Make it").click()
    expect(form.locator("[data-problem-of=permissions]")).not_to_be_empty()
    form.get_by_label("Cash: sees").check()
    photograph(page, "admin-key-made", looks=True)
    form.get_by_role("button", name="Make it").click()
    first = page.get_by_test_id("new-key")
    expect(first).to_contain_text("rk_")
    page.get_by_role("button", name="It is in its place").click()
    line = page.get_by_test_id("key-line").filter(has_text="Core banking")
    expect(line).to_contain_text("Cash: sees")
    expect(line).to_contain_text("Inés Admin")
    page.wait_for_selector("html[data-ready]")
    line.get_by_role("button", name="New key…").click()
    rotate = page.locator("dialog[open]")
    expect(rotate).to_contain_text("Core banking")
    rotate.get_by_role("button", name="Make it").click()
    expect(page.get_by_test_id("new-key")).to_contain_text("rk_")
    page.get_by_role("button", name="It is in its place").click()
    old = page.get_by_test_id("key-line").filter(has_text="another one took its place")
    expect(old).to_have_count(1)
    expect(old.get_by_role("button", name="New key…")).to_have_count(0)
    photograph(page, "admin-keys", looks=True)
    page.wait_for_selector("html[data-ready]")
    old.get_by_role("button", name="End…").click()
    page.locator("dialog[open]").get_by_role("button", name="End it").click()
    lines = page.get_by_test_id("key-line")
    expect(lines.filter(has_text="Ended")).to_have_count(1)
    expect(lines.get_by_role("button", name="End…")).to_have_count(1)
    assert (unexpected(watch), watch.outside) == ([], [])


def test_a_policy_is_set_for_a_branch_and_inherited_below(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/policies?q=silent")
    page = watch.page
    line = page.locator("#policy-stale_after_min")
    expect(line).to_contain_text("as shipped")
    page.wait_for_selector("html[data-ready]")
    line.get_by_text("Change", exact=True).click()
    line.locator("input").fill("900")
    line.get_by_role("button", name="Set for HEAD").click()
    expect(line.get_by_role("alert")).to_contain_text("from 1 to 240")
    photograph(page, "admin-policy", looks=True)
    line.locator("input").fill("25")
    line.get_by_role("button", name="Set for HEAD").click()
    expect(line).to_contain_text("its own")
    page.wait_for_selector("html[data-ready]")
    page.locator("select[name=branch]").select_option("COAST")
    expect(line).to_contain_text("inherited from HEAD")
    expect(line).to_contain_text("25 minutes")
    assert (unexpected(watch), watch.outside) == ([], [])


def test_a_policy_of_two_is_set_by_one_and_confirmed_by_another(
    head: Head, chromium: Browser
) -> None:
    watch = opened(head, chromium, "/admin/policies?q=upi")
    line = watch.page.locator("#policy-upi_payee_vpa")
    watch.page.wait_for_selector("html[data-ready]")
    line.get_by_text("Change", exact=True).click()
    line.locator("input[id]").fill("lender@bank")
    line.get_by_role("button", name="Set for HEAD").click()
    waiting = line.get_by_test_id("waiting")
    expect(waiting).to_contain_text("You set it to lender@bank")
    # Who has set it has nothing to confirm, but may take it back.
    expect(waiting.get_by_role("button")).to_have_text(["Take it back"])
    expect(line.locator("strong").first).to_have_text("not set")
    watch.page.wait_for_selector("html[data-ready]")
    waiting.get_by_role("button").click()
    expect(waiting).to_have_count(0)
    watch.page.wait_for_selector("html[data-ready]")
    line.get_by_text("Change", exact=True).click()
    line.locator("input[id]").fill("lender@bank")
    line.get_by_role("button", name="Set for HEAD").click()
    expect(waiting).to_contain_text("You set it to lender@bank")
    second = opened(head, chromium, "/admin/policies?q=upi", head.second)
    its = second.page.locator("#policy-upi_payee_vpa")
    expect(its.get_by_test_id("waiting")).to_contain_text("Inés Admin set it to lender@bank")
    photograph(second.page, "admin-policy-waiting", looks=True)
    second.page.wait_for_selector("html[data-ready]")
    its.get_by_role("button", name="Confirm lender@bank").click()
    expect(its.locator("strong").first).to_have_text("lender@bank")
    expect(its.get_by_test_id("waiting")).to_have_count(0)
    assert (unexpected(watch), watch.outside) == ([], [])
    # Another payee is refused, and what was confirmed goes on.
    watch.page.reload()
    watch.page.wait_for_selector("html[data-ready]")
    line.get_by_text("Change", exact=True).click()
    line.locator("input[id]").fill("mine@bank")
    line.get_by_role("button", name="Set for HEAD").click()
    expect(waiting).to_contain_text("You set it to mine@bank")
    second.page.reload()
    second.page.wait_for_selector("html[data-ready]")
    its.get_by_role("button", name="Refuse").click()
    expect(its.get_by_test_id("waiting")).to_have_count(0)
    expect(its.locator("strong").first).to_have_text("lender@bank")
    assert (unexpected(second), second.outside) == ([], [])


def test_a_policy_that_is_an_amount_is_typed_and_told_in_the_branchs_currency(
    head: Head, chromium: Browser
) -> None:
    watch = opened(head, chromium, "/admin/policies?q=cash+per+payer")
    page = watch.page
    line = page.locator("#policy-cash_per_payer_below")
    page.wait_for_selector("html[data-ready]")
    line.get_by_text("Change", exact=True).click()
    expect(line).to_contain_text("An amount in CLP, from CLP 0 to")
    for typed in ("12,50", "a lot"):
        line.locator("input").fill(typed)
        line.get_by_role("button", name="Set for HEAD").click()
        expect(line.get_by_role("alert")).to_contain_text("from CLP 0 to")
    photograph(page, "admin-policy-amount", looks=True)
    line.locator("input").fill("200.000")
    line.get_by_role("button", name="Set for HEAD").click()
    expect(line.locator("strong").first).to_have_text("CLP\u00a0200,000")
    assert (unexpected(watch), watch.outside) == ([], [])


def test_a_stage_is_visited_as_the_branch_says(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/stages")
    page = watch.page
    line = page.locator("#stage-legal")
    expect(line).to_contain_text("Never visited")
    expect(line).to_contain_text("from above")
    page.wait_for_selector("html[data-ready]")
    line.get_by_text("Change", exact=True).click()
    line.get_by_label("Visits").select_option("as_due")
    line.get_by_label("Skills").fill("court, papers")
    line.get_by_role("button", name="Set for HEAD").click()
    expect(line).to_contain_text("by agents with court, papers")
    photograph(page, "admin-stages", looks=True)
    page.wait_for_selector("html[data-ready]")
    page.locator("select[name=branch]").select_option("COAST")
    expect(line).to_contain_text("from above")
    expect(line).to_contain_text("Visited as they are due")
    assert (unexpected(watch), watch.outside) == ([], [])


def test_a_rule_for_paying_in_parts_is_added(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/arrears-rules")
    page = watch.page
    page.wait_for_selector("text=Nobody is offered to pay in parts.")
    form = sheet(page, "Add a rule")
    form.get_by_label("Name").fill("Reliable so far")
    form.get_by_label("Individual loan").check()
    form.get_by_label("Credit card").check()
    form.get_by_label("Days past due, to").fill("0")
    form.get_by_role("button", name="Add it").click()
    expect(form.locator("#rule-dpd_to-problem")).to_have_text("1 or more")
    form.get_by_label("Days past due, to").fill("60")
    form.get_by_role("button", name="Add it").click()
    line = page.get_by_test_id("arrears-rule")
    expect(line).to_contain_text("Credit card, Individual loan")
    photograph(page, "admin-arrears-rules", looks=True)
    page.wait_for_selector("html[data-ready]")
    line.get_by_role("button", name="Take off").click()
    expect(line).to_have_count(0)
    assert (unexpected(watch), watch.outside) == ([], [])


def test_a_holiday_is_declared(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/holidays")
    page = watch.page
    form = sheet(page, "Declare a day")
    form.get_by_label("Day", exact=True).fill("2026-12-18")
    form.get_by_label("Name").fill("Fiesta de la ciudad")
    form.get_by_label("Kind").select_option("branch")
    form.get_by_role("button", name="Declare").click()
    expect(page.get_by_test_id("holiday")).to_contain_text("Friday, December 18, 2026")
    form = sheet(page, "From a file…")
    content = b"calendar,day,name\nCL,2026-12-31,Bank holiday\n"
    page.set_input_files(
        "#holiday-csv", {"name": "h.csv", "mimeType": "text/csv", "buffer": content}
    )
    form.get_by_role("button", name="Declare them").click()
    expect(page.locator("#toasts")).to_contain_text("Days read: 1, new among them: 1")
    expect(page.get_by_test_id("holiday")).to_have_count(2)
    photograph(page, "admin-holidays", looks=True)
    assert (watch.wrong, watch.outside) == ([], [])


def test_what_roles_grant_is_read_on_a_phone_without_scrolling_sideways(
    head: Head, chromium: Browser
) -> None:
    watch = opened(head, chromium, "/admin/roles")
    page = watch.page
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.locator(".table-box:has(.grants)")
    assert box.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    expect(page.get_by_test_id("role").first.locator("td:visible").first).to_have_attribute(
        "data-label", re.compile(".+")
    )
    photograph(page, "admin-roles-phone", looks=True)
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_list_of_values_gets_its_next_version(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/value-lists?topic=visit")
    page = watch.page
    form = sheet(page, "Add a value…")
    form.get_by_label("What is chosen").fill("Paid at the branch")
    form.get_by_label("Code").fill("paid_at_branch")
    form.get_by_label("Below").select_option("met_customer")
    form.get_by_role("button", name="Add to the list").click()
    expect(page.locator("tr.new")).to_contain_text("paid_at_branch")
    row = page.locator("tr.new")
    expect(row.get_by_label("Español")).to_have_value("")
    row.get_by_label("What paid_at_branch is called").fill("Paid at our branch")
    row.get_by_label("Español").fill("Pagó en la oficina")
    photograph(page, "admin-values", looks=True)
    page.get_by_role("button", name="Publish the next version").click()
    expect(page.get_by_test_id("value-list")).to_contain_text("published by HEAD itself")
    added = page.get_by_test_id("value").filter(has_text="paid_at_branch")
    expect(added).to_have_count(1)
    expect(added.get_by_label("Español")).to_have_value("Pagó en la oficina")
    shipped = page.get_by_test_id("value").filter(has=page.get_by_text("met_other", exact=True))
    expect(shipped.get_by_label("Bahasa Indonesia")).to_have_value("Bertemu orang lain")
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_pack_of_rules_is_loaded_and_a_rule_turned_off(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/contact-rules?branch=MUM")
    page = watch.page
    page.wait_for_selector("html[data-ready]")
    page.get_by_test_id("packs").locator("li").filter(
        has_text="India: microfinance loans"
    ).get_by_role("button", name="Load for MUM").click()
    expect(page.get_by_test_id("rule")).to_have_count(4)
    photograph(page, "admin-rules", looks=True)
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Turn off…").first.click()
    form = page.locator("dialog[open]")
    form.get_by_label("Why").fill("Not of this country")
    form.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("button", name="Put in force…").first).to_be_visible()
    is_off = page.get_by_role("button", name="Put in force…")
    page.get_by_test_id("rule").filter(has=is_off).first.get_by_role("link").first.click()
    expect(page.get_by_text("Not of this country")).to_be_visible()
    expect(page.get_by_test_id("limits")).to_have_text("from 09:00 to 18:00")
    photograph(page, "admin-rule", looks=True)
    assert (watch.wrong, watch.outside) == ([], [])


def test_the_trail_tells_who_did_what_and_that_it_is_whole(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/people?q=diego", head.other)
    page = watch.page
    # An auditor looks, and finds no button that changes anything.
    expect(page.get_by_test_id("person")).to_have_count(1)
    assert page.get_by_role("button", name="Add a person").count() == 0
    page.goto(f"{head.served.url}/admin/audit")
    page.wait_for_selector("html[data-ready]")
    page.get_by_placeholder("Who, by name or user name").fill("olga")
    expect(page.get_by_test_id("event").first).to_contain_text("Olga Auditor")
    expect(page.get_by_test_id("event").filter(has_text="Inés")).to_have_count(0)
    photograph(page, "admin-audit", looks=True)
    page.get_by_role("link", name="Is it whole?").click()
    expect(page.get_by_test_id("chains")).to_contain_text("whole")
    form = sheet(page, "Export…")
    form.get_by_label("Why").fill("Yearly audit")
    with page.expect_download() as download:
        form.get_by_role("button", name="Export").click()
    assert "GET /admin/people" in download.value.path().read_text()
    assert (watch.wrong, watch.outside) == ([], [])
