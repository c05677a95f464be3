"""The cash desk's day in a real browser: deposits to count, one of them short, and the vault."""

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.browser.cash_desk.desk import Desk, hand_in, opened, told
from tests.browser.pictures import photograph
from tests.served import ROOT

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules/axe-core/axe.min.js"
TABS = ("deposits", "counter", "decide", "differences", "tills", "books", "vault", "files", "day")


def test_deposits_are_counted_acknowledged_at_once_and_the_day_is_closed(
    desk: Desk, chromium: Browser
) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    hand_in(page, desk)
    # Whoever works at the cash desk begins here.
    page.goto(f"{desk.served.url}/")
    page.wait_for_selector("[data-testid=deposit]")
    assert page.url.endswith("/cash-desk")
    assert "CLP 120,000" in told(page, "[data-testid=strip]")
    # One is counted: of its three ten thousands one is false.
    diego = page.locator("[data-testid=deposit]", has_text="Diego Soto")
    diego.get_by_text("Count…").click()
    page.fill("[data-face='20000']", "7")
    page.click("text=Keep this count")
    diego.get_by_text("Count again…").click()
    page.keyboard.press("0")  # what stands in a field is typed over, in the first as in the others
    expect(page.locator("[data-face='20000']")).to_have_value("0")
    page.fill("[data-face='10000']", "2")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.face") == "5000"
    page.click("text=Add a false note")
    page.click("text=Keep this count")  # a false note is kept with its number, and never left out
    expect(page.locator("dialog [data-problem]")).to_contain_text("A false note has no number yet")
    page.fill(".false-note input", "B 1234567")
    assert "10,000 in false notes. Diego Soto owes it" in told(page, "[data-testid=counted]")
    photograph(page, "cash-desk-count", looks=True)
    page.click("text=Keep this count")
    assert "09:00" in told(page, "[data-testid=deposit]")  # by the branch's clock
    # All are acknowledged at once.
    page.click(".hand .all")
    assert "3 of 3" in told(page, ".hand")
    assert "1 not as stated" in told(page, ".hand")
    photograph(page, "cash-desk-deposits", looks=True)
    page.click("text=Acknowledge 3")
    page.wait_for_selector("text=3 deposits lie in the vault")
    page.wait_for_selector("text=Nothing to count")
    # What is short has an owner, and is paid.
    page.click("[data-testid=strip] >> text=Short and over")
    page.wait_for_selector("[data-testid=difference]")
    assert "Diego Soto owes it" in told(page, "[data-testid=difference] >> nth=0")
    photograph(page, "cash-desk-differences", looks=True)
    page.click("[data-testid=difference] >> nth=0 >> text=Paid in cash…")
    page.fill("dialog textarea", "Brought it at once")
    page.click("dialog >> text=Paid in cash >> nth=-1")
    page.wait_for_selector("text=Settled")
    expect(page.locator("#work")).to_be_focused()  # the keyboard goes on where the row was
    assert "B 1234567" in told(page, "[data-testid=false-notes]")
    # What became of it is found: how, by whom and why.
    page.click("#work >> text=Settled")
    row = page.locator("[data-testid=settled-difference]")
    for words in ("Diego Soto", "Paid in cash", "Paula Soto", "“Brought it at once”"):
        expect(row).to_contain_text(words)
    photograph(page, "cash-desk-settled", looks=True)
    page.fill("[name=until]", "2026-11-22")
    page.wait_for_selector("text=Nothing that was found then is settled")
    page.fill("[name=until]", "2026-11-23")
    expect(row).to_have_count(1)
    page.click("#work >> text=Still open")
    page.wait_for_selector("text=Nothing is missing, nothing is over")
    # The tills, and the vault counted.
    page.click("[data-testid=strip] >> text=Cash with agents")
    assert "CLP 10,000" in told(page, "[data-testid=tills]")
    photograph(page, "cash-desk-tills", looks=True)
    page.click("[data-testid=strip] >> text=Vault, last counted")
    page.click("text=Count as the day closes…")
    page.click("text=Take down this count")  # what nobody has counted is no empty vault
    expect(page.locator("dialog [data-problem]")).to_contain_text("Nothing is counted yet")
    page.fill("[data-face='10000']", "1")
    page.click("text=Take down this count")
    page.wait_for_selector("[data-testid=vault-counts]")
    assert "short" in told(page, "[data-testid=vault-counts]")
    # The day proves, and is closed.
    page.click("[data-testid=strip] >> text=Proves")
    assert page.locator("[data-testid=proof] tbody tr").count() == 3
    photograph(page, "cash-desk-day", looks=True)
    # What it leaves open is told before, with a way to each.
    page.click("text=Close the day…")
    still = page.locator("dialog [data-testid=still-open]")
    assert still.locator("li").evaluate_all("all => all.map((one) => one.dataset.kind)") == [
        "in_hand", "shortage",
    ]  # fmt: skip
    expect(still.locator("[data-kind=in_hand]")).to_contain_text("Diego Soto CLP\xa010,000")
    expect(still.locator("[data-kind=in_hand] .amount")).to_have_text("CLP\xa030,000")
    photograph(page, "cash-desk-close", looks=True)
    still.get_by_text("Short and over").click()
    page.wait_for_selector("[data-testid=difference]")
    expect(page.locator("dialog")).to_be_hidden()
    page.click("[data-testid=strip] >> text=Proves")
    page.click("text=Close the day…")
    page.click("dialog >> text=Close the day >> nth=-1")
    page.wait_for_selector("text=by Paula Soto")
    assert (watch.wrong, watch.outside) == ([], [])


