"""The allocation workbench: ask what would be if, weigh it, edit it, publish it, undo it."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from allocation.territories.set_territory import set_territory
from allocation.territories.shape import shape_in
from allocation.territories.territory import Days, Territory
from core.geometry import LatLon
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from identity.store import branches
from streets.publish import publish
from tests.browser.conftest import Watched, watched
from tests.browser.pictures import photograph
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_case, a_person, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, SHIFT
from tests.served import Served, serving, set_clock
from tests.streets.small_city import at, small_graph

pytestmark = pytest.mark.browser
SOLVED_MS = 90_000


@dataclass
class Bench:
    """The product with two branches, and the manager's username."""

    served: Served
    user: str


async def _set_up(database_url: str, redis_url: str) -> str:
    live = LiveBus(redis_url)
    database = Database(database_url, live)
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        head = await a_branch(session, "HO")
        code = await branch_code(session, head)
        town = await a_branch(session, "TOWN", parent_code=code, location=LatLon(*at(0, 0)))
        port = await a_branch(session, "PORT", parent_code=code, location=LatLon(*at(400, 300)))
        ana = await an_agent(session, town, "Ana Rojas", home=LatLon(*at(0, 0)), shift=SHIFT)
        await an_agent(session, town, "Ben Soto", home=LatLon(*at(400, 300)), shift=SHIFT)
        fay = await an_agent(session, port, "Fay Vega", home=LatLon(*at(400, 0)), shift=SHIFT)
        for n in range(14):
            spot = LatLon(*at(28.0 * n + 10, 100.0 * (n % 4)))
            owner = fay if n % 5 == 0 else ana
            branch = port if n % 5 == 0 else town
            await a_case(session, branch, at=spot, agent_id=owner, customer_name=f"Customer {n}")
        manager = await a_person(session, head, Role.ALLOCATION_MANAGER, "Mia Manager")
        view = next(one for one in await branches(session) if one.id == town)
        ring = [at(-50, -50), at(450, -50), at(450, 350), at(-50, 350), at(-50, -50)]
        shape = {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in ring]]}
        market = Territory("T-1", "Market", shape_in(shape).wkb)
        await set_territory(session, view, market, Days(DAY), manager, MONDAY_NINE)
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=manager)
    await database.close()
    await live.close()
    name: str = found[0].username
    return name


@pytest.fixture
def bench(own_database_url: str, redis_url: str) -> Iterator[Bench]:
    set_clock(own_database_url, MONDAY_NINE)
    with ThreadPoolExecutor(1) as thread:
        user = thread.submit(asyncio.run, _set_up(own_database_url, redis_url)).result()
    with serving(own_database_url, redis_url) as served:
        yield Bench(served, user)


def signed_in(chromium: Browser, bench: Bench, width: int = 1366, height: int = 860) -> Watched:
    watch = watched(chromium, width, height)
    watch.page.goto(f"{bench.served.url}/allocation")
    watch.page.wait_for_url("**/sign-in**")
    watch.page.fill("[name=username]", bench.user)
    watch.page.fill("[name=password]", PASSWORD)
    watch.page.click("button[type=submit]")
    watch.page.wait_for_url("**/allocation**")
    return watch


def ask(page: Page, name: str, **filled: str) -> None:
    page.get_by_test_id("ask").click()
    form = page.get_by_test_id("scenario-form")
    form.locator("[name=name]").fill(name)
    for field, value in filled.items():
        form.locator(f"[name={field}]").fill(value)
    form.get_by_role("button", name="Find out").click()


def chosen_in(select: Locator) -> str:
    words: str = select.evaluate("select => select.selectedOptions[0].text")
    return words


def place_of_a_case(page: Page) -> tuple[float, float]:
    """Where on the screen the case lies that is farthest from where any agent starts."""
    x, y = page.evaluate(
        """async () => {
          const id = new URL(location.href).searchParams.get("proposal");
          const { changes, agents } = await (await fetch(`/v1/assignment-proposals/${id}`)).json();
          const on = ({ lat, lon }) => map_difference.latLngToContainerPoint([lat, lon]);
          const near = (one) => Math.min(...agents.map((agent) => on(one).distanceTo(on(agent))));
          const known = changes.filter(({ lat }) => lat !== null);
          const [far] = known.sort((a, b) => near(b) - near(a));
          const { left, top } = map_difference.getContainer().getBoundingClientRect();
          return [on(far).x + left, on(far).y + top];
        }"""
    )
    return x, y


