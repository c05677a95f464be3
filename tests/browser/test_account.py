"""The account page in a real browser: a passkey is added, signs in, and is taken away."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP

from data.session import EVERYTHING, Database, rows
from identity.bearers.store import principal
from identity.passwords import store as password_store
from identity.passwords.reset import hand_out_code
from identity.principal import Role
from identity.secret import hash_secret
from tests.browser.crowd import crowded
from tests.browser.pictures import photograph
from tests.codes import code_shown
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_person, a_token
from tests.served import serving, set_clock

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """Where the product is served, by a host name, as passkeys ask for; and who works there."""

    url: str
    username: str


async def _set_up(database_url: str) -> str:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        (found,) = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
    await database.close()
    return str(found.username)


@pytest.fixture(scope="module")
def office(database_url: str, redis_url: str) -> Iterator[Office]:
    set_clock(database_url, MONDAY_NINE, rate=1e-6)  # stands, so that an app's codes are known
    with ThreadPoolExecutor(1) as thread:
        username = thread.submit(asyncio.run, _set_up(database_url)).result()
    with serving(database_url, redis_url, worker=False) as served:
        yield Office(served.url.replace("127.0.0.1", "localhost"), username)


def opened(chromium: Browser, width: int) -> Page:
    """A page of a browser whose machine reads fingerprints."""
    page = chromium.new_context(viewport={"width": width, "height": 780}).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def sign_in(page: Page, office: Office, password: str = PASSWORD) -> None:
    page.goto(f"{office.url}/sign-in?next=/account")
    page.fill("#username", office.username)
    page.fill("#password", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{office.url}/account")


def test_a_person_reads_the_office_in_the_language_they_choose(
    office: Office, chromium: Browser
) -> None:
    page = opened(chromium, 390)
    sign_in(page, office)
    photograph(page, "account-phone")
    page.get_by_label("The language of these pages").select_option("हिन्दी")
    page.get_by_role("button", name="Change the language").click()
    expect(page.get_by_role("heading", name="आप कहाँ-कहाँ साइन इन हैं")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.get_by_test_id("sessions")).to_contain_text("यहाँ")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    photograph(page, "account-hi")
    page.get_by_label("इन पेजों की भाषा").select_option("")
    page.get_by_role("button", name="भाषा बदलें").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("width", [390, 1366])
def test_a_passkey_is_added_signs_in_and_is_taken_away(
    office: Office, chromium: Browser, width: int
) -> None:
    page = opened(chromium, width)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    sign_in(page, office)
    passkeys = page.get_by_test_id("passkeys")
    expect(passkeys).to_contain_text("You have none yet")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    passkeys.get_by_label("What to call it").fill("My laptop")
    passkeys.get_by_label("Your password").fill("not this one")
    passkeys.get_by_role("button", name="Add a passkey").click()
    expect(passkeys.get_by_role("alert")).to_contain_text("This is not your password")
    passkeys.get_by_label("Your password").fill(PASSWORD)
    passkeys.get_by_role("button", name="Add a passkey").click()
    expect(passkeys.locator("#passkeys")).to_contain_text("My laptop")

    page.locator("#sign-out").click()
    page.wait_for_url("**/sign-in*")
    page.goto(f"{office.url}/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{office.url}/account")
    expect(passkeys.locator("#passkeys")).to_contain_text("last used")

    passkeys.get_by_role("button", name="Remove: My laptop").click()
    expect(passkeys).to_contain_text("You have none yet")
    page.goto(f"{office.url}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey opens no account")
    assert not wrong


@pytest.mark.parametrize("width", [390, 1366])
def test_a_second_factor_is_turned_on_asked_for_and_turned_off(
    office: Office, chromium: Browser, width: int
) -> None:
    page = opened(chromium, width)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    sign_in(page, office)
    part = page.get_by_test_id("second-factor")
    part.get_by_role("button", name="Turn it on").click()
    expect(part.locator(".qr svg")).to_be_visible()
    if width > 1_000:
        photograph(page, "account-second-factor", looks=True)
    app = TOTP(part.locator(".secret").text_content() or "")
    code = parse_qs(urlsplit(code_shown(part.locator(".qr svg"))).query)
    assert code["secret"] == [app.secret.replace(" ", "")]
    part.get_by_label("Six digits").fill("12")
    part.get_by_role("button", name="Turn it on").click()
    expect(part.locator("#code-problem")).to_contain_text("Six digits")
    part.get_by_label("Six digits").fill(code_at(app, 0))
    part.get_by_role("button", name="Turn it on").click()
    codes = part.get_by_test_id("recovery-codes").locator("li")
    expect(codes).to_have_count(10)
    recovery_code = codes.first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    part.get_by_role("button", name="I have kept them").click()
    expect(part).to_contain_text("It is on")

    page.locator("#sign-out").click()
    page.wait_for_url("**/sign-in*")
    page.goto(f"{office.url}/sign-in?next=/account")
    page.fill("#username", office.username)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code of your authenticator app").fill(code_at(app, 1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{office.url}/account")

    part.get_by_label("A code of the app").fill("000000000000")
    part.get_by_role("button", name="Turn it off").click()
    expect(part.locator("#code-problem")).to_contain_text("not used")
    part.get_by_label("A code of the app").fill(recovery_code)
    part.get_by_role("button", name="Turn it off").click()
    expect(part).to_contain_text("It is off")
    assert not wrong


def code_at(app: TOTP, steps: int) -> str:
    """What the app shows so many half minutes after the installation's clock."""
    return app.at(MONDAY_NINE, counter_offset=steps)