def test_a_cashier_takes_the_vault_over_and_each_is_offered_what_they_may_do(
    desk: Desk, chromium: Browser
) -> None:
    watch, theirs = opened(desk, chromium), opened(desk, chromium, token=desk.colleague)
    for page in (watch.page, theirs.page):
        page.goto(f"{desk.served.url}/cash-desk#vault")
    page = watch.page
    page.click("text=Count as the day opens…")
    page.fill("[data-face='10000']", "9")
    page.click("text=Take down this count")
    expect(page.locator("#work")).to_contain_text("You answer for the vault since")
    expect(page.get_by_role("button", name="Take over from a cashier…")).to_be_disabled()
    # Rosa counts one less, and cannot say in Paula's name that it is so.
    page = theirs.page
    page.reload()
    expect(page.locator("#work")).to_contain_text("Paula Soto answers for the vault since")
    page.click("text=Take over from a cashier…")
    expect(page.locator("dialog")).to_contain_text("Paula Soto hands over, and confirms this count")
    page.fill("[data-face='10000']", "8")
    page.click("text=Take down this count")
    row = "[data-testid=vault-counts] tbody tr >> nth=0"
    expect(page.locator(row)).to_contain_text("from Paula Soto, not confirmed yet")
    expect(page.locator(row).get_by_role("button")).to_have_count(0)
    photograph(page, "cash-desk-vault", looks=True)
    # Who found what is missing may have it paid, and nobody else's loss made of it.
    page.click("[data-testid=strip] >> text=Short and over")
    missing = page.locator("[data-testid=difference]", has_text="Paula Soto owes it").last
    expect(missing).to_contain_text("found by Rosa Vera")
    expect(missing).to_contain_text("Only a colleague may write it off")
    expect(missing.get_by_role("button")).to_have_text(["Paid in cash…"])
    # Paula agrees; what she owes, somebody else settles.
    page = watch.page
    page.reload()
    page.click("text=I handed it over")
    expect(page.locator(row)).to_contain_text("from Paula Soto, confirmed")
    page.click("[data-testid=strip] >> text=Short and over")
    missing = page.locator("[data-testid=difference]", has_text="Paula Soto owes it").last
    expect(missing).to_contain_text("You answer for it. A colleague settles it.")
    expect(missing.get_by_role("button")).to_have_count(0)
    for one in (watch, theirs):
        assert (one.wrong, one.outside) == ([], [])


