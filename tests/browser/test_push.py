"""Alerts reach a browser whose page is closed: opt-in, service worker, notification, click.

Chromium cannot subscribe to a real push service here, so `pushManager.subscribe` and
`getSubscription` are replaced in the page; the keys are the test's and the service runs on this
machine. Likewise nobody can click on a headless browser's notification: the event is made in the
service worker, with what only a real click may do (open or focus a window) noted.
"""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Worker
from sqlalchemy import make_url

from core.ids import new_id
from data.alerts import PANIC, raise_alert
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from tests.browser.conftest import Watched, watched
from tests.browser.test_live_map import LIVE, Town, a_town, fill_in, sign_in, until
from tests.conftest import MONDAY_NINE
from tests.map_ui.push.push_service import ABrowser, PushService, a_push_service

pytestmark = pytest.mark.browser

SUBSCRIBES = """
    (() => {
      const told = %s;
      let current = JSON.parse(sessionStorage.getItem("subscribed"));
      const subscription = () => current && {
        endpoint: told.endpoint,
        toJSON: () => told,
        unsubscribe: async () => keep(null),
      };
      const keep = (value) => {
        current = value;
        sessionStorage.setItem("subscribed", JSON.stringify(value));
        return true;
      };
      PushManager.prototype.getSubscription = async () => subscription();
      PushManager.prototype.subscribe = async (options) => {
        keep(options);
        window.subscribedWith = options;
        return subscription();
      };
    })();
"""


@dataclass
class Scene:
    """The product in a town, and a push service that it may post to."""

    town: Town
    redis_url: str
    service: PushService
    browser: ABrowser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with pytest.MonkeyPatch.context() as environment, a_push_service() as service:
        environment.setenv("ROUNDSMAN_PUSH_HOSTS", service.origin)
        with a_town(database_url, redis_url) as town:
            town.ping(0, (100, 0))
            yield Scene(town, redis_url, service, ABrowser(f"{service.origin}/push/{new_id()}"))


async def _raise(scene: Scene, kind: str, title: str) -> str:
    live = LiveBus(scene.redis_url)
    database, subject = Database(scene.town.served.database_url, live), new_id()
    agent = UUID(scene.town.agent_id)
    async with database.transaction(EVERYTHING) as session:
        (row,) = await rows(
            session, "SELECT branch_id FROM agent_profile WHERE agent_id = :agent", agent=agent
        )
        detail = "María González owes $ 45.000"
        await raise_alert(
            session, row.branch_id, kind, subject, title, detail, MONDAY_NINE, agent_id=agent
        )
        (alert,) = await rows(session, "SELECT id FROM alert WHERE subject_id = :id", id=subject)
    await database.close()
    await live.close()
    return str(alert.id)


def a_raised_alert(scene: Scene, kind: str = PANIC, title: str = "Diego calls for help") -> str:
    # In a thread of its own: the browser's driver has an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _raise(scene, kind, title)).result()


def set_failed_since(scene: Scene) -> None:
    url = make_url(scene.town.served.database_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute("UPDATE push_subscription SET failed_since = %s", [MONDAY_NINE])


def opened(browser: Browser, scene: Scene, *, width: int = 1400) -> Watched:
    """The live map in a new context that may show notifications and can subscribe."""
    watch = watched(browser, width)
    context = watch.page.context
    context.grant_permissions(["notifications"], origin=scene.town.served.url)
    context.add_init_script(SUBSCRIBES % json.dumps(scene.browser.subscription()))
    sign_in(watch.page, scene.town)
    until(watch.page, LIVE)
    return watch


def turn_on(page: Page) -> None:
    page.wait_for_selector('[data-testid="push"][data-state="off"]')
    page.get_by_role("button", name="Tell me when this page is closed").click()
    page.wait_for_selector('[data-testid="push"][data-state="on"]')


def service_worker(context: BrowserContext) -> Worker:
    if context.service_workers:
        return context.service_workers[0]
    return context.wait_for_event("serviceworker")


class Pushes:
    """Delivers push messages to a page's service worker, as a push service would."""

    def __init__(self, page: Page, origin: str) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.origin, self.registrations = origin, list[str]()
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self.session.send("ServiceWorker.enable")

    def _registered(self, told: Any) -> None:
        self.registrations += [each["registrationId"] for each in told["registrations"]]

    def deliver(self, message: dict[str, Any]) -> None:
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": self.registrations[-1],
             "data": json.dumps(message)},
        )  # fmt: skip


