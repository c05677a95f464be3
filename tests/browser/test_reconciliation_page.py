"""The reconciliation page in a real browser: a statement is sent in, and decided on by keyboard."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from api.deps import SESSION_COOKIE
from collection.reconciliation.accounts.keep_account import keep_account
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.bank_field import Booked, mt940
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser
DEPOSITS = ((52_000, "100412"), (48_500, "100413"), (30_000, "100414"), (30_000, "100415"))


@dataclass
class Desk:
    """The product at nine, a cashier's token, and four deposits at the bank."""

    served: Served
    token: str
    agent_token: str
    case_id: UUID


async def _set_up(database_url: str) -> tuple[str, str, UUID]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, "Diego Soto", cash_limit_minor=900_000)
        case = await a_case(session, branch, agent_id=agent, due_minor=900_000)
        cashier = await a_person(session, branch, Role.CASH_DESK, "Paula Soto")
        await keep_account(
            session, cashier, branch, new_id(), "123456789", "Banco Central", "CLP", None,
            MONDAY_NINE,
        )  # fmt: skip
        tokens = await a_token(session, cashier), await a_token(session, agent)
    await database.close()
    return (*tokens, case.case_id)


@pytest.fixture
def desk(own_database_url: str, redis_url: str) -> Iterator[Desk]:
    set_clock(own_database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        cashier, agent, case_id = thread.submit(asyncio.run, _set_up(own_database_url)).result()
    with serving(own_database_url, redis_url, worker=False) as served:
        yield Desk(served, cashier, agent, case_id)


def deposit(page: Page, desk: Desk) -> None:
    """Cash taken, and paid in at the bank."""
    for minor, slip in DEPOSITS:
        amount = {"amount_minor": minor, "currency": "CLP"}
        receipt = {
            "case_id": str(desk.case_id), "amount": amount, "mode": "cash",
            "taken_at": "2026-11-23T12:00:00Z",
            "fix": {"lat": -29.9027, "lon": -71.252, "accuracy_m": 8,
                    "captured_at": "2026-11-23T12:00:00Z"},
        }  # fmt: skip
        made = {
            "amount": amount, "target": "bank", "slip_no": slip,
            "denominations": [{"face_minor": 500, "count": minor // 500}],
            "deposited_at": "2026-11-23T12:00:00Z",
        }  # fmt: skip
        for what, body in (("receipts", receipt), ("deposits", made)):
            answer = page.request.put(
                f"{desk.served.url}/v1/agent/{what}/{new_id()}",
                data=body,
                headers={"Authorization": f"Bearer {desk.agent_token}"},
            )
            assert answer.ok, answer.text()


def opened(desk: Desk, chromium: Browser, width: int = 1366, height: int = 768) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": desk.token, "url": desk.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    deposit(watch.page, desk)
    watch.page.goto(f"{desk.served.url}/reconciliation")
    watch.page.wait_for_selector("text=Nothing to decide")
    return watch


def statement() -> bytes:
    return mt940(
        Booked(52_000, "SLIP100412", "CASH DEP LA SERENA"),
        Booked(48_500, "NONREF", "CASH DEP LA SERENA BY DIEGO SOTO"),
        Booked(30_000, "NONREF", "CASH DEP"),
        Booked(990, "NONREF", "CHARGES", mark="D"),
        number="123456789",
    )


def send(page: Page, content: bytes, name: str = "monday.sta") -> None:
    chosen = {"name": name, "mimeType": "text/plain", "buffer": content}
    page.set_input_files("[data-testid=drop] input", chosen)  # type: ignore[arg-type]


def test_a_statement_is_sent_in_and_decided_by_keyboard(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    send(page, statement())
    page.wait_for_selector("[data-testid=proposal]")
    assert "1 matched · 1 proposed · 1 to choose" in page.inner_text("[data-testid=file]")
    sure, choice = page.query_selector_all("[data-testid=proposal]")
    assert "Nothing else of this amount is open in these days" in sure.inner_text()
    assert choice.inner_text().count("Others fit as well") == 2
    photograph(page, "reconciliation-decide")
    # Confirm the first by Enter, then choose the second option of the other and confirm it.
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Confirmed: CLP 48,500")
    page.locator("[data-testid=proposal]").nth(1).wait_for(state="detached")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing to decide")
    # What is left is set aside with a reason.
    page.click("text=Bank lines open")
    page.click("[data-testid=open-lines] .selectable >> nth=0")
    photograph(page, "reconciliation-open")
    page.click("text=Set aside…")
    page.click("dialog >> text=Set aside >> nth=-1")
    page.wait_for_selector("dialog .problem:not(:empty)")
    page.fill("dialog textarea", "Monthly charge")
    page.click("dialog >> text=Set aside >> nth=-1")
    page.wait_for_selector("text=Every bank line is explained")
    # It stands there until it is opened again, with a reason.
    page.click("[data-testid=strip] >> text=Set aside")
    expect(page.get_by_test_id("set-aside")).to_contain_text("“Monthly charge” by Paula Soto")
    photograph(page, "reconciliation-set-aside", looks=True)
    page.click("[data-testid=set-aside] >> text=Open again…")
    expect(page.locator("dialog[open] textarea")).to_have_value("")
    page.fill("dialog textarea", "It is another bank's")
    page.click("dialog footer >> text=Open again")
    expect(page.locator("#work")).to_contain_text("Nothing is set aside")
    # And a match is undone with a reason, which is kept.
    page.click("[data-testid=strip] >> text=Matched")
    assert page.locator("[data-testid=matched]").count() == 3
    page.click("[data-testid=matched] >> nth=0 >> text=Undo…")
    page.fill("dialog textarea", "It was the other slip")
    page.click("text=Undo match")
    page.locator("[data-testid=matched]").nth(2).wait_for(state="detached")
    assert page.locator("[data-testid=matched]").count() == 2
    page.click(".chip >> text=Undone")
    expect(page.get_by_test_id("undone")).to_contain_text("“It was the other slip”")
    assert watch.outside == []
    assert [word for word in watch.wrong if "422" not in word] == []


def test_what_is_wrong_with_a_file_is_told_beside_it(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, width=390, height=844)
    page = watch.page
    send(page, statement().replace(b":61:26", b":61:XX", 1), "broken.sta")
    page.wait_for_selector("[role=alert] >> text=line 5")
    send(page, statement(), "whole.sta")
    page.wait_for_selector("[data-testid=file] >> text=Taken in")
    # The same file under another name changes nothing, and says so until it is taken off the list.
    send(page, statement(), "copy.sta")
    again = page.get_by_test_id("sent").filter(has_text="copy.sta")
    expect(again).to_contain_text("The same file came in before, as whole.sta")
    expect(page.get_by_test_id("file")).to_have_count(1)
    photograph(page, "reconciliation-phone")
    page.get_by_role("button", name="Take copy.sta off the list").click()
    page.get_by_role("button", name="Take broken.sta off the list").click()
    expect(page.get_by_test_id("sent")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # It was the wrong one.
    page.get_by_role("button", name="Take back… whole.sta").click()
    page.get_by_label("Why?").fill("It is last week's")
    photograph(page, "reconciliation-take-back")
    page.get_by_role("button", name="Take it back").click()
    page.wait_for_selector("[data-testid=file]:has-text('Taken back') >> text=It is last week's")
    assert [word for word in watch.wrong if "422" not in word] == []


def test_csv_is_read_as_it_was_told_once(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium)
    page = watch.page
    head = "Banco Central;;;;;\nFecha;Detalle;Documento;Cargos;Abonos;Saldo\n"
    monday = head + "23/11/2026;DEP;100412;;52.000;52.000\n23/11/2026;COMISIÓN;;500;;51.500\n"
    send(page, monday.encode("cp1252"), "lunes.csv")
    sheet = page.get_by_role("dialog", name="How Banco Central writes CSV")
    tried = sheet.get_by_test_id("tried")
    # What its names and cells tell is chosen already.
    expect(tried).to_contain_text("2 lines · CLP\xa00 to CLP\xa051,500")
    expect(tried.locator("li").nth(1)).to_contain_text("COMISIÓN")
    photograph(page, "reconciliation-csv", looks=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert sheet.evaluate("(its) => its.querySelector('.body').scrollWidth") <= 390
    photograph(page, "reconciliation-csv-phone", looks=True)
    page.set_viewport_size({"width": 1366, "height": 768})
    # What is chosen wrongly is told at once, and not kept.
    sheet.get_by_label("Money in", exact=True).select_option("Cargos")
    expect(tried).to_contain_text("another column")
    sheet.get_by_role("button", name="Keep it and take the file in").click()
    expect(sheet.get_by_label("Money out")).to_be_focused()
    sheet.get_by_label("Money in", exact=True).select_option("Abonos")
    expect(tried).to_contain_text("2 lines")
    sheet.get_by_role("button", name="Keep it and take the file in").click()
    expect(page.get_by_test_id("file")).to_contain_text("Taken in")
    # The next file is read like it.
    send(page, (head + "24/11/2026;DEP;100413;;48.500;100.000\n").encode(), "martes.csv")
    expect(page.get_by_test_id("file")).to_have_count(2)
    expect(sheet).to_be_hidden()
    # Where no column has the balance, both ends are told with each file.
    page.get_by_role("button", name="How its bank writes CSV…").click()
    sheet.get_by_label("Balance after each line").select_option("")
    sheet.get_by_role("button", name="Keep it").click()
    page.wait_for_selector("text=Kept")
    send(page, (head + "25/11/2026;DEP;100414;;30.000;\n").encode(), "miércoles.csv")
    sheet.get_by_role("button", name="Keep it and take the file in").click()
    expect(sheet.locator("#opening_minor-problem")).to_contain_text("an amount in CLP")
    for name, amount in (("Opening", "100.000"), ("Closing", "130.000")):
        sheet.get_by_label(f"{name} balance, CLP").fill(amount)
        page.keyboard.press("Tab")
    expect(tried).to_contain_text("1 line · CLP\xa0100,000 to CLP\xa0130,000")
    expect(sheet.locator("#opening_minor-problem")).to_be_empty()
    photograph(page, "reconciliation-csv-balances", looks=True)
    sheet.get_by_role("button", name="Keep it and take the file in").click()
    expect(page.get_by_test_id("file")).to_have_count(3)
    # Who leaves it changes nothing.
    send(page, (head + "26/11/2026;DEP;100415;;1.000;\n").encode(), "jueves.csv")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_test_id("file")).to_have_count(3)
    assert watch.outside == []
    assert [word for word in watch.wrong if "422" not in word] == []


def test_lines_and_deposits_are_matched_by_hand(desk: Desk, chromium: Browser) -> None:
    watch = opened(desk, chromium, width=2560, height=1200)
    page = watch.page
    page.emulate_media(color_scheme="dark")
    lump = mt940(Booked(59_500, "NONREF", "LUMP"), number="123456789")
    send(page, lump)
    page.wait_for_selector("[data-testid=file]")
    page.click("text=Not at the bank")
    page.fill("input[type=search]", "48.500")
    expect(page.locator("[data-testid=open-claims] .selectable")).to_have_count(1)
    page.fill("input[type=search]", "")
    page.click("[data-testid=open-lines] .selectable >> nth=0")
    for slip in ("100414", "100415"):
        page.click(f"[data-testid=open-claims] .selectable:has-text('{slip}')")
    assert "500 are missing: a charge?" in page.inner_text("[data-testid=hand]")
    photograph(page, "reconciliation-wide-dark")
    page.click("text=Match these…")
    expect(page.locator("dialog[open]")).to_contain_text("500 are missing, and are booked as")
    page.click("dialog footer >> text=Match these")
    page.wait_for_selector("dialog .problem:not(:empty)")
    page.fill("dialog textarea", "Both slips lie before me")
    page.click("dialog footer >> text=Match these")
    page.wait_for_selector("text=Every bank line is explained")
    assert page.locator("[data-testid=open-claims] .selectable").count() == 2
    page.click("[data-testid=strip] >> text=Matched")
    expect(page.get_by_test_id("matched")).to_contain_text("“Both slips lie before me”")
    assert ([word for word in watch.wrong if "422" not in word], watch.outside) == ([], [])
