"""Each screen of the app at 360 × 740, with long names, in the scripts that take the most room:
nothing is cut off, everything to touch is 48 px, and every text can be read in the sun (7:1)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from benchmarks._offline_phone import FULL, ROOM
from tests.browser.agent_app.scene import (
    Scene,
    a_center,
    a_scene,
    enter_pin,
    in_center,
    stand_at,
    start_shift,
)
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text()
LANGUAGES = ("hi", "id")
NAMES = (
    "श्रीमती विजयलक्ष्मी चन्द्रशेखरन् अय्यर", "Raden Ajeng Sulistyowati Kusumadiningrat",
    "Venkatanarasimharajuvaripeta Subrahmanyam", "Bu Siti", "अनुराधा",
)  # fmt: skip
SPEAK = """async (code) => (await import("/app/kept/database.js")).keep("language", code)"""
SESSION_OVER = """async () => {
  const { keep, value } = await import("/app/kept/database.js");
  await keep("session", { ...(await value("session")), is_over: true });
}"""
WRONG = """async () => {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`wider than the screen: ${wide}`);
  const CONTRAST = ["color-contrast", "color-contrast-enhanced"]; // below 4.5, and below 7
  const html = (each) => each.outerHTML.replace(/<!--.*?-->/g, "").slice(0, 160);
  const touched = "button, select, main input, .tabs a, .links a, .button, summary";
  for (const each of document.querySelectorAll(touched)) {
    const { height, right } = each.getBoundingClientRect();
    if (!each.checkVisibility() || ["radio", "checkbox", "file"].includes(each.type)) continue;
    if (height < 47.5) found.push(`${height} px high: ${html(each)}`);
    if (right > innerWidth + 1 && !each.closest(".chips")) found.push(`outside: ${html(each)}`);
    if (each.scrollWidth > each.clientWidth + 1 && each.matches("button, .button"))
      found.push(`cut off: ${each.textContent.trim()}`);
  }
  const { violations } = await axe.run({ runOnly: CONTRAST });
  const nodes = violations.flatMap((each) => each.nodes);
  return found.concat(nodes.map((node) => `${node.html.slice(0, 160)}: ${node.any[0]?.message}`));
}"""


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=40, limit_minor=60_000) as scene:
        for n, case in enumerate(scene.cases):
            scene.ask(
                "UPDATE customer SET full_name = :name WHERE id ="
                " (SELECT customer_id FROM case_file WHERE id = :case) RETURNING id",
                name=f"{NAMES[n % len(NAMES)]} {n + 1}", case=case,
            )  # fmt: skip
        a_center(scene, "Kelompok Perempuan Mandiri Sejahtera")
        in_center(scene, "Kelompok Perempuan Mandiri Sejahtera", range(30, 34))
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
        """Look at what is on the screen, in each language."""
        for code in LANGUAGES:
            self.page.evaluate(SPEAK, code)
            self.page.wait_for_selector(f"html[lang={code}]")
            if not self.page.evaluate("'axe' in globalThis"):
                self.page.evaluate(AXE)
            self.wrong += [f"{name} ({code}): {each}" for each in self.page.evaluate(WRONG)]
            photograph(self.page, f"screen-{name}-{code}", looks=code == "hi")

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
    start_shift(scene, page)
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
    page.evaluate(SESSION_OVER)
    walk.go("/")
    walk.look("signed-out")
    walk.go("/sign-in", "[name=username]")
    walk.look("sign-in")
    walk.go("/")
    page.reload()
    page.wait_for_selector("[data-testid=pin-1]")
    walk.look("locked")
    enter_pin(page, "000000")
    page.wait_for_selector(".problem:not(:empty)")
    walk.look("wrong-pin")
    assert walk.wrong == [], "\n".join(walk.wrong)
