"""A phone whose clock is wrong: what was written down is put right, or the agent is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from benchmarks._offline_phone import CLOCK
from tests.browser.agent_app.scene import (
    Scene,
    a_phone,
    a_scene,
    enter_pin,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.conftest import chromium_path
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AS_WRITTEN_S = 600  # between a fact and its arrival in these tests
CLOCK_ERROR = "async () => (await import('/app/kept/clock.js')).clockError()"
LATE_S = """
SELECT greatest(
  (SELECT abs(extract(epoch FROM server_time - device_time)) FROM check_in WHERE case_id = :case),
  (SELECT abs(extract(epoch FROM o.server_time - o.device_time)) FROM check_out o
   JOIN check_in i ON i.id = o.check_in_id WHERE i.case_id = :case),
  (SELECT abs(extract(epoch FROM received_at - taken_at)) FROM receipt WHERE case_id = :case)
)::float AS s"""
# Positions are by the phone's own clock, too, which the driver does not know of.
POSITIONS = """(() => {
  const watch = navigator.geolocation.watchPosition.bind(navigator.geolocation);
  navigator.geolocation.watchPosition = (taken, ...more) =>
    watch(({ coords }) => taken({ coords, timestamp: Date.now() }), ...more);
})()"""
LAST_HEARD = """(ago_ms) => {
  const its = JSON.parse(localStorage.getItem("roundsman-clock"));
  const before = { told_ms: its.told_ms - ago_ms, seen_ms: its.seen_ms - ago_ms };
  localStorage.setItem("roundsman-clock", JSON.stringify({ ...its, ...before }));
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=6) as scene:
        yield scene


def open_case(scene: Scene, phone: BrowserContext, page: Page, number: int) -> None:
    case = str(scene.cases[number])
    stand_at(phone, scene.doors[case])
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.wait_for_selector("[data-testid=check-in]")


def visit(scene: Scene, phone: BrowserContext, page: Page, number: int) -> None:
    """Three records: arrived, paid, left."""
    open_case(scene, phone, page, number)
    page.wait_for_selector("[data-testid=distance].quiet")
    page.tap("[data-testid=check-in]")
    page.tap("[data-testid=pay]")
    page.fill("#amount", "5000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    page.tap("[data-testid=receipt-done]")
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-part_paid]")
    page.wait_for_selector("[data-testid=stop]")


def test_a_clock_that_is_an_hour_ahead_is_told_and_records_are_put_right(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    before_ms = page.evaluate(CLOCK_ERROR)  # the server's clock stands at another day
    phone.set_offline(True)
    # Somebody sets the phone's clock, where the app cannot ask anybody for the time.
    page.evaluate(CLOCK, HOUR_MS)
    visit(scene, phone, page, 1)
    assert sync_state(page) == {"waiting": 3}
    phone.set_offline(False)
    wait_until_sent(page, 3)
    [late] = scene.ask(LATE_S, case=scene.cases[1])
    assert late.s < AS_WRITTEN_S
    assert abs(page.evaluate(CLOCK_ERROR) - before_ms - HOUR_MS) < 60_000
    page.goto(f"{scene.network.url}/app/#/me")
    page.wait_for_selector("text=This phone's clock is")


@pytest.mark.parametrize(
    ("number", "off_ms", "heard_ago_ms", "says"),
    [
        pytest.param(2, -3 * DAY_MS, 0, "[data-testid=clock-back]", id="gone back"),
        pytest.param(3, 2 * DAY_MS, DAY_MS, "[data-testid=other-day]", id="ahead"),
        # Behind, and later than when the office was last heard: nothing shows it on the phone.
        pytest.param(4, -2 * DAY_MS, 5 * DAY_MS, "[data-testid=other-day]", id="behind"),
    ],
)
def test_a_phone_that_starts_offline_with_a_clock_days_off_says_so_and_its_records_come_right(
    scene: Scene,
    playwright: Playwright,
    tmp_path: Path,
    number: int,
    off_ms: int,
    heard_ago_ms: int,
    says: str,
) -> None:
    sent = 0
    with a_phone(playwright.chromium, chromium_path(), tmp_path) as phone:
        page = phone.pages[0]
        start_shift(scene, page)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.evaluate(LAST_HEARD, heard_ago_ms)
    for opening in range(2):  # the phone closes the app in the middle of the day
        with a_phone(playwright.chromium, chromium_path(), tmp_path, offline=True) as phone:
            phone.add_init_script(f"({CLOCK})({off_ms}); {POSITIONS}")
            page = phone.pages[0]
            page.goto(f"{scene.network.url}/app/")
            enter_pin(page)
            page.wait_for_selector("[data-testid=stop]")
            page.wait_for_selector(says)
            photograph(page, f"phone_clock_{number}", looks=True)
            if not opening:
                visit(scene, phone, page, number)
                continue
            assert sync_state(page) == {"waiting": 3}
            phone.set_offline(False)
            wait_until_sent(page, 3)
            page.wait_for_selector(says, state="detached")
            sent += 1
    assert sent == 1
    [late] = scene.ask(LATE_S, case=scene.cases[number])
    assert late.s < AS_WRITTEN_S
    [ping] = scene.ask(
        "SELECT max(abs(extract(epoch FROM received_at - captured_at)))::float AS s FROM ping"
    )
    assert ping.s < AS_WRITTEN_S


CLOCK_LEARNED_MEANWHILE = """async ([caseId, off_ms]) => {
  const { checkIn, checkOut, takePayment, takePicture } = await import("/app/sync/records.js");
  const { clockError, setClock } = await import("/app/kept/clock.js");
  const { state } = await import("/app/state.js");
  const right_ms = clockError();
  const toldBy = (error_ms) => {
    const at_ms = Date.now();
    return setClock(new Date(at_ms - error_ms).toISOString(), at_ms, at_ms);
  };
  const write = async (writing) => {
    const learned = toldBy(right_ms + off_ms);
    const id = await writing;
    await learned;
    await toldBy(right_ms); // as before somebody told it the time
    return id;
  };
  await write(checkIn(caseId));
  const its = state.cases.get(caseId);
  const amount = { amount_minor: 1000, currency: state.day.currency };
  await write(takePayment(caseId, amount, "cash", null));
  await write(takePicture(its, "photo", new Blob(["no picture"], { type: "image/jpeg" })));
  await write(checkOut(its.visit, "part_paid"));
  return state.records.slice(-4).map(({ made_at, body, path, clock_error_ms }) => {
    const asked = new URLSearchParams(path.split("?")[1]);
    const said = body.device_time ?? body.taken_at ?? asked.get("device_time");
    const off_ms = Date.now() - Date.parse(made_at) - clock_error_ms;
    return [said === made_at, Math.round(off_ms / 60_000)];
  });
}"""


def test_a_record_that_is_made_while_the_clock_is_put_right_says_of_which_clock_it_is(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    phone.set_offline(True)
    open_case(scene, phone, page, 2)
    made = page.evaluate(CLOCK_LEARNED_MEANWHILE, [str(scene.cases[2]), HOUR_MS])
    assert made == [[True, 0]] * 4
