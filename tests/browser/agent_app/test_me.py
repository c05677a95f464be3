"""What the agent sees of the own day, and of how safe the phone keeps it."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.agent_app.scene import PHONE, Scene, a_scene, in_thread, start_shift
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_person

pytestmark = pytest.mark.browser

PER_KM, INCENTIVE, TARGET = 350, 9_000, 500_000


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url) as scene:
        scene.set_policy("conveyance_per_km", str(PER_KM))
        leader = in_thread(_a_leader(scene))
        for table, named, value in (
            ("cost", "kind, amount_minor", f"'incentive', {INCENTIVE}"),
            ("target", "figure, amount", f"'collected', {TARGET}"),
        ):
            scene.ask(
                f"INSERT INTO {table} (id, branch_id, agent_id, month, {named}, set_at, set_by)"  # noqa: S608 our own constants
                f" VALUES (:id, :branch, :agent, '2026-11-01', {value}, :now, :by) RETURNING id",
                id=new_id(), branch=scene.branch, agent=scene.agent, now=MONDAY_NINE, by=leader,
            )  # fmt: skip
        yield scene


async def _a_leader(scene: Scene) -> object:
    database = Database(scene.database_url)
    async with database.transaction(EVERYTHING) as session:
        leader = await a_person(session, scene.branch, Role.ADMIN)
    await database.close()
    return leader


def after_a_day(answer: bytes) -> bytes:
    told = json.loads(answer)
    told["approved_m"] = 12_400
    told["conveyance"]["amount_minor"] = 12_400 * PER_KM // 1000
    return json.dumps(told).encode()


def test_an_agent_sees_the_way_that_is_approved_what_it_pays_and_the_month_also_offline(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    # The way as the server reckons it of a day's trail: tests/api/supervisors/test_earnings.py.
    scene.network.newer["/v1/agent/earnings"] = after_a_day
    page.tap("[data-testid=tab-me]")
    page.wait_for_selector("[data-testid=approved]:has-text('12.4 km')")
    earned = page.inner_text("[data-testid=earnings]").replace("\u00a0", " ")
    assert "CLP 4,340 conveyance, at CLP 350 a kilometer." in earned
    assert "CLP 0 of CLP 500,000" in earned
    assert "Incentive\nCLP 9,000" in earned
    photograph(page, "phone_me_earned", looks=True)
    phone.set_offline(True)
    page.tap("[data-testid=tab-round]")
    page.tap("[data-testid=tab-me]")
    assert "12.4 km" in page.inner_text("[data-testid=approved]")


@pytest.mark.parametrize(
    ("granted", "says"),
    [
        ([], "The phone may clear records"),
        (["persistent-storage"], "Records are kept safe from clean-ups"),
    ],
    ids=["refused", "granted"],
)
def test_storage_that_lasts_is_asked_for_and_what_the_browser_said_is_shown(
    scene: Scene, browser: Browser, granted: list[str], says: str
) -> None:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    if granted:
        session = context.new_cdp_session(page)
        target = session.send("Target.getTargetInfo")["targetInfo"]
        browser.new_browser_cdp_session().send(
            "Browser.grantPermissions",
            {
                "origin": scene.network.url,
                "permissions": ["durableStorage", "geolocation"],
                "browserContextId": target["browserContextId"],
            },
        )
    start_shift(scene, page)
    page.tap("[data-testid=tab-me]")
    page.wait_for_selector(f"text={says}")
    assert page.evaluate("navigator.storage.persisted()") == bool(granted)
    context.close()