def test_a_session_elsewhere_is_ended(office: Office, chromium: Browser) -> None:
    elsewhere, page = opened(chromium, 1366), opened(chromium, 1366)
    sign_in(elsewhere, office)
    sign_in(page, office)
    sessions = page.get_by_test_id("sessions").get_by_role("listitem")
    expect(sessions.filter(has_text="Here")).to_have_count(1)
    for left in range(sessions.count() - 1, 0, -1):
        page.get_by_role("button", name="Sign out: Chrome").first.click()
        expect(sessions).to_have_count(left)
    expect(sessions).to_contain_text("Here")
    elsewhere.reload()
    elsewhere.wait_for_url("**/sign-in?next=/account")


def test_a_crowd_in_the_way_is_waited_for(office: Office, chromium: Browser) -> None:
    page = opened(chromium, 390)
    page.route("**/v1/sign-in", crowded(2, retry_after_s=1))
    page.goto(f"{office.url}/sign-in?next=/account")
    page.fill("#username", office.username)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("it goes on by itself")
    page.wait_for_url(f"{office.url}/account")


def test_a_lost_password_is_replaced_on_the_sign_in_page(
    office: Office, chromium: Browser, database_url: str
) -> None:
    with ThreadPoolExecutor(1) as thread:
        code = thread.submit(asyncio.run, _a_code(database_url, office.username)).result()
    page = opened(chromium, 390)
    page.goto(f"{office.url}/sign-in?next=/account")
    page.fill("#username", office.username)
    page.get_by_text("Forgot your password?").click()
    page.fill("#reset_code", code)
    page.fill("#new_password", "password123")
    page.get_by_role("button", name="Set the new password").click()
    expect(page.locator("#new_password-problem")).to_contain_text("harder to guess")
    page.fill("#new_password", PASSWORD)
    page.get_by_role("button", name="Set the new password").click()
    page.wait_for_url(f"{office.url}/account")


async def _a_code(database_url: str, username: str) -> str:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        person = await password_store.person(session, username=username)
        assert person is not None
        admin = await a_token(session, await a_person(session, person.branch_id, Role.ADMIN))
        by = await principal(session, hash_secret(admin), MONDAY_NINE)
        assert by is not None
        handed = await hand_out_code(session, person.staff_id, by, MONDAY_NINE)
    await database.close()
    return handed.code


def test_a_password_is_changed(office: Office, chromium: Browser) -> None:
    page = opened(chromium, 1366)
    sign_in(page, office)
    form = page.get_by_test_id("password")
    form.get_by_label("The one you have now").fill(PASSWORD)
    form.get_by_label("The new one").fill("password123")
    form.get_by_role("button", name="Change password").click()
    expect(form).to_contain_text("harder to guess")
    form.get_by_label("The new one").fill("tres tristes tigres")
    form.get_by_role("button", name="Change password").click()
    expect(page.locator("#toasts")).to_contain_text("Changed.")
    sign_in(page, office, "tres tristes tigres")