CASES_UNDER_THE_KEY = """
async () => {
  const id = new URL(location.href).searchParams.get("proposal");
  const { changes } = await (await fetch(`/v1/assignment-proposals/${id}`)).json();
  const { left, top } = map_difference.getContainer().getBoundingClientRect();
  const key = document.querySelector(".map-key").getBoundingClientRect();
  return changes.filter(({ lat }) => lat !== null).filter(({ lat, lon }) => {
    const { x, y } = map_difference.latLngToContainerPoint([lat, lon]);
    return y + top > key.top && x + left > key.left && x + left < key.right;
  }).length;
}
"""


def test_no_case_lies_under_the_key_and_no_toast_on_it(chromium: Browser, bench: Bench) -> None:
    page = signed_in(chromium, bench, 1366, 420).page
    ask(page, "One more in town", disturbance_min="0")
    expect(page.get_by_test_id("changes")).to_be_visible(timeout=SOLVED_MS)
    assert page.evaluate(CASES_UNDER_THE_KEY) == 0
    page.get_by_test_id("publish").click()
    page.get_by_test_id("decide-form").get_by_role("button", name="Publish").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("changed hands")
    told, key = toast.bounding_box(), page.locator(".map-key").bounding_box()
    assert told
    assert key
    assert told["y"] + told["height"] < key["y"]


def test_a_manager_weighs_edits_publishes_and_undoes(chromium: Browser, bench: Bench) -> None:
    watch = signed_in(chromium, bench)
    page = watch.page
    expect(page.get_by_text("Nothing is being weighed")).to_be_visible()
    # A name is wanted; the problem stands under its field.
    ask(page, "")
    expect(page.locator("#name-problem")).not_to_be_empty()
    page.get_by_role("button", name="Cancel").click()
    ask(page, "One more in town", disturbance_min="0")
    figures = page.get_by_test_id("figures")
    expect(figures).to_be_visible(timeout=SOLVED_MS)
    expect(figures.get_by_role("row", name="Cases that change hands")).to_contain_text("▲")
    expect(figures.get_by_role("row", name="The most")).to_contain_text("better")
    changes = page.get_by_test_id("changes").get_by_role("listitem")
    many = changes.count()
    assert many > 2
    # One of the changes is not wanted, another goes elsewhere.
    changes.first.get_by_role("button", name="Leave it").click()
    expect(changes).to_have_count(many - 1)
    expect(page.get_by_text("revision 2")).to_be_visible()
    changes.first.get_by_role("button", name="Give to…").click()
    form = page.get_by_test_id("decide-form")
    form.get_by_label("Give it to").select_option(label="nobody")
    form.get_by_label("Why").fill("goes to the lawyers")
    form.get_by_role("button", name="Give it").click()
    expect(page.get_by_test_id("lacks")).to_contain_text("a manager takes it")
    expect(page.get_by_text("Mia Manager: goes to the lawyers")).to_be_visible()
    # Two that are picked are dragged together onto an agent; the keyboard picks and gives, too.
    for nth in (0, 1):
        changes.nth(nth).get_by_role("checkbox").check()
    expect(page.get_by_test_id("picked")).to_contain_text("2 picked")
    changes.nth(1).locator(".grip").hover()
    page.mouse.down()
    page.mouse.move(420, 400, steps=4)
    bar = page.get_by_test_id("drop-bar")
    bar.get_by_text("Ben Soto").hover()
    expect(bar.locator(".over")).to_have_text("Ben Soto")
    photograph(page, "allocation-drag")
    page.mouse.up()
    expect(form).to_contain_text("Give 2 cases")
    assert chosen_in(form.get_by_label("Give them to")) == "Ben Soto"
    form.get_by_label("Why").fill("Ben knows the street")
    form.get_by_text("Even if a rule").click()
    form.get_by_role("button", name="Give them").click()
    expect(page.get_by_text("Mia Manager: Ben knows the street").first).to_be_visible()
    expect(page.get_by_test_id("picked")).to_have_count(0)
    photograph(page, "allocation")
    # From the map a case is taken as well, and it says so; the map itself stays where it is.
    expect(page.locator("#map-key")).to_contain_text("Drag a case onto whoever is to have it")
    where = page.evaluate("map_difference.getCenter()")
    page.mouse.move(*place_of_a_case(page))
    page.mouse.down()
    page.mouse.move(420, 400, steps=4)
    bar.get_by_text("Ben Soto").hover()
    page.mouse.up()
    expect(form).to_contain_text("Give it to")
    assert chosen_in(form.get_by_label("Give it to")) == "Ben Soto"
    assert page.evaluate("map_difference.getCenter()") == where
    page.keyboard.press("Escape")
    # Search leaves what it finds, on the map too.
    page.get_by_role("searchbox").fill("no such customer")
    expect(page.get_by_test_id("shown")).to_contain_text("0 of ")
    page.get_by_role("searchbox").fill("")
    page.get_by_test_id("publish").click()
    page.get_by_test_id("decide-form").get_by_role("button", name="Publish").click()
    expect(page.get_by_test_id("undo")).to_be_visible()
    page.get_by_test_id("undo").click()
    page.get_by_test_id("decide-form").get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_test_id("proposals").get_by_text("Undone")).to_be_visible()
    assert watch.outside == []
    assert [text for text in watch.wrong if "422" not in text] == []


