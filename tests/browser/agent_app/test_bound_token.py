"""A token that was copied out of the app opens nothing, and the app itself does not notice."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext

from benchmarks._offline_phone import CLOCK
from tests.browser.agent_app.scene import (
    Scene,
    a_scene,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)

pytestmark = pytest.mark.browser

TOKEN = 'async () => (await (await import("/app/kept/database.js")).value("session")).token'
KEY_TAKEN_OUT = """async () => {
  const { value } = await import("/app/kept/database.js");
  const { privateKey } = await value("phone_key");
  return crypto.subtle.exportKey("jwk", privateKey).then(() => "taken", (error) => error.name);
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=4) as scene:
        yield scene


def test_a_copied_token_is_refused_and_the_phone_that_it_came_from_delivers(
    scene: Scene, phone: BrowserContext
) -> None:
    scene.ask(
        "INSERT INTO policy (branch_id, key, value, set_at)"
        " SELECT id, 'agent_tokens_bound', 'true', now() FROM branch WHERE parent_id IS NULL"
        " RETURNING 1"
    )
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    token = page.evaluate(TOKEN)
    for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"roundsman_session={token}"}):
        refused = httpx.get(f"{scene.network.url}/v1/agent/day", headers=headers)
        assert refused.status_code == 401
        assert refused.json()["type"] == "/problems/proof-refused"
    assert page.evaluate(KEY_TAKEN_OUT) == "InvalidAccessError"
    # Written in flight mode, after a restart of the app, and with a clock that is ten minutes off.
    phone.set_offline(True)
    case = str(scene.cases[0])
    stand_at(phone, scene.doors[case])
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.wait_for_selector("[data-testid=distance].quiet")
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("[data-testid=pay]")
    assert sync_state(page) == {"waiting": 1}
    page.evaluate(CLOCK, 600_000)
    phone.set_offline(False)
    wait_until_sent(page, 1)
