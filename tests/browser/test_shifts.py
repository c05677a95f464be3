"""Shifts in a real browser: a week is set for many, a day for one, and what stays is told."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.ids import new_id
from data.session import EVERYTHING, Database, run
from identity.attendance.store import mark_absent
from identity.principal import Role
from identity.shifts.shift import Rest
from identity.shifts.store import set_shift
from streets.publish import publish
from tests.browser.pictures import photograph
from tests.browser.test_administration import LONG, Head, opened, sheet, unexpected
from tests.browser.test_every_page import AXE, SERIOUS
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, an_agent
from tests.served import serving, set_clock
from tests.streets.small_city import small_graph

pytestmark = pytest.mark.browser

NAMES = ("Ana Rojas", "Camila Pinto", "Diego Soto", "Elena Vega", LONG, "Tomás Leiva")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """By the branch's clock, which is three hours behind."""
    return datetime(2026, month, day, hour + 3, minute, tzinfo=UTC)


async def _set_up(database_url: str) -> tuple[str, str]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        coast = await a_branch(session, "COAST")
        ana, camila, *_ = [await an_agent(session, coast, name) for name in NAMES]
        rests = [Rest(at(2, 12, month=12), 1800, 0), Rest(at(2, 15, month=12), 900, 600)]
        await set_shift(session, coast, ana, at(23, 8), at(23, 17))
        begins, ends = at(2, 10, month=12), at(2, 17, month=12)
        await set_shift(session, coast, ana, begins, ends, rests, None, "branch")
        await set_shift(session, coast, camila, at(23, 8, 30), at(23, 17))
        await mark_absent(session, camila, MONDAY_NINE, "sick")
        await run(
            session,
            "INSERT INTO holiday (id, branch_id, calendar, day, name, kind, declared_at)"
            " VALUES (:id, :branch, 'CL', '2026-11-27', 'Aniversario', 'branch', :now)",
            id=new_id(), branch=coast, now=MONDAY_NINE,
        )  # fmt: skip
        supervisor = await a_person(session, coast, Role.SUPERVISOR, "Vera Supervisor")
        auditor = await a_person(session, coast, Role.AUDITOR, "Olga Auditor")
        tokens = await a_token(session, supervisor), await a_token(session, auditor)
    await database.close()
    return tokens


@pytest.fixture(scope="module")
def head(database_url: str, redis_url: str) -> Iterator[Head]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        token, other = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Head(served, token, other)


def week_of(page: Page, name: str) -> Locator:
    return page.get_by_test_id("agent-week").filter(has_text=name)


