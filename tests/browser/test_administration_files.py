"""Administration in a real browser: demand files, and what waits in quarantine."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Route, expect

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.pictures import photograph
from tests.browser.test_administration import Head, opened, sheet, unexpected
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent
from tests.served import serving, set_clock
from tracking import store as tracking
from tracking.ping import Unusable

pytestmark = pytest.mark.browser

FORM = b"id=(device key)&lat=-29.9&lon=-71.25&timestamp=1795435200&speed=1.94384"
"""What today's decoder reads, and an older one could not."""


async def _set_up(database_url: str) -> str:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session, "HEAD")
        coast = await a_branch(session, "COAST", parent_code="HEAD")
        diego = await an_agent(session, coast, "Diego Soto")
        device, _ = await a_device(session, coast, diego)
        parts = [Unusable("an older decoder could not", FORM)]
        await tracking.quarantine(session, coast, device, "traccar", parts, MONDAY_NINE)
        token = await a_token(session, await a_person(session, head, Role.ADMIN, "Inés Admin"))
    await database.close()
    return token


@pytest.fixture(scope="module")
def head(database_url: str, redis_url: str) -> Iterator[Head]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        token = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Head(served, token, other="")


def test_columns_that_a_file_lacks_are_marked_where_they_are_chosen(
    head: Head, chromium: Browser
) -> None:
    watch = opened(head, chromium, "/admin/imports")
    page = watch.page
    rows = "branch_code,customer_id,customer_name,loan_account_no,address,vence,monto"
    content = f"{rows}\nCOAST,L1,Rosa,L1,Larga 1,2026-11-01,45000".encode()
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", {"name": "own.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.locator("#file-problem")).to_have_text(
        "Say below what the columns of the file are."
    )
    mapping = page.locator("#mapping-form")
    # The first of them is in sight, though the list of columns is long.
    expect(mapping.locator("[data-problem-of=due_date]")).to_be_in_viewport()
    for name, theirs in (("due_date", "vence"), ("total_due", "monto")):
        expect(mapping.locator(f"[data-problem-of={name}]")).to_have_text(
            "Choose the column of the file."
        )
        mapping.locator(f"select[name={name}]").select_option(theirs)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("The one row can be loaded")
    expect(page.locator("#file-problem")).to_be_hidden()
    assert (unexpected(watch), watch.outside) == ([], [])


def test_dates_that_could_be_meant_two_ways_are_asked_about(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/imports")
    page = watch.page
    header = "branch_code,customer_id,customer_name,loan_account_no,address,due_date,total_due"
    content = f"{header}\nCOAST,D1,Rosa,D1,Larga 1,01/11/2026,45000".encode()
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", {"name": "own.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.locator("#file-problem")).to_contain_text("01/11/2026 is 2026-11-01 where days")
    choice = page.get_by_label("Day or month first?")
    expect(choice).to_be_focused()
    photograph(page, "admin-demand-file-dates", looks=True)
    choice.select_option("day_first")
    expect(page.get_by_test_id("verdict")).to_contain_text("The one row can be loaded")
    expect(page.locator("#file-problem")).to_be_hidden()
    # One date that makes sense in one order only tells, and the page says which it is.
    clear = content + b"\nCOAST,D2,Rosa,D2,Larga 2,10/31/2026,45000"
    page.set_input_files("#file", {"name": "clear.csv", "mimeType": "text/csv", "buffer": clear})
    expect(page.get_by_test_id("verdict")).to_contain_text("All 2 rows can be loaded")
    expect(choice).to_have_value("month_first")
    assert (unexpected(watch), watch.outside) == ([], [])


def test_what_is_typed_into_a_row_outlives_the_answer_to_an_earlier_try(
    head: Head, chromium: Browser
) -> None:
    page = opened(head, chromium, "/admin/imports").page
    rows = ["branch_code,customer_id,customer_name,loan_account_no,address,due_date,total_due"]
    rows += [
        "COAST,T1,Rosa,T1,Larga 1,2026-11-01,45000",
        "COAST,T2,Rosa,T2,Larga 2,2026-11-01,much",
    ]
    content = "\n".join(rows).encode()
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", {"name": "typed.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_test_id("verdict")).to_contain_text("1 of 2 rows can be loaded")
    held: list[Route] = []
    page.route("**/v1/demand-files", lambda route: held.append(route))  # noqa: PLW0108 it wants one of Python
    with page.expect_request("**/v1/demand-files"):
        page.get_by_role("button", name="Try it").click()
    cell = page.get_by_label("What total_due on line 3 should say")
    cell.fill("7000")
    with page.expect_response("**/v1/demand-files"):
        held[0].continue_()
    page.unroute_all()
    page.wait_for_timeout(200)  # the late answer has been read
    expect(cell).to_have_value("7000")
    cell.press("Tab")
    page.get_by_role("button", name="Try it with that").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("All 2 rows can be loaded")