NOTIFICATIONS = """async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return (await registration.getNotifications()).map(({ title, body, tag, data }) =>
        ({ title, body, tag, data }));
}"""

CLICK = """async (alert) => {
    const [notification] = await self.registration.getNotifications({ tag: alert });
    const event = new NotificationEvent("notificationclick", { notification });
    const noted = { opened: null, focused: null };
    let work;
    // An event that no click made may not wait, nor open or focus a window.
    event.waitUntil = (promise) => { work = promise; };
    self.clients.openWindow = async (url) => { noted.opened = url; };
    WindowClient.prototype.focus = async function () { noted.focused = this.url; };
    self.dispatchEvent(event);
    await work;
    return { ...noted, left: (await self.registration.getNotifications()).length };
}"""


def test_an_alert_finds_its_way_to_a_closed_page_and_back(scene: Scene, chromium: Browser) -> None:
    watch = opened(chromium, scene)
    page, url = watch.page, scene.town.served.url
    turn_on(page)
    key = page.evaluate("window.subscribedWith.applicationServerKey")
    assert page.evaluate("window.subscribedWith.userVisibleOnly") is True
    worker = service_worker(page.context)
    assert worker.url == f"{url}/sw.js"

    # Nobody looks at the map any more.
    pushes = Pushes(page, url)
    page.goto(f"{url}/ui")
    alert = a_raised_alert(scene)
    for _ in range(100):
        if scene.service.posted:
            break
        page.wait_for_timeout(100)
    (posted,) = scene.service.posted
    assert f"k={key}" in posted.headers["Authorization"]
    assert posted.headers["Urgency"] == "high"
    (message,) = scene.browser.read(scene.service)
    assert message["alert_id"] == alert
    assert "María" not in json.dumps(message, ensure_ascii=False)

    # The browser shows it, once.
    pushes.deliver(message)
    pushes.deliver(message)
    until(page, f"async () => (await ({NOTIFICATIONS})()).length === 1")
    (shown,) = page.evaluate(NOTIFICATIONS)
    assert (shown["title"], shown["body"]) == ("Diego calls for help", "Open the map")

    # A click opens the map at the alert, with its agent in sight.
    clicked = worker.evaluate(CLICK, alert)
    assert clicked == {"opened": f"/?alert={alert}", "focused": None, "left": 0}
    page.goto(f"{url}{clicked['opened']}")
    page.wait_for_selector(f'[data-alert-id="{alert}"][aria-current="true"]')
    until(page, f"() => window.roundsman.selectedId === '{scene.town.agent_id}'")
    assert page.evaluate("window.map_live.getZoom()") == 16
    assert page.url == f"{url}/live"
    assert watch.outside == []
    assert watch.wrong == []
    page.get_by_role("button", name="Turn off").click()
    page.wait_for_selector('[data-testid="push"][data-state="off"]')
    assert page.evaluate("sessionStorage.getItem('subscribed')") == "null"


def test_a_click_leads_an_open_map_to_the_alert(scene: Scene, chromium: Browser) -> None:
    watch = opened(chromium, scene)
    page, url = watch.page, scene.town.served.url
    turn_on(page)
    pushes = Pushes(page, url)
    worker = service_worker(page.context)
    # Another page is in front: the map is open but not looked at. (Playwright has every page
    # believe that it has the focus.)
    pushes.session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    front = page.context.new_page()
    front.goto(f"{url}/ui")
    front.bring_to_front()
    alert = a_raised_alert(scene, "cash_limit", "Diego has reached the cash limit")
    page.wait_for_selector(f'[data-alert-id="{alert}"]')
    title, path = "Diego has reached the cash limit", f"/?alert={alert}"
    pushes.deliver({"title": title, "body": "", "kind": "x", "alert_id": alert, "url": path})
    until(front, f"async () => (await ({NOTIFICATIONS})()).length === 1")
    clicked = worker.evaluate(CLICK, alert)
    assert clicked == {"opened": None, "focused": f"{url}/live", "left": 0}
    page.wait_for_selector(f'[data-alert-id="{alert}"][aria-current="true"]')
    assert watch.wrong == []


