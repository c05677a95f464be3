"""A cheap phone at the end of a long day: a round of 60, 200 records that wait, 2,000 happenings.
The next screen is there at once all the same."""

import statistics
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, CDPSession

from tests.browser.agent_app.scene import Scene, a_center, a_scene, in_center, start_shift

pytestmark = pytest.mark.browser

STOPS, WAITING, HAPPENINGS = 60, 200, 2_000
AT_ONCE_MS = 300
SLOWER = 4  # than the machine that the tests run on
GO_THERE = """async (place) => {
  location.hash = place;
  await new Promise((drawn) => addEventListener(
    "hashchange", () => requestAnimationFrame(() => setTimeout(drawn)), { once: true }));
}"""

FILL = """async ([waiting, happenings]) => {
  const { keep, value } = await import("/app/kept/database.js");
  const { write } = await import("/app/kept/outbox.js");
  const { factId } = await import("/app/facts/ids.js");
  const day = await value("day");
  const { agent_id } = await value("session");
  const each = Math.ceil(happenings / day.cases.length);
  for (const its of day.cases) {
    its.timeline = Array.from({ length: each }, (_, at) => ({
      kind: "receipt", at: new Date(Date.now() - at * 86_400_000).toISOString(),
      amount: its.case.overdue, facts: {} }));
  }
  await keep("day", day);
  for (let at = 0; at < waiting; at += 1) {
    const its = day.cases[at % day.cases.length].case;
    const made_at = new Date().toISOString();
    const id = factId(Date.now());
    const body = { case_id: its.id, amount: { amount_minor: 10, currency: day.currency },
      mode: "cash", taken_at: made_at };
    await write({ id, kind: "receipt", agent_id, path: `/v1/agent/receipts/${id}`, body, made_at,
      case_id: its.id });
  }
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=STOPS) as scene:
        a_center(scene, "Sindempart")
        in_center(scene, "Sindempart", range(STOPS - 30, STOPS))
        yield scene


def busy_s(session: CDPSession) -> float:
    """How long the page's thread has worked by now: what else the machine does is not in it."""
    told = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in told if each["name"] == "TaskDuration"))


def test_the_next_screen_is_there_at_once_on_a_slow_phone_at_the_end_of_a_long_day(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    page.evaluate(FILL, [WAITING, HAPPENINGS])
    page.wait_for_selector(f"[data-testid=tab-outbox] .count:has-text('{WAITING}')")
    case = f"#/case/{scene.cases[3]}"
    center = page.evaluate(
        "async () => (await import('/app/state.js')).state.day.door.sheets[0].center.center_id"
    )
    places = [
        "#/", case, f"{case}/pay", f"{case}/promise", f"{case}/follow-up", f"{case}/message",
        "#/cash", "#/cash/deposit", "#/cash/give", "#/cash/take", "#/outbox", "#/me", "#/help",
        f"#/center/{center}", "#/map",
    ]  # fmt: skip
    session = phone.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    took_ms: dict[str, list[float]] = {place: [] for place in places}
    for _ in range(3):
        for place in places:
            before_s = busy_s(session)
            page.evaluate(GO_THERE, place)
            took_ms[place].append((busy_s(session) - before_s) * 1_000 * SLOWER)
    told = {place: round(statistics.median(its)) for place, its in took_ms.items()}
    assert all(its < AT_ONCE_MS for its in told.values()), told
