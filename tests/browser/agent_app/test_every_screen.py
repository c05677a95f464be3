"""Each screen of the app at 360 × 740, with names of 80 letters, in all languages, both looks, and
letters as large as a phone sets them: nothing is cut off, everything to touch is 48 px, and every
text can be read in the sun (7:1)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page

from benchmarks._offline_phone import FULL, ROOM
from collection.receipts.books import store as books
from collection.receipts.books.book import Book, Fate
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.agent_app.scene import (
    Scene,
    a_center,
    a_scene,
    enter_pin,
    in_center,
    in_thread,
    sign_in,
    stand_at,
)
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import a_person

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text()
VIEWS: tuple[tuple[str, str, Literal["light", "dark"]], ...] = (
    ("hi", "100%", "light"), ("id", "100%", "dark"),
    ("es", "200%", "light"), ("en", "200%", "dark"),
)  # fmt: skip
NAMES = (
    "श्रीमती विजयलक्ष्मी चन्द्रशेखरन् अय्यर पद्मनाभन् कृष्णस्वामी राजगोपालाचारी देवी",
    "Raden Ajeng Sulistyowati Kusumadiningrat Prawirodirdjo Mangkunegara Sastroatmodj",
    "Venkatanarasimharajuvaripetasubrahmanyamchandrasekharanpadmanabhankrishnaswamyra",
    "Bu Siti", "अनुराधा",
)  # fmt: skip
CENTER = "Kelompok Perempuan Mandiri Sejahtera Bersama Sindempart Lor Kidul Barat Daya 80"
LARGE = "(size) => { document.documentElement.style.fontSize = size }"
CUT_OFF = """() => {
  const found = new Set();
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.add(`wider than the screen: ${wide}`);
  const say = (what, each) =>
    found.add(`${what}: ${each.className} ${each.textContent.trim().slice(0, 60)}`);
  const BOXES = ".button, .chip, .tabs a, .badge, .segments span, .top, .act";
  const walk = document.createTreeWalker(document.querySelector("#app"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    const its = text.parentElement;
    if (!text.textContent.trim() || its.closest("option, .leaflet-container")) continue;
    if (!its.checkVisibility({ contentVisibilityAuto: true })) continue; // drawn when scrolled to
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      if (!line.width) continue;
      if (line.right > innerWidth + 1 && !its.closest(".chips")) say("outside", its);
      for (let box = its; box.id !== "app"; box = box.parentElement) {
        const { overflowX, overflowY, display } = getComputedStyle(box);
        if (display === "inline" || box.matches(".chips")) continue;
        const { left, right, top, bottom } = box.getBoundingClientRect();
        const x = line.right > right + 1 || line.left < left - 1;
        const y = line.bottom > bottom + 3 || line.top < top - 3;
        const isCut = (x && overflowX !== "visible") || (y && overflowY !== "visible");
        if (isCut) say("cut off", its);
        if ((x || y) && box.matches(BOXES)) say("out of its box", its);
      }
    }
  }
  const heightOf = (name) => document.querySelector(name)?.getBoundingClientRect().height ?? 0;
  const bars = heightOf(".top") + heightOf(".act") + heightOf(".tabs");
  if (bars > innerHeight / 2) found.add(`bars take ${bars} px`);
  return [...found];
}"""
SPEAK = """async (code) => (await import("/app/kept/database.js")).keep("language", code)"""
KEEP = """async () => {
  const { keep, value } = await import("/app/kept/database.js");
  const [session, day] = [await value("session"), await value("day")];
  await keep(%s);
}"""
STATES = {
    "blocked": KEEP % '"day", { ...day, till: { ...day.till, blocked_for: "aged_cash" } }',
    "another-day": KEEP % '"day", { ...day, day: "2026-11-21" }',
    "signed-out": KEEP % '"session", { ...session, is_over: true }',
    "new-version": """async () => {
      const { state } = await import("/app/state.js");
      Object.assign(state, { hasUpdate: true, takeUpdate() {} });
    }""",
    "empty": KEEP % '"day", { ...day, round: null, cases: [], door: { ...day.door, sheets: [] } }',
}
REVOKED = "UPDATE phone_vault SET part = NULL, destroyed_at = made_at RETURNING id"
PARKED = """async () => {
  const { state } = await import("/app/state.js");
  const { update } = await import("/app/kept/outbox.js");
  const limit = { amount_minor: 60_000, currency: state.day.currency };
  const problem = { type: "/problems/over-cash-limit", limit };
  const receipt = state.records.find((each) => each.kind === "receipt");
  await update(receipt.seq, "waiting", { state: "parked", problem });
}"""
WRONG = """async () => {
  const found = [];
  const CONTRAST = ["color-contrast", "color-contrast-enhanced"]; // below 4.5, and below 7
  const html = (each) => each.outerHTML.replace(/<!--.*?-->/g, "").slice(0, 160);
  const touched = "button, select, main input, a, .button, summary";
  for (const each of document.querySelectorAll(touched)) {
    const { height, right } = each.getBoundingClientRect();
    if (!each.checkVisibility() || each.closest(".leaflet-container")) continue;
    if (["radio", "checkbox", "file"].includes(each.type)) continue;
    if (height < 47.5) found.push(`${height} px high: ${html(each)}`);
    if (right > innerWidth + 1 && !each.closest(".chips")) found.push(`outside: ${html(each)}`);
    if (each.scrollWidth > each.clientWidth + 1 && each.matches("button, .button"))
      found.push(`cut off: ${each.textContent.trim()}`);
  }
  const { violations } = await axe.run({ runOnly: CONTRAST });
  const nodes = violations.flatMap((each) => each.nodes);
  return found.concat(nodes.map((node) => `${node.html.slice(0, 160)}: ${node.any[0]?.message}`));
}"""


async def _a_book(scene: Scene) -> None:
    """A book of paper receipts in the agent's hands; some of its leaves are declared, others
    skipped."""
    database = Database(scene.database_url)
    async with database.transaction(EVERYTHING) as session:
        desk = await a_person(session, scene.branch, Role.CASH_DESK)
        book = Book(
            new_id(), scene.branch, scene.agent, "MAN-GARUDA-26", 4001, 4050, 4050, MONDAY_NINE,
            None,
        )  # fmt: skip
        await books.add_book(session, book, desk, b"")
        for number, fate in ((4001, Fate.CANCELLED), (4002, Fate.LOST), (4007, Fate.CANCELLED)):
            await books.declare(session, book, number, fate, "rain", desk, MONDAY_NINE)
    await database.close()


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=40, limit_minor=60_000) as scene:
        for n, case in enumerate(scene.cases):
            scene.ask(
                "UPDATE customer SET full_name = :name WHERE id ="
                " (SELECT customer_id FROM case_file WHERE id = :case) RETURNING id",
                name=NAMES[n % len(NAMES)], case=case,
            )  # fmt: skip
        a_center(scene, CENTER)
        in_center(scene, CENTER, range(30, 34))
        in_thread(_a_book(scene))
        scene.set_policy("customer_form", "true")
        scene.set_policy("receipt_cause", '"required"')
        yield scene


class Walk:
    """A phone that goes from screen to screen, and looks at each; `wrong` is what it found."""

    def __init__(self, scene: Scene, context: BrowserContext) -> None:
        self.scene, self.context, self.page = scene, context, context.pages[0]
        self.wrong: list[str] = []

    def go(self, place: str, waits_for: str = "main") -> Page:
        self.page.goto(f"{self.scene.network.url}/app/#{place}")
        self.page.wait_for_selector(waits_for)
        return self.page

    def look(self, name: str) -> None:
        """Look at what is on the screen, in each view; contrast does not depend on the size."""
        for code, size, look in VIEWS:
            self.page.emulate_media(color_scheme=look, reduced_motion="reduce")
            self.page.evaluate(SPEAK, code)
            self.page.wait_for_selector(f"html[lang={code}]")
            self.page.evaluate(LARGE, size)
            if not self.page.evaluate("'axe' in globalThis"):
                self.page.evaluate(AXE)
            found = self.page.evaluate(CUT_OFF)
            found += self.page.evaluate(WRONG) if size == "100%" else []
            self.wrong += [f"{name} ({code} {size}): {each}" for each in found]
            photograph(self.page, f"screen-{name}-{code}")
        self.page.evaluate(LARGE, "")
        self.page.emulate_media(color_scheme="light")

    def arrive(self, number: int) -> str:
        """Check in at a door."""
        case = str(self.scene.cases[number])
        stand_at(self.context, self.scene.doors[case])
        self.go(f"/case/{case}", "[data-testid=distance].quiet").tap("[data-testid=check-in]")
        self.page.wait_for_selector("[data-testid=pay]")
        return f"/case/{case}"


def test_every_screen_can_be_read_and_touched_at_a_customers_door(
    scene: Scene, phone: BrowserContext
) -> None:
    walk = Walk(scene, phone)
    page = walk.page
    walk.go("/", "[name=username]")
    walk.look("first-sign-in")
    sign_in(scene, page)
    page.wait_for_selector("[data-testid=start-shift]")
    walk.look("shift")
    page.click("[data-testid=start-shift]")
    page.wait_for_selector("[data-testid=next]")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    walk.look("round")
    phone.set_offline(True)
    far = walk.go(f"/case/{scene.cases[20]}")
    walk.look("case")
    far.tap("[data-testid=check-in]")
    walk.look("away")
    case = walk.arrive(0)
    walk.look("visit")
    walk.go(f"{case}/pay", "#amount")
    page.fill("#amount", "90000")
    page.tap("[data-testid=count]")
    page.tap("[data-testid=continue]")
    walk.look("pay-over-limit")
    page.fill("#amount", "59000")
    page.tap("[data-testid=continue]")
    page.wait_for_selector("[data-testid=sure-over]")
    walk.look("sure-over")
    page.tap(".act button:not(.main)")
    page.fill("#amount", "45000")
    page.tap("[data-testid=continue]")
    page.tap("[data-testid=issue]")
    walk.look("sure-without-cause")
    page.select_option("#cause", "income_late")
    page.fill("#cause_note", "शुक्रवार को")
    page.tap("[data-testid=issue]")
    page.wait_for_selector("[data-testid=receipt]")
    walk.look("receipt")
    for part, waits_for in (
        ("promise", "#amount"), ("message", "[data-testid=message-offline]"),
        ("sign", "[data-testid=pad]"), ("picture/car_form", "#form_number"),
        ("follow-up", "[data-testid=save-follow-up]"), ("leave", ".answers"),
    ):  # fmt: skip
        walk.go(f"{case}/{part}", waits_for)
        walk.look(part.split("/")[0])
    phone.clear_permissions()
    walk.go(f"{case}/picture/selfie", "[data-testid=camera-refused]")
    walk.look("camera-refused")
    page.evaluate(FULL)
    walk.go(f"{case}/leave").tap("[data-testid=outcome-paid]")
    page.wait_for_selector("[data-testid=trouble]")
    walk.look("storage-full")
    page.evaluate(ROOM)
    page.evaluate(PARKED)
    for place in ("cash", "cash/deposit", "cash/keeper", "cash/give", "cash/take", "outbox", "me"):
        walk.go(f"/{place}")
        walk.look(place.replace("/", "-"))
    sheet = page.evaluate(
        "async () => (await import('/app/state.js')).state.day.door.sheets[0].center.center_id"
    )
    walk.go(f"/center/{sheet}", "[data-testid=member]").tap("[data-testid=all-paid]")
    page.locator("[data-testid=member] input").first.fill("20000")
    page.tap("[data-testid=sheet-next]")
    walk.look("sheet")
    walk.go("/help")
    walk.look("help")
    walk.go("/map", ".leaflet-container")
    walk.look("map")
    for name, change in STATES.items():
        page.evaluate(change)
        walk.go("/cash" if name == "blocked" else "/")
        walk.look(name)
    walk.go("/sign-in", "[name=username]")
    walk.look("sign-in")
    walk.go("/")
    page.reload()
    page.wait_for_selector("[data-testid=pin-1]")
    walk.look("locked")
    enter_pin(page, "000000")
    page.wait_for_selector(".problem:not(:empty)")
    walk.look("wrong-pin")
    scene.ask(REVOKED)
    phone.route("**/salvage", lambda route: route.abort())
    phone.set_offline(False)
    page.reload()
    page.wait_for_selector("[data-testid=closed]")
    walk.look("closed")
    page.tap("[data-testid=hand-in]")
    page.wait_for_selector("[role=alert]")
    walk.look("closed-not-handed-in")
    phone.unroute("**/salvage")
    page.tap("[data-testid=hand-in]")
    page.wait_for_selector("[data-testid=wiped]")
    walk.look("wiped")
    assert walk.wrong == [], "\n".join(walk.wrong)