def test_who_looks_at_the_map_gets_no_notification(scene: Scene, chromium: Browser) -> None:
    watch = opened(chromium, scene)
    page = watch.page
    turn_on(page)
    pushes = Pushes(page, scene.town.served.url)
    page.bring_to_front()
    until(page, "() => document.hasFocus()")
    pushes.deliver({"title": "Seen", "body": "", "kind": "x", "alert_id": "x", "url": "/"})
    page.wait_for_timeout(1000)
    assert page.evaluate(NOTIFICATIONS) == []


def test_signing_out_ends_it(scene: Scene, chromium: Browser) -> None:
    page = opened(chromium, scene).page
    turn_on(page)
    page.click('[data-testid="sign-out"]')
    page.wait_for_url("**/sign-in")
    assert page.evaluate("sessionStorage.getItem('subscribed')") == "null"
    sign_in(page, scene.town)
    page.wait_for_selector('[data-testid="push"][data-state="off"]')


def test_a_browser_that_blocks_notifications_says_so(scene: Scene, chromium: Browser) -> None:
    watch = watched(chromium)
    session = watch.page.context.new_cdp_session(watch.page)
    context_id = session.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    session.send(
        "Browser.setPermission",
        {"permission": {"name": "notifications"}, "setting": "denied",
         "origin": scene.town.served.url, "browserContextId": context_id},
    )  # fmt: skip
    sign_in(watch.page, scene.town)
    line = watch.page.wait_for_selector('[data-testid="push"][data-state="denied"]')
    assert line is not None
    assert "Allow them in the browser's settings" in line.inner_text()
    assert watch.page.evaluate("navigator.serviceWorker.getRegistration()") is None


@pytest.mark.parametrize(
    ("script", "state", "words"),
    [
        ("delete window.PushManager", "unsupported", "This browser cannot tell you"),
        (
            "Object.defineProperty(window, 'isSecureContext', { value: false })",
            "insecure",
            "open it over HTTPS",
        ),
    ],
)
def test_a_browser_that_cannot_be_told_says_why(
    scene: Scene, chromium: Browser, script: str, state: str, words: str
) -> None:
    page = watched(chromium).page
    page.add_init_script(script)
    sign_in(page, scene.town)
    line = page.wait_for_selector(f'[data-testid="push"][data-state="{state}"]')
    assert line is not None
    assert words in line.inner_text()
    assert page.locator('[data-testid="push"] button').count() == 0


def test_a_push_service_that_takes_nothing_is_told_of(scene: Scene, chromium: Browser) -> None:
    page = opened(chromium, scene).page
    turn_on(page)
    set_failed_since(scene)
    page.reload()
    page.wait_for_selector('[data-testid="push"][data-state="failing"]')
    page.get_by_role("button", name="Turn off").click()
    page.wait_for_selector('[data-testid="push"][data-state="off"]')


def test_nothing_is_registered_before_somebody_asks_for_it(scene: Scene, chromium: Browser) -> None:
    page = opened(chromium, scene).page
    page.wait_for_selector('[data-testid="push"][data-state="off"]')
    assert page.evaluate("navigator.serviceWorker.getRegistration()") is None


def test_on_a_phone_an_alert_opens_with_its_agent_above_it(scene: Scene, chromium: Browser) -> None:
    watch = opened(chromium, scene, width=360)
    alert = a_raised_alert(scene, "silent", "No position from Diego")
    watch.page.goto(f"{scene.town.served.url}/?alert={alert}")
    watch.page.wait_for_selector(f'[data-alert-id="{alert}"][aria-current="true"]')
    until(watch.page, f"() => window.roundsman.selectedId === '{scene.town.agent_id}'")
    assert watch.page.locator(".live-page").get_attribute("data-tab") == "alerts"
    assert watch.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_alert_that_is_over_is_told_as_such(scene: Scene, chromium: Browser) -> None:
    watch = opened(chromium, scene)
    watch.page.goto(f"{scene.town.served.url}/?alert={new_id()}")
    watch.page.wait_for_selector("text=That alert is over")
    assert watch.page.url == f"{scene.town.served.url}/live"
    assert watch.wrong == []


def test_who_is_not_signed_in_comes_to_the_alert_after_signing_in(
    scene: Scene, chromium: Browser
) -> None:
    alert = a_raised_alert(scene, "outside_fence", "Diego has not signed on")
    page = watched(chromium).page
    page.goto(f"{scene.town.served.url}/?alert={alert}")
    page.wait_for_url("**/sign-in**")
    fill_in(page, scene.town)
    page.wait_for_selector(f'[data-alert-id="{alert}"][aria-current="true"]')