def test_a_week_is_set_for_all_and_a_day_for_one(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/live")
    page = watch.page
    page.get_by_text("Pages", exact=True).click()
    page.get_by_role("link", name="Shifts", exact=True).click()
    expect(week_of(page, "Camila Pinto")).to_contain_text("absent")
    expect(page.locator("thead")).to_contain_text("Aniversario")
    # Working days on which nobody is at work stand out; the weekend and the holiday do not.
    expect(page.locator("thead .nobody")).to_have_count(3)
    photograph(page, "shifts-before", looks=True)
    # All of them, from Monday to Friday: the holiday and what has begun stay.
    form = sheet(page, "Set shifts…")
    expect(form).to_contain_text("All 6 agents")
    assert form.get_by_label("First day").input_value() == "2026-11-23"
    assert form.get_by_label("Last day").input_value() == "2026-11-29"
    form.get_by_label("Ends").fill("08:00")
    form.get_by_role("button", name="Set", exact=True).click()
    expect(form.locator("[data-problem-of='hours.to_time']")).to_have_text("after it starts")
    form.get_by_label("Ends").fill("18:00")
    form.get_by_label("Break from").fill("13:00")
    photograph(page, "shifts-set", looks=True)
    page.evaluate(AXE)
    assert page.evaluate(SERIOUS, []) == []
    form.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(
        "22 shifts are set. 1 holiday is left as it is. The shifts of 2 agents have begun and stay."
    )
    expect(week_of(page, "Diego Soto").get_by_text("09:00–18:00")).to_have_count(4)
    expect(week_of(page, "Ana Rojas")).to_contain_text("08:00–17:00")
    expect(week_of(page, "Diego Soto")).to_contain_text("holiday")
    # One day of one agent.
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Diego Soto, Tue, Nov 24: 09:00–18:00").press("Enter")
    form = page.locator("dialog[open]")
    expect(form).to_contain_text("Diego Soto")
    expect(form.get_by_label("First day")).to_be_hidden()
    assert form.get_by_label("Break from").input_value() == "13:00"
    form.get_by_label("Begins").fill("11:30")
    form.get_by_role("button", name="Set", exact=True).click()
    expect(week_of(page, "Diego Soto")).to_contain_text("11:30–18:00")
    expect(page.locator("#toasts")).to_contain_text("1 shift is set.")
    # Two who are ticked do not work on Thursday and Saturday.
    page.wait_for_selector("html[data-ready]")
    page.get_by_label("Elena Vega", exact=True).check()
    page.get_by_label("Tomás Leiva", exact=True).check()
    form = sheet(page, "Set shifts…")
    expect(form).to_contain_text("2 agents are ticked")
    form.get_by_label("On these days").select_option(label="they do not work")
    expect(form.get_by_label("Begins")).to_be_hidden()
    for day in ("Monday", "Tuesday", "Wednesday", "Friday"):
        form.get_by_label(day).uncheck()
    form.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("2 shifts are taken away.")
    expect(week_of(page, "Elena Vega").get_by_text("09:00–18:00")).to_have_count(3)
    photograph(page, "shifts", looks=True)
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert page.evaluate(SERIOUS, []) == [], scheme
    # On a phone the same as cards; between, the days scroll in their box.
    for width in (1366, 900, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    photograph(page, "shifts-phone", looks=True)
    assert (unexpected(watch), watch.outside) == ([], [])


def test_what_an_hour_has_besides_stays_when_a_cell_is_set(head: Head, chromium: Browser) -> None:
    """The API knows more of a shift than the sheet: further breaks, and where rounds end."""
    watch = opened(head, chromium, "/admin/shifts?week=2026-12-02")
    page = watch.page
    page.wait_for_selector("html[data-ready]")
    with page.expect_request("**/v1/shifts") as sent:
        page.get_by_role("button", name="Ana Rojas, Wed, Dec 2: 10:00–17:00").click()
        form = page.locator("dialog[open]")
        expect(form).to_contain_text("1 more break stays as it is.")
        form.get_by_label("Begins").fill("09:30")
        form.get_by_role("button", name="Set", exact=True).click()
    said: Any = sent.value.post_data_json
    days = (said["weekdays"], said["from_day"], said["to_day"])
    assert days == (["wed"], "2026-12-02", "2026-12-02")
    assert (len(said["agent_ids"]), said["hours"]) == (
        1,
        {
            "from_time": "09:30", "to_time": "17:00", "round_start": None, "round_end": "branch",
            "breaks": [
                {"from_time": "12:00", "length_s": 1800, "slack_s": 0},
                {"from_time": "15:00", "length_s": 900, "slack_s": 600},
            ],
        },
    )  # fmt: skip
    expect(week_of(page, "Ana Rojas")).to_contain_text("09:30–17:00")
    assert (unexpected(watch), watch.outside) == ([], [])


def test_weeks_are_turned_and_names_looked_for(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/shifts")
    page = watch.page
    page.wait_for_selector("html[data-ready]")
    page.get_by_placeholder("Name").fill("tomás")
    expect(page.get_by_test_id("agent-week")).to_have_count(1)
    page.get_by_role("link", name="The week after").click()
    expect(page.locator("#found h3")).to_contain_text("Nov 30")
    expect(page.get_by_test_id("agent-week")).to_have_count(1)
    form = sheet(page, "Set shifts…")
    expect(form).to_contain_text("The 1 agent that is listed.")
    assert form.get_by_label("First day").input_value() == "2026-11-30"
    form.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="This week").click()
    expect(page.locator("#found h3")).to_contain_text("Nov 23")
    page.get_by_role("link", name="The week before").click()
    # What is over cannot be set.
    expect(page.locator("#found h3")).to_contain_text("Nov 16")
    expect(page.locator("#found td button")).to_have_count(0)
    page.get_by_placeholder("Name").fill("nobody of this name")
    expect(page.locator("#found")).to_contain_text("Nobody fits")
    assert (unexpected(watch), watch.outside) == ([], [])


def test_who_only_looks_sets_nothing(head: Head, chromium: Browser) -> None:
    watch = opened(head, chromium, "/admin/shifts", head.other)
    expect(week_of(watch.page, "Ana Rojas")).to_be_visible()
    expect(watch.page.locator("#work button, dialog, [type=checkbox]")).to_have_count(0)
    assert (watch.wrong, watch.outside) == ([], [])


async def _load_streets(database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
    await database.close()


def test_today_is_planned_from_the_page(head: Head, chromium: Browser, database_url: str) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _load_streets(database_url)).result()
    watch = opened(head, chromium, "/admin/shifts")
    page = watch.page
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Plan today's rounds").click()
    expect(page.locator("#toasts")).to_contain_text(
        re.compile(r"Being planned: \d at work, 0 cases")
    )
    page.get_by_role("link", name="The week after").click()
    expect(page.get_by_role("link", name="This week")).to_be_visible()
    expect(page.get_by_role("button", name="Plan today's rounds")).to_have_count(0)
    assert (watch.wrong, watch.outside) == ([], [])
