"""Administration in a real browser: somebody comes, changes work, is kept out, and leaves."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from api.deps import SESSION_COOKIE
from data.session import EVERYTHING, Database
from identity.principal import Role
from map_ui.administration.sections import SECTIONS
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.browser.test_every_page import AXE, SERIOUS
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_device, a_person, a_token, an_agent
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser

LONG = "María Fernanda del Carmen Etcheverría-Goycoolea Valdivieso de los Ríos"
OFFICE = (Role.SUPERVISOR, Role.CASH_DESK, Role.ALLOCATION_MANAGER, Role.TELE_CALLER)


@dataclass
class Head:
    """The product, and the tokens of two administrators and two supervisors."""

    served: Served
    token: str
    other: str
    second: str = ""
    supervisors: tuple[str, str] = ("", "")


async def _set_up(database_url: str) -> tuple[str, str, tuple[str, str]]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session, "HEAD")
        coast = await a_branch(session, "COAST", parent_code="HEAD")
        await a_branch(session, "PORT", parent_code="COAST")
        for number, role in enumerate(OFFICE * 2):
            await a_person(session, coast, role, f"Office Person {number:02d}")
        for number in range(50):
            await an_agent(session, coast, f"Agent Person {number:02d}")
        diego = await an_agent(session, coast, "Diego Soto")
        await a_device(session, coast, diego)
        await a_case(session, coast, agent_id=diego)
        await an_agent(session, coast, LONG)
        token = await a_token(session, await a_person(session, head, Role.ADMIN, "Inés Admin"))
        other = await a_token(session, await a_person(session, head, Role.ADMIN, "Otto Admin"))
        one, two = [
            await a_token(session, await a_person(session, head, Role.SUPERVISOR, name))
            for name in ("Vera Supervisor", "Hugo Supervisor")
        ]
    await database.close()
    return token, other, (one, two)


@pytest.fixture(scope="module")
def head(database_url: str, redis_url: str) -> Iterator[Head]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        token, other, supervisors = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Head(served, token, other, supervisors=supervisors)


def opened(head: Head, chromium: Browser, path: str, token: str | None = None) -> Watched:
    watch = watched(chromium, 1366, 768)
    cookie: Any = {"name": SESSION_COOKIE, "value": token or head.token, "url": head.served.url}
    watch.page.context.add_cookies([cookie])
    watch.page.goto(f"{head.served.url}{path}")
    return watch


def unexpected(watch: Watched) -> list[str]:
    """What went wrong, but for refusals that the test asked for."""
    return [each for each in watch.wrong if not re.search("status of (409|422)", each)]


def sheet(page: Page, opener: str) -> Any:
    """The sheet that a button opens, once the page listens to its buttons."""
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name=opener).click()
    return page.locator("dialog[open]")


def test_a_person_is_added_given_a_role_by_two_and_kept_out(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin")
    page = watch.page
    expect(page.get_by_test_id("people")).to_contain_text("64 people")
    photograph(page, "admin-people", looks=True)
    # Somebody comes: what is wrong is told under its field.
    form = sheet(page, "Add a person")
    form.get_by_label("Full name").fill("Paula Rojas")
    form.get_by_label("User name").fill("paula")
    form.get_by_label("First password").fill("paula")
    form.get_by_label("Branch").select_option("COAST")
    form.get_by_label("Role").select_option("cash_desk")
    form.get_by_role("button", name="Add the person").click()
    expect(form.locator("#add-password-problem")).to_have_text("10 characters or more")
    photograph(page, "admin-person-add", looks=True)
    form.get_by_label("First password").fill("gravel teapot umbrella")
    form.get_by_role("button", name="Add the person").click()
    page.wait_for_url("**/admin/people/*-*")
    expect(page.get_by_test_id("permissions")).to_contain_text("Cash")
    # Who has employed her alone does not vouch for her; another administrator does.
    waits = page.get_by_test_id("unvouched")
    expect(waits).to_contain_text("Inés Admin employed them")
    expect(waits.get_by_role("button")).to_have_count(0)
    second = opened(head, chromium, page.url.removeprefix(head.served.url), head.other)
    expect(second.page.get_by_test_id("unvouched")).to_contain_text("Until somebody else vouches")
    photograph(second.page, "admin-person-unvouched", looks=True)
    form = sheet(second.page, "Vouch…")
    photograph(second.page, "admin-vouch", looks=True)
    form.get_by_role("button", name="I vouch for them").click()
    expect(second.page.get_by_test_id("unvouched")).to_have_count(0)
    expect(second.page.get_by_text("by Otto Admin")).to_be_visible()
    # One administrator proposes another role, the other accepts it.
    form = sheet(page, "Change role…")
    form.get_by_label("Role").select_option("auditor")
    form.get_by_label("Why").fill("Moves to the audit team")
    form.get_by_role("button", name="Propose").click()
    expect(page.get_by_test_id("waiting")).to_contain_text("Another administrator decides")
    second.page.goto(f"{head.served.url}/admin/roles")
    expect(second.page.get_by_test_id("changes")).to_contain_text("Paula Rojas")
    photograph(second.page, "admin-roles", looks=True)
    second.page.wait_for_selector("html[data-ready]")
    second.page.get_by_role("button", name="Accept").click()
    expect(second.page.locator("#toasts")).to_contain_text("Accepted")
    page.reload()
    expect(page.get_by_role("heading", name="Auditor")).to_be_visible()
    # Kept out, and let in again.
    form = sheet(page, "Suspend…")
    form.get_by_label("Why").fill("Lost the badge")
    form.get_by_role("button", name="Suspend").click()
    expect(page.locator(".head .badge")).to_have_text("Suspended")
    photograph(page, "admin-person", looks=True)
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Let in again").click()
    expect(page.locator(".head .badge")).to_have_text("Can sign in")
    # A lost password.
    form = sheet(page, "New password…")
    form.get_by_role("button", name="Make a code").click()
    expect(page.get_by_test_id("code")).to_have_text(re.compile("^[2-9a-z]{12}$"))
    page.get_by_role("button", name="I have told them").click()
    expect(page.locator(".head .badge")).to_have_text("No password yet")
    assert (unexpected(watch), watch.outside, second.wrong) == ([], [], [])


def test_people_are_found_and_one_leaves(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/people?role=agent")
    page = watch.page
    expect(page.get_by_test_id("people")).to_contain_text("52 people")
    assert page.get_by_test_id("person").count() == 50
    page.get_by_role("link", name="More people").click()
    expect(page.get_by_test_id("person")).to_have_count(2)
    page.goto(f"{head.served.url}/admin/people")
    page.wait_for_selector("html[data-ready]")
    page.get_by_placeholder("Name or user name").fill("diego")
    expect(page.get_by_test_id("person")).to_have_count(1)
    assert "q=diego" in page.url
    page.get_by_role("link", name="Diego Soto").click()
    expect(page.get_by_test_id("standing")).to_contain_text("Phone")
    photograph(page, "admin-agent", looks=True)
    form = sheet(page, "Leaves…")
    form.get_by_label("Who gets the cases").select_option(label="Agent Person 00 (COAST)")
    form.get_by_label("Why").fill("Moves to another town")
    photograph(page, "admin-leave", looks=True)
    form.get_by_role("button", name="End the account").click()
    expect(page.locator(".head .badge")).to_have_text("Left")
    page.goto(f"{head.served.url}/admin/people?q=nobody-at-all")
    expect(page.get_by_test_id("people")).to_contain_text("Nobody fits")
    assert (watch.wrong, watch.outside) == ([], [])


def test_somebody_is_to_go_to_another_branch(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/people?q=etcheverr")
    page = watch.page
    page.get_by_role("link", name=LONG).click()
    form = sheet(page, "Another branch…")
    form.get_by_label("Where to").select_option("PORT")
    form.get_by_label("From which day on").fill("2026-12-01")
    form.get_by_role("button", name="Move them").click()
    expect(form.locator("#move-reason-problem")).to_have_text("Fill this in.")
    form.get_by_label("Why").fill("Lives at the port now")
    photograph(page, "admin-branch-move", looks=True)
    form.get_by_role("button", name="Move them").click()
    moving = page.get_by_test_id("moving")
    expect(moving).to_contain_text("Branch PORT on Tuesday, December 1, 2026")
    photograph(page, "admin-branch-move-planned", looks=True)
    page.wait_for_selector("html[data-ready]")
    moving.get_by_role("button", name="Take back").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    expect(moving).to_have_count(0)
    assert (unexpected(watch), watch.outside) == ([], [])


def test_two_supervisors_raise_a_cash_limit(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/live", head.supervisors[0])
    page = watch.page
    page.goto(f"{head.served.url}/admin/cash-limits?q=etcheverr")
    photograph(page, "admin-cash-limits", looks=True)
    page.get_by_test_id("limit").get_by_role("link").click()
    form = sheet(page, "Propose a higher limit…")
    form.get_by_label("Limit, CLP").fill("1")
    form.get_by_label("Why").fill("Market week")
    form.get_by_role("button", name="Propose").click()
    expect(form.locator("#raise-amount_minor-problem")).to_contain_text("a lower limit holds")
    form.get_by_label("Limit, CLP").fill("900000")
    form.get_by_role("button", name="Propose").click()
    waiting = page.get_by_test_id("waiting")
    expect(waiting).to_contain_text("Another supervisor decides")
    expect(waiting.get_by_role("button", name="Accept")).to_have_count(0)
    photograph(page, "admin-cash-limit", looks=True)
    second = opened(head, chromium, "/admin/cash-limits", head.supervisors[1])
    expect(second.page.get_by_test_id("limit").first).to_contain_text("to be CLP 900,000")
    second.page.get_by_test_id("limit").first.get_by_role("link").click()
    second.page.wait_for_selector("html[data-ready]")
    second.page.get_by_role("button", name="Accept").click()
    expect(second.page.get_by_test_id("past")).to_contain_text("Market week")
    expect(second.page.get_by_test_id("limit")).to_contain_text("CLP 900,000")
    form = sheet(second.page, "Lower it…")
    form.get_by_label("Limit, CLP").fill("100,000")
    form.get_by_role("button", name="Lower it").click()
    expect(second.page.get_by_test_id("limit")).to_contain_text("CLP 100,000")
    assert (unexpected(watch), second.wrong) == ([], [])


def test_a_role_is_composed_and_a_branch_opened(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/roles")
    page = watch.page
    form = sheet(page, "Compose a role")
    form.get_by_label("Name").fill("night-desk")
    form.get_by_label("Cash: acts").check()
    form.get_by_role("button", name="Compose").click()
    expect(form.locator("[data-problem-of=permissions]")).to_contain_text("cash.see")
    form.get_by_label("Cash: sees").check()
    photograph(page, "admin-role-compose", looks=True)
    form.get_by_role("button", name="Compose").click()
    expect(page.get_by_test_id("role").last).to_contain_text("night-desk")
    page.goto(f"{head.served.url}/admin/branches")
    form = sheet(page, "Open a branch")
    form.get_by_label("Below").select_option("PORT")
    form.get_by_label("Name").fill("Harbor")
    form.get_by_label("Code").fill("HARBOR")
    form.get_by_role("button", name="Open the branch").click()
    expect(page.get_by_test_id("branch").filter(has_text="HARBOR")).to_contain_text(
        "not on the map"
    )
    photograph(page, "admin-branches", looks=True)
    assert (unexpected(watch), watch.outside) == ([], [])


def people_file(people: int) -> bytes:
    """A file whose fifth row has a role that there is not, and whose columns have other names."""
    lines = ["Nombre,Clave,Puesto,Sucursal"]
    for n in range(1, people + 1):
        role = "jefe" if n == 5 else "agent"
        lines.append(f"Persona {n:03d},clave-{n},{role},COAST")
    return "\n".join(lines).encode()


def test_people_are_enrolled_from_a_file_and_get_sheets(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/enrollment")
    page = watch.page
    expect(page.get_by_test_id("enrollments")).to_contain_text("No file yet")
    content = {"name": "people.csv", "mimeType": "text/csv", "buffer": people_file(60)}
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", content)  # type: ignore[arg-type]
    # The columns have names that nobody knows: they are chosen.
    mapping = page.get_by_test_id("mapping")
    expect(mapping.locator("[data-problem-of=username]")).to_have_text("a column of the file")
    expect(page.locator("#file-problem")).to_have_text(
        "Say below what the columns of the file are."
    )
    for ours, theirs in (("Full name", "Nombre"), ("User name", "Clave"), ("Code of", "Sucursal")):
        mapping.get_by_label(f"Column of the file: {ours}").select_option(theirs)
    mapping.get_by_label("Column of the file: Role").select_option("Puesto")
    expect(page.get_by_test_id("verdict")).to_contain_text("59 of 60 rows can be enrolled")
    expect(page.get_by_test_id("problems")).to_contain_text("jefe")
    photograph(page, "admin-enroll", looks=True)
    page.get_by_label("Leave out the rows").check()
    page.get_by_role("button", name="Enroll 59 people").click()
    expect(page.locator("#toasts")).to_contain_text("59 people are enrolled")
    line = page.get_by_test_id("enrollment")
    expect(line).to_contain_text("not printed yet")
    photograph(page, "admin-enrolled", looks=True)
    # The same file again changes nothing.
    page.wait_for_selector("html[data-ready]")
    page.set_input_files("#file", content)  # type: ignore[arg-type]
    expect(mapping).to_be_visible()
    for ours, theirs in (("Full name", "Nombre"), ("User name", "Clave"), ("Code of", "Sucursal")):
        mapping.get_by_label(f"Column of the file: {ours}").select_option(theirs)
    mapping.get_by_label("Column of the file: Role").select_option("Puesto")
    expect(page.get_by_test_id("verdict")).to_contain_text("None of the 60 rows")
    expect(page.get_by_test_id("first-problems")).to_contain_text("the first 50 of 60")
    # On a phone each is a card that says what its figures are.
    page.set_viewport_size({"width": 390, "height": 844})
    problem = page.get_by_test_id("problems").locator("tbody tr").first
    expect(problem.locator("td").first).to_have_css("display", "flow-root")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    photograph(page, "admin-enroll-phone", looks=True)
    page.set_viewport_size({"width": 1400, "height": 900})
    expect(line).to_have_count(1)
    # Their sheets, once.
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="Print the sheets").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    expect(line).to_contain_text("Print again…")
    # Who enrolled them does not take them back; somebody else does, while nobody has begun.
    expect(page.get_by_role("button", name="Take back…")).to_have_count(0)
    second = opened(head, chromium, "/admin/enrollment", head.other)
    form = sheet(second.page, "Take back…")
    expect(form).to_contain_text("59 people are taken out again")
    photograph(second.page, "admin-enrolled-undo", looks=True)
    form.get_by_role("button", name="Take them all out").click()
    expect(second.page.locator("#toasts")).to_contain_text("as if the file had never come")
    expect(second.page.get_by_test_id("enrollments")).to_contain_text("No file yet")
    assert (second.wrong, second.outside) == ([], [])
    assert (unexpected(watch), watch.outside) == ([], [])


def test_a_welcome_sheet_leads_to_a_first_password(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/people?q=Office+Person+00")
    page = watch.page
    page.get_by_role("link", name="Office Person 00").click()
    username = page.locator(".facts dd").first.inner_text()
    sheet(page, "New password…").get_by_role("button", name="Make a code").click()
    expect(page.get_by_test_id("code")).to_have_text(re.compile("^[2-9a-z]{12}$"))
    code = page.get_by_test_id("code").inner_text()
    newcomer = watched(chromium, 390, 844)
    newcomer.page.goto(f"{head.served.url}/sign-in#user={username}&code={code}")
    newcomer.page.get_by_label("Your new password").fill("gravel teapot umbrella")
    assert code not in newcomer.page.url
    newcomer.page.get_by_role("button", name="Set the new password").click()
    newcomer.page.wait_for_url("**/live")
    assert (newcomer.wrong, newcomer.outside) == ([], [])


def test_who_may_not_see_it_is_told_so(head: Head, chromium: Browser) -> None:
    watch = watched(chromium)
    watch.page.goto(f"{head.served.url}/admin/people?role=agent")
    assert "/sign-in?next=/admin/people%3Frole%3Dagent" in watch.page.url


@pytest.mark.parametrize("path", [section.path for section in SECTIONS])
def test_a_section_fits_any_screen_and_breaks_no_rule_of_access(
    head: Head, chromium: Browser, path: str
) -> None:
    watch = opened(head, chromium, path)
    page = watch.page
    page.emulate_media(reduced_motion="reduce")
    name = f"admin-fits-{path.rsplit('/', 1)[-1]}"
    expect(page.locator("main h2").first).to_be_visible()
    assert (watch.wrong, watch.outside) == ([], [])
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(SERIOUS, []) == [], scheme
    for width, height in ((390, 844), (2560, 1440)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        photograph(page, f"{name}-{width}")
    page.context.close()
