"""An app that does not open, or takes its time: each says so, with what can be done."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.agent_app.scene import Scene, a_scene, enter_pin, sign_in, start_shift
from tests.browser.crowd import crowded
from tests.browser.pictures import photograph
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

OFFICE = "+56221234567"
NOT_TO_BE_OPENED = """indexedDB.open = () => {
  throw new DOMException("its files are damaged", "UnknownError");
};"""
LEGIBLE = """async (button) => {
  await Promise.all(button.getAnimations().map((each) => each.finished)); // colors come gradually
  const { backgroundColor, color } = getComputedStyle(button);
  return [backgroundColor, color];
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url) as scene:
        scene.set_policy("branch_phone", f'"{OFFICE}"')
        yield scene


def opens(scene: Scene, page: Page) -> Page:
    page.goto(f"{scene.network.url}/app/", wait_until="commit")
    return page


def test_an_app_whose_files_are_long_in_coming_says_so_and_opens_when_they_come(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    held: list[Route] = []
    page.route("**/app/state.js", lambda route: held.append(route))  # noqa: PLW0108 it wants one of Python
    page.clock.install()
    opens(scene, page).wait_for_selector("#app.opening .running")
    page.wait_for_timeout(500)
    assert page.locator("[data-testid=open-again]").count() == 0
    page.clock.fast_forward(8_000)
    page.wait_for_selector("[data-testid=opening-slow]")
    photograph(page, "phone_opening_slow", looks=True)
    for route in held:
        route.continue_()
    page.wait_for_selector("[name=username]")
    page.clock.fast_forward(8_000)
    assert page.locator("[data-testid=opening-slow]").count() == 0


def test_an_app_of_which_a_file_did_not_come_is_asked_for_again_by_one_tap(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    page.route("**/app/state.js", lambda route: route.abort())
    opens(scene, page).wait_for_selector("[data-testid=opening-missing]")
    photograph(page, "phone_opening_missing", looks=True)
    page.unroute("**/app/state.js")
    page.tap("[data-testid=open-again]")
    page.wait_for_selector("[name=username]")


def test_what_cannot_be_opened_offers_to_try_again_and_to_call_the_office_in_the_language_spoken(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.goto(f"{scene.network.url}/app/#/me")
    page.select_option("#language", "id")
    page.wait_for_selector("html[lang=id]")
    phone.add_init_script(f"if (location.search === '?damaged') {NOT_TO_BE_OPENED}")
    page.goto(f"{scene.network.url}/app/?damaged")
    page.wait_for_selector("[data-testid=opening-closed]")
    photograph(page, "phone_cannot_open", looks=True)
    assert "Tidak ada yang hilang" in page.inner_text("[data-testid=opening-closed]")
    assert page.get_attribute("a.button", "href") == f"tel:{OFFICE}"
    # Locked, the number is there too; and once it opens again, so is all else.
    page.goto(f"{scene.network.url}/app/")
    page.wait_for_selector("[data-testid=call-office]")
    enter_pin(page)
    page.wait_for_selector("[data-testid=next]")


def test_what_the_server_does_not_answer_is_told_and_what_waits_for_it_can_be_read(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    sign_in(scene, page)
    phone.set_offline(True)
    page.tap("[data-testid=start-shift]")
    page.wait_for_selector("[role=alert]")
    phone.set_offline(False)
    held: list[Route] = []
    page.route("**/v1/agent/day", lambda route: held.append(route))  # noqa: PLW0108 it wants one of Python
    page.tap("[data-testid=start-shift]")
    page.wait_for_selector("#app[aria-busy=true]")
    assert page.locator("[role=alert]").count() == 0  # of the try before
    page.hover("[data-testid=start-shift]", force=True)
    background, color = page.eval_on_selector("[data-testid=start-shift]", LEGIBLE)
    assert background == "rgba(0, 0, 0, 0)"
    assert color != "rgb(255, 255, 255)"
    page.wait_for_timeout(500)
    for route in held:
        route.continue_()
    page.unroute("**/v1/agent/day")
    page.wait_for_selector("[data-testid=next]")
    phone.set_offline(True)
    page.tap("[data-testid=refresh]")
    page.wait_for_selector("[data-testid=trouble]")
    assert "cannot be reached" in page.inner_text("[data-testid=trouble]")
    phone.set_offline(False)
    page.tap("[data-testid=refresh]")
    page.wait_for_selector("[data-testid=trouble]", state="detached")


def test_a_crowd_in_the_way_of_signing_in_is_waited_for(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    page.route("**/v1/sign-in", crowded(1, retry_after_s=2))
    opens(scene, page)
    page.fill("[name=username]", scene.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("it goes on by itself")
    photograph(page, "phone_sign_in_crowd", looks=True)
    page.wait_for_selector("text=Choose a PIN")