def test_it_can_be_used_on_a_phone_and_says_why_a_scenario_failed(
    chromium: Browser, bench: Bench
) -> None:
    watch = signed_in(chromium, bench, 390, 844)
    page = watch.page
    ask(page, "Only one more", more="1")
    expect(page.get_by_test_id("changes")).to_be_visible(timeout=SOLVED_MS)
    expect(page.get_by_text("in the scenario only").first).to_be_visible()
    box = page.locator("#map_difference").bounding_box()
    assert box
    assert box["height"] > 300
    # A change's words have the width; what can be done stands below them.
    change = page.get_by_test_id("changes").get_by_role("listitem").first
    words, acts = change.locator("p").bounding_box(), change.locator(".acts").bounding_box()
    assert words
    assert acts
    assert words["width"] > 270
    assert acts["y"] >= words["y"] + words["height"]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.get_by_test_id("ask").click()
    form = page.get_by_test_id("scenario-form")
    form.locator("[name=name]").fill("Alone")
    form.locator("[name=branch_ids]").first.uncheck()
    form.locator("[name=close]").select_option(index=2)
    form.get_by_role("button", name="Find out").click()
    # Which of the two branches is left decides what is wrong; either way it is told.
    expect(page.locator(".banner.offline:visible").first).to_be_visible(timeout=SOLVED_MS)


def test_a_territory_is_split_between_two_teams(chromium: Browser, bench: Bench) -> None:
    watch = signed_in(chromium, bench)
    page = watch.page
    page.get_by_test_id("ask").wait_for()
    held: list[Route] = []
    page.route("**/territories.geojson", lambda route: held.append(route))  # noqa: PLW0108 it wants one of Python
    page.reload()
    page.get_by_test_id("ask").click()
    form = page.get_by_test_id("scenario-form")
    form.locator("[name=name]").fill("Two teams")
    expect(form.locator("[name=split]")).to_have_count(0)
    while not held:
        page.wait_for_timeout(50)
    # The territories come while the form is filled in: it offers them, and keeps what is typed.
    for route in held:
        route.continue_()
    expect(form.locator("[name=split]")).to_be_visible()
    expect(form.locator("[name=name]")).to_have_value("Two teams")
    form.locator("[name=split]").select_option(index=1)
    for field, name in (("split_first", "Ana"), ("split_second", "Ben")):
        option = form.locator(f"[name={field}] option", has_text=name)
        form.locator(f"[name={field}]").select_option(value=option.get_attribute("value"))
    form.get_by_role("button", name="Find out").click()
    parts = page.get_by_test_id("parts")
    expect(parts).to_be_visible(timeout=SOLVED_MS)
    expect(parts.get_by_role("row", name="T-1/1")).to_contain_text("Ben Soto")
    expect(parts.get_by_role("row", name="T-1/2")).to_contain_text("Ana Rojas")
    assert (watch.wrong, watch.outside) == ([], [])
