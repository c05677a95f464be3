"""The cash desk's page in a real browser: five o'clock, deposits to count, one of them short; money
from people who walk in, undone, paid back, and told to core banking."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from api.deps import SESSION_COOKIE
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.served import ROOT, Served, serving, set_clock

pytestmark = pytest.mark.browser
AT = "2026-11-23T12:00:00Z"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
TABS = ("deposits", "counter", "decide", "differences", "tills", "books", "vault", "files", "day")
NAMES = ("Diego Soto", "Ana Vidal", "Ben Rojas")


@dataclass
class Desk:
    """The product, two cashiers' tokens, and an agent's token and case each."""

    served: Served
    token: str
    colleague: str
    agents: list[tuple[str, str]]


async def _set_up(database_url: str) -> tuple[str, str, list[tuple[str, str]]]:
    database = Database(database_url)
    agents = []
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        for name in NAMES:
            agent = await an_agent(session, branch, name, cash_limit_minor=60_000)
            case = await a_case(session, branch, agent_id=agent, due_minor=90_000)
            agents.append((await a_token(session, agent), str(case.case_id)))
        cashier = await a_person(session, branch, Role.CASH_DESK, "Paula Soto")
        token = await a_token(session, cashier)
        other = await a_person(session, branch, Role.CASH_DESK, "Rosa Vera")
        colleague = await a_token(session, other)
        await a_case(session, branch, due_minor=90_000, customer_name="Teresa Muñoz")
    await database.close()
    return token, colleague, agents


@pytest.fixture(scope="module")
def served(database_url: str, redis_url: str) -> Iterator[Served]:
    set_clock(database_url, MONDAY_NINE)
    with serving(database_url, redis_url, worker=False) as served:
        yield served


@pytest.fixture
def desk(database_url: str, served: Served) -> Desk:
    """A branch of the test's own: which tests ran before it is nothing to its tills."""
    with ThreadPoolExecutor(1) as thread:
        token, colleague, agents = thread.submit(asyncio.run, _set_up(database_url)).result()
    return Desk(served, token, colleague, agents)


def hand_in(page: Page, desk: Desk) -> None:
    """Everybody takes 50,000 and brings 40,000."""
    for token, case_id in desk.agents:
        receipt = {
            "case_id": case_id, "amount": {"amount_minor": 50_000, "currency": "CLP"},
            "mode": "cash", "taken_at": AT,
            "fix": {"lat": -29.9027, "lon": -71.252, "accuracy_m": 8, "captured_at": AT},
        }  # fmt: skip
        deposit = {
            "amount": {"amount_minor": 40_000, "currency": "CLP"}, "target": "branch",
            "slip_no": None, "deposited_at": AT,
            "denominations": [
                {"face_minor": 10_000, "count": 3}, {"face_minor": 1000, "count": 10},
            ],
        }  # fmt: skip
        for what, body in (("receipts", receipt), ("deposits", deposit)):
            answer = page.request.put(
                f"{desk.served.url}/v1/agent/{what}/{new_id()}",
                data=body,
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.ok, answer.text()


def opened(
    desk: Desk, chromium: Browser, width: int = 1366, height: int = 768, token: str | None = None
) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": token or desk.token, "url": desk.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    return watch


def told(page: Page, selector: str) -> str:
    """What stands there, with plain spaces."""
    return page.inner_text(selector).replace("\xa0", " ")


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