@pytest.mark.parametrize("width", [1024, 1366, 2560])
def test_the_largest_sums_are_read_without_scrolling_the_figures(
    desk: Desk, chromium: Browser, width: int
) -> None:
    page = opened(desk, chromium, width).page
    page.goto(f"{desk.served.url}/cash-desk#day")
    page.get_by_test_id("verdict").wait_for()
    strip = page.get_by_test_id("strip")
    before = strip.evaluate("(one) => one.offsetHeight")
    strip.evaluate("""(one) => one.querySelectorAll(".value").forEach((value) => {
        value.textContent = "IDR 128,435,000,000";
        value.insertAdjacentHTML("beforeend", ' <span class="of">IDR 12,843,500,000 short</span>');
    })""")
    assert strip.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert page.locator("[data-testid=strip] .figure").evaluate_all(cut) == 0
    assert strip.evaluate("(one) => one.offsetHeight") < 3 * before


def test_on_a_phone_what_is_chosen_of_the_figures_is_in_sight(
    desk: Desk, chromium: Browser
) -> None:
    page = opened(desk, chromium, 390, 844).page
    page.goto(f"{desk.served.url}/cash-desk#day")
    expect(page.locator(".figure[aria-pressed=true]")).to_be_in_viewport(ratio=0.9)
    page.evaluate("location.hash = '#tills'")  # as links of the day's page lead there
    expect(page.locator(".figure[aria-pressed=true]")).to_contain_text("Cash with agents")
    expect(page.locator(".figure[aria-pressed=true]")).to_be_in_viewport(ratio=0.9)


def test_what_has_not_changed_is_not_asked_for_in_full_again(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    page.goto(f"{desk.served.url}/cash-desk#day")
    page.wait_for_selector("[data-testid=verdict]")
    came: dict[str, list[int]] = {}

    def note(one: Response) -> None:
        came.setdefault(one.url.split("/v1/")[-1], []).append(one.status)

    page.on("response", note)

    lists = {"deposits?state=in_transit&limit=200", "tills?limit=200", "export-targets"}

    def look_again() -> dict[str, list[int]]:
        came.clear()
        with page.expect_response("**/trial-balance*"):
            page.dispatch_event("input[type=date]", "change")
        for _ in range(200):
            if lists <= set(came):
                break
            page.wait_for_timeout(50)
        return dict(came)

    again = look_again()
    assert lists <= set(again)
    assert {status for found in again.values() for status in found} == {304}, again
    # What is new is shown, and the rest stands as it was.
    hand_in(page, desk)
    again = look_again()
    assert (again["deposits?state=in_transit&limit=200"], again["export-targets"]) == ([200], [304])
    page.click("[data-testid=strip] >> text=To count")
    expect(page.locator("[data-testid=deposit]")).to_have_count(3)
    assert (watch.wrong, watch.outside) == ([], [])


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed")
def test_on_a_phone_nothing_is_cut_off_and_no_rule_of_access_is_broken(
    desk: Desk, chromium: Browser
) -> None:
    watch = opened(desk, chromium, 390, 844)
    page = watch.page
    hand_in(page, desk)
    page.goto(f"{desk.served.url}/cash-desk")
    page.wait_for_selector("[data-testid=deposit]")
    photograph(page, "cash-desk-phone", looks=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate(AXE.read_text())
    for nth, tab in enumerate(TABS):
        page.locator("[data-testid=strip] .figure").nth(nth).click()
        found = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})"
            ".then((r) => r.violations.map((v) => [v.id, v.nodes.map((n) => n.html).slice(0, 2)]))"
        )
        assert found == [], tab
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
        photograph(page, f"cash-desk-phone-{tab}", looks=True)
        # Names have sixty letters, too, and no place to break.
        page.evaluate(
            "document.querySelectorAll('#work :is(.who, .what, .verdict, th[scope=row])')"
            ".forEach((one) => one.append('A'.repeat(60)))"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
