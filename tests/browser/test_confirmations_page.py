"""Payers are drawn and asked what they owe, in a real browser."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, expect

from api.deps import SESSION_COOKIE
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.conftest import watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.served import Served, serving, set_clock

pytestmark = pytest.mark.browser
AT = "2026-11-23T12:00:00Z"


@dataclass
class Desk:
    """The product, and a supervisor's token."""

    served: Served
    token: str


async def _set_up(database_url: str) -> tuple[str, str, list[str]]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        cases = [
            await a_case(session, branch, agent_id=agent, due_minor=50_000, customer_name=name)
            for name in ("María González", "Pedro Rojas")
        ]
        tokens = (
            await a_token(session, agent),
            await a_token(session, await a_person(session, branch, Role.SUPERVISOR)),
        )
    await database.close()
    return (*tokens, [str(case.case_id) for case in cases])


@pytest.fixture(scope="module")
def desk(database_url: str, redis_url: str) -> Iterator[Desk]:
    set_clock(database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        agent, token, cases = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        for case in cases:
            paid = httpx.put(
                f"{served.url}/v1/agent/receipts/{new_id()}",
                json={
                    "case_id": case, "amount": {"amount_minor": 20_000, "currency": "CLP"},
                    "mode": "cash", "taken_at": AT,
                    "fix": {"lat": -29.9027, "lon": -71.252, "accuracy_m": 8, "captured_at": AT},
                },
                headers={"Authorization": f"Bearer {agent}"},
            )  # fmt: skip
            assert paid.status_code == 200, paid.text
        yield Desk(served, token)


def test_payers_are_drawn_asked_and_one_says_otherwise(desk: Desk, chromium: Browser) -> None:
    watch = watched(chromium, width=390, height=844)
    page = watch.page
    cookie = {"name": SESSION_COOKIE, "value": desk.token, "url": desk.served.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"{desk.served.url}/confirmations")
    page.wait_for_selector("text=Nobody waits to be asked")
    page.click("text=Draw payers…")
    expect(page.locator("#branch_code")).to_be_focused()  # not the cross that closes the sheet
    page.fill("#days", "0")
    page.click("dialog >> text=Draw them")
    page.wait_for_selector("#days-problem:not(:empty)")
    page.fill("#days", "30")
    page.click("dialog >> text=Draw them")
    waiting = page.get_by_test_id("to-ask")
    expect(waiting).to_have_count(2)
    # What the books say is not told before the answer.
    assert "30,000" not in page.inner_text("main")
    for customer, said in (("María González", "30000"), ("Pedro Rojas", "50000")):
        waiting.filter(has_text=customer).get_by_role("button").click()
        # What somebody else said does not stand there.
        expect(page.locator("[id='outstanding.amount_minor']")).to_have_value("")
        page.keyboard.type(said)
        page.keyboard.press("Enter")
        expect(waiting.filter(has_text=customer)).to_have_count(0)
    expect(page.locator("#work")).to_be_focused()  # no row is left whose button would be next
    answers = page.get_by_test_id("answered")
    expect(answers.filter(has_text="María")).to_contain_text("As the books")
    expect(answers.filter(has_text="Pedro")).to_contain_text("Books: CLP 30,000")
    expect(answers.filter(has_text="Pedro")).to_contain_text("Says CLP 50,000")
    expect(page.locator("main")).to_contain_text("1 says otherwise than the books")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    photograph(page, "confirmations", looks=True)
    assert ([word for word in watch.wrong if "422" not in word], watch.outside) == ([], [])