def test_a_demand_file_is_tried_and_then_loaded(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/imports")
    page = watch.page
    header = "branch_code,customer_id,Nombre,loan_account_no,address,due_date,total_due"
    rows = [f"COAST,C{n},Rosa,L{n},Larga {n},2026-11-01,45000" for n in range(3)]
    content = "\n".join([header, *rows, "COAST,C9,Rosa,L9,Larga 9,2026-11-01,much"]).encode()
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", {"name": "monday.csv", "mimeType": "text/csv", "buffer": content})
    # One column has a name that nobody knows.
    expect(page.locator("[data-problem-of=customer_name]")).to_contain_text("Choose the column")
    page.locator("select[name=customer_name]").select_option("Nombre")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("3 of 4 rows can be loaded")
    cell = page.get_by_label("What total_due on line 5 should say")
    expect(cell).to_have_value("much")
    photograph(page, "admin-demand-file", looks=True)
    expect(page.get_by_test_id("import")).to_have_count(0)  # only tried
    page.get_by_role("button", name="Load 3 rows").click()
    expect(page.get_by_test_id("import")).to_contain_text("monday.csv")
    expect(page.get_by_test_id("import")).to_contain_text("3 of 4")
    # The row that was refused is put right here, and the file taken in again.
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", {"name": "monday.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("select[name=customer_name]").select_option("Nombre")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("taken in before")
    cell.fill("lots")
    cell.press("Tab")
    expect(page.get_by_role("button", name="Load")).to_have_count(0)  # what was not tried
    page.get_by_role("button", name="Try it with that").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("3 of 4 rows can be loaded")
    expect(cell).to_have_value("lots")
    cell.fill("7000")
    photograph(page, "admin-demand-file-corrected", looks=True)
    cell.press("Tab")
    page.get_by_role("button", name="Try it with that").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("All 4 rows can be loaded")
    page.get_by_role("button", name="Load 4 rows").click()
    expect(page.get_by_test_id("import").first).to_contain_text("1 cell corrected here")
    # It should not have come at all; the one before goes only after it.
    page.wait_for_selector("html[data-ready]")
    take_back = page.get_by_role("button", name="Take back… monday.csv")
    for row, last in ((1, False), (0, True)):
        take_back.nth(row).click()
        asked = page.get_by_role("dialog")
        asked.get_by_label("Why it is taken back").fill("Last month's")
        asked.get_by_role("button", name="Take it back").click()
        if not last:
            expect(asked.get_by_role("alert")).to_contain_text("“monday.csv” tells of 3 of its")
            photograph(page, "admin-demand-file-in-the-way", looks=True)
            asked.get_by_role("button", name="Cancel").click()
    expect(page.locator("#toasts")).to_contain_text("its accounts owe what they owed before")
    expect(page.get_by_test_id("import").first).to_contain_text("Last month's")
    expect(take_back).to_have_count(1)
    photograph(page, "admin-demand-files", looks=True)
    assert (unexpected(watch), watch.outside) == ([], [])


def test_what_waits_in_quarantine_is_taken_in(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/quarantine")
    page = watch.page
    page.get_by_test_id("entry").get_by_role("link").click()
    expect(page.get_by_test_id("reading")).to_contain_text("1 position can be taken in")
    photograph(page, "admin-quarantined", looks=True)
    # What came is corrected, and kept.
    form = sheet(page, "Correct it…")
    text = form.get_by_label("What it should have said")
    text.fill(text.input_value().replace("-29.9", "-29.8"))
    form.get_by_label("Why").fill("The phone rounds up")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("edits")).to_contain_text("The phone rounds up")
    expect(page.get_by_test_id("edits")).to_contain_text("-29.9")
    expect(page.get_by_test_id("bytes")).to_contain_text("-29.8")
    photograph(page, "admin-quarantine-corrected", looks=True)
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_text("taken in Nov 23")).to_be_visible()
    page.goto(f"{head.served.url}/admin/quarantine")
    expect(page.get_by_test_id("quarantine")).to_contain_text("Nothing waits")
    assert (watch.wrong, watch.outside) == ([], [])
