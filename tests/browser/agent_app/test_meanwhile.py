"""What happened on the server while a phone had no network is told, and the payment stands."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.browser.agent_app.scene import (
    Scene,
    a_scene,
    in_thread,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.factories import an_agent

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=2) as scene:
        yield scene


def hand_on(scene: Scene, case: str, after: str) -> None:
    """The office gives a case to a colleague, just after this instant."""
    colleague = in_thread(_a_colleague(scene))
    at = {"case": case, "at": datetime.fromisoformat(after) + timedelta(milliseconds=1)}
    scene.ask(
        "UPDATE assignment SET during = tstzrange(lower(during), :at) WHERE case_id = :case"
        " RETURNING id",
        **at,
    )
    scene.ask(
        "INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason, decided_at)"
        " VALUES (:id, :branch, :case, :agent, tstzrange(:at, NULL), 'handed on', :at)"
        " RETURNING id",
        **at, id=new_id(), branch=scene.branch, agent=colleague,
    )  # fmt: skip


async def _a_colleague(scene: Scene) -> UUID:
    database = Database(scene.database_url)
    async with database.transaction(EVERYTHING) as session:
        colleague = await an_agent(session, scene.branch, "Ana Vega")
    await database.close()
    return colleague


def test_a_customer_who_was_handed_on_meanwhile_keeps_the_receipt_and_the_agent_is_told(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    case = scene.cases[0]
    stand_at(phone, scene.doors[str(case)])
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.tap("[data-testid=check-in]")
    wait_until_sent(page, 1)
    phone.set_offline(True)
    page.tap("[data-testid=pay]")
    page.fill("#amount", "12000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    taken_at = page.evaluate(
        'async () => (await import("/app/state.js")).state.records.at(-1).body.taken_at'
    )
    hand_on(scene, str(case), taken_at)
    phone.set_offline(False)
    page.goto(f"{scene.network.url}/app/#/outbox")
    page.wait_for_selector("[data-testid=news]")
    told = page.inner_text("[data-testid=news]").replace("\xa0", " ")
    assert "This customer is with Ana Vega since" in told
    assert "Your payment stands, as receipt" in told
    page.tap("[data-testid=news-understood]")
    page.wait_for_selector("[data-testid=news]", state="detached")
    assert sync_state(page) == {"sent": 2}
    [till] = scene.ask("SELECT in_hand_minor FROM till WHERE agent_id = :id", id=scene.agent)
    assert till.in_hand_minor == 12_000
