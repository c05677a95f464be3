"""The page of centers in a real browser: a sheet comes in, and a supervisor looks at it."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import time
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from allocation.rules.store import put_center
from api.deps import SESSION_COOKIE
from collection.centers import store
from collection.centers.schedule import Schedule
from core.ids import new_id
from data.session import EVERYTHING, Database
from data.tables.collection import Customer
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser
CENTERS = (
    ("C1", "Sindempart", "09:00", ("Ana Araya", "Berta Bravo", "Carla Castro", "Delia Díaz")),
    ("C2", "Las Compañías", "10:30", ("Elena Espejo", "Flor Flores")),
)


@dataclass
class Office:
    """The product on Monday, a supervisor, and the sheet of the first center as a phone has it."""

    served: Served
    token: str
    agent_token: str
    sheet: dict[str, Any]


async def _set_up(database_url: str) -> tuple[str, str, dict[str, Any]]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, "Diego Soto")
        sheet: dict[str, Any] = {}
        for code, name, at, people in CENTERS:
            cases = [
                await a_case(session, branch, agent_id=agent, customer_name=person)
                for person in people
            ]
            refs = []
            for case in cases:
                ref = f"R-{case.customer_id}"
                refs.append(ref)
                await session.execute(
                    update(Customer).where(Customer.id == case.customer_id).values(source_ref=ref)
                )
            await put_center(session, branch, code, name, refs)
            center = await store.center_id(session, branch, code)
            assert center

            schedule = Schedule(MONDAY_NINE.date(), 7, time.fromisoformat(at), "Sede vecinal")
            await store.put_schedule(session, center, branch, schedule)
            if code == "C1":
                await store.put_groups(
                    session, center, branch, {"G1": "Las Primeras"}, dict.fromkeys(refs[:2], "G1")
                )
                sheet = _sheet(str(center), cases)
        supervisor = await a_person(session, branch)
        tokens = await a_token(session, supervisor), await a_token(session, agent)
    await database.close()
    return (*tokens, sheet)


def _sheet(center: str, cases: list[Any]) -> dict[str, Any]:
    paid = [50_000, 20_000, 0, 50_000]
    return {
        "center_id": center, "held_at": "2026-11-23T12:00:00Z",
        "denominations": [{"face_minor": 10_000, "count": 12}],
        "members": [
            {
                "customer_id": str(case.customer_id),
                "attendance": "present" if minor else "absent",
                "receipts": [
                    {"id": str(new_id()), "case_id": str(case.case_id), "mode": "cash",
                     "amount": {"amount_minor": minor, "currency": "CLP"}}
                ] if minor else [],
            }
            for case, minor in zip(cases, paid, strict=True)
        ],
    }  # fmt: skip


@pytest.fixture
def office(own_database_url: str, redis_url: str) -> Iterator[Office]:
    set_clock(own_database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(asyncio.run, _set_up(own_database_url)).result()
    with serving(own_database_url, redis_url, worker=False) as served:
        yield Office(served, *made)


def opened(office: Office, chromium: Browser, width: int, height: int) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": office.token, "url": office.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    watch.page.goto(f"{office.served.url}/centers")
    watch.page.wait_for_selector("[data-testid=meeting]")
    return watch


def test_a_supervisor_sees_which_sheets_are_missing_and_what_is_short(
    office: Office, chromium: Browser
) -> None:
    watch = opened(office, chromium, 1366, 768)
    page = watch.page
    strip = page.get_by_test_id("strip")
    expect(strip.get_by_role("button", name="Without a sheet")).to_contain_text("2 of 2 meetings")
    photograph(page, "centers-before")
    sent = page.request.put(
        f"{office.served.url}/v1/agent/center-meetings/{new_id()}",
        data=office.sheet,
        headers={"Authorization": f"Bearer {office.agent_token}"},
    )
    assert sent.ok, sent.text()
    page.reload()
    expect(strip.get_by_role("button", name="Without a sheet")).to_contain_text("1 of 2 meetings")
    expect(strip).to_contain_text("75 %")
    # Which one is missing, and which one is short.
    strip.get_by_role("button", name="Without a sheet").click()
    expect(page.get_by_test_id("meeting")).to_have_count(1)
    expect(page.get_by_test_id("meeting")).to_contain_text("Las Compañías")
    strip.get_by_role("button", name="Short").click()
    page.get_by_test_id("meeting").click()
    sheet = page.get_by_test_id("sheet")
    expect(sheet).to_contain_text("Submitted by Diego Soto at 09:0")
    expect(sheet).to_contain_text("Cash counted: CLP 120,000, as 12 × CLP 10,000")
    expect(sheet.get_by_test_id("group")).to_have_count(2)
    expect(sheet.get_by_test_id("member").filter(has_text="Carla Castro")).to_contain_text("Absent")
    expect(sheet.locator("tfoot")).to_contain_text("120,000")
    strip.get_by_role("button", name="Collected").click()
    photograph(page, "centers")
    page.emulate_media(color_scheme="dark")
    photograph(page, "centers-dark")
    # The address leads here again.
    page.reload()
    expect(sheet).to_contain_text("Sindempart")
    # On a phone nothing runs out of the page.
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = "(() => { const box = document.querySelector('#sheet .table-box');"
    assert page.evaluate(f"{box} return box.scrollWidth <= box.clientWidth; }})()")
    photograph(page, "centers-phone-dark")
    page.emulate_media(color_scheme="light")
    sheet.get_by_role("button", name="Close the sheet").click()
    expect(page.get_by_test_id("meeting")).to_have_count(2)
    photograph(page, "centers-phone")
    # A day without meetings says so.
    page.locator("#day").fill("2026-11-24")
    expect(page.get_by_test_id("meetings")).to_contain_text("No meetings on this day")
    assert (watch.wrong, watch.outside) == ([], [])
