"""Territories on the live map: switched on and off, with what lies in each."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watched
from tests.browser.pictures import photograph
from tests.browser.test_live_map import LIVE, Town, a_town, fill_in, sign_in, until
from tests.factories import PASSWORD
from tests.streets.small_city import at

pytestmark = pytest.mark.browser

WIDE_M = 60


def box(west_m: float, east_m: float) -> dict[str, Any]:
    corners = (
        (west_m, -WIDE_M),
        (east_m, -WIDE_M),
        (east_m, 300),
        (west_m, 300),
        (west_m, -WIDE_M),
    )
    ring = [[lon, lat] for lat, lon in (at(*corner) for corner in corners)]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture(scope="module")
def town(database_url: str, redis_url: str) -> Iterator[Town]:
    """Two territories, one with an agent, over a town with four cases."""
    with a_town(database_url, redis_url) as town:
        town.ping(0, (0, 0))
        with httpx.Client(base_url=town.served.url, timeout=20) as client:
            body = {"username": town.username, "password": PASSWORD}
            token = client.post("/v1/sign-in", json=body).json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            (branch,) = client.get("/v1/branches").json()
            for code, name, shape, agents in (
                ("T-1", "<b>West</b>", box(-WIDE_M, 250), [town.agent_id]),
                ("T-2", "East", box(250, 500), []),
            ):
                client.put(
                    f"/v1/branches/{branch['code']}/territories/{code}",
                    json={"name": name, "shape": shape, "agent_ids": agents},
                ).raise_for_status()
        yield town


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 780), (1366, 768)])
def test_territories_are_switched_on_and_tell_what_lies_in_them(
    town: Town, chromium: Browser, width: int, height: int, scheme: Any
) -> None:
    watch = watched(chromium, width, height)
    page = watch.page
    page.emulate_media(color_scheme=scheme)
    sign_in(page, town)
    until(page, LIVE)
    switch = page.get_by_test_id("territories")
    switch.focus()
    page.keyboard.press("Enter")
    until(page, "() => window.roundsman.territories >= 2")
    expect(switch).to_have_attribute("aria-pressed", "true")
    lat, lon = at(150, 60)
    spot = page.evaluate(
        "([lat, lon]) => { const p = map_live.latLngToContainerPoint([lat, lon]);"
        " const box = map_live.getContainer().getBoundingClientRect();"
        " return [box.x + p.x, box.y + p.y]; }",
        [lat, lon],
    )
    page.mouse.move(*spot)
    tip = page.locator(".territory-tip")
    expect(tip).to_contain_text("T-1 · <b>West</b>")
    expect(tip).to_contain_text("Diego Soto")
    expect(tip).to_contain_text("2 open cases, 2 due")
    switch.click()
    until(page, "() => window.roundsman.territories === 0")
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert watch.outside == []
    assert watch.wrong == []


@pytest.mark.parametrize(("width", "height"), [(390, 780), (1366, 768)])
def test_a_manager_draws_one_with_keys_and_has_others_proposed(
    town: Town, chromium: Browser, width: int, height: int
) -> None:
    watch = watched(chromium, width, height)
    page = watch.page
    page.goto(f"{town.served.url}/territories")
    page.wait_for_url("**/sign-in**")
    fill_in(page, town)
    page.wait_for_url("**/territories")
    expect(page.get_by_test_id("standing")).to_contain_text("T-1 · <b>West</b>")
    # It is drawn around where the cases are.
    until(
        page,
        "() => Object.values(map_territories._layers)"
        ".filter((each) => each instanceof L.CircleMarker).length === 4",
    )
    page.get_by_test_id("new").click()
    # A new one takes nothing from those that stand.
    page.fill("#code", "T-1")
    page.get_by_test_id("save").click()
    expect(page.locator("#code-problem")).to_have_text("a code that no other territory has")
    page.fill("#code", f"Far-{width}")
    for east, north in ((900, 0), (990, 0), (990, 90 if width < 500 else -90)):
        page.evaluate(
            "at => map_territories.setView(at, 16, {animate: false})", list(at(east, north))
        )
        page.get_by_test_id("add-corner").click()
    corner = page.locator(".corner").nth(1)
    corner.focus()
    before = corner.bounding_box()
    page.keyboard.press("ArrowLeft")
    after = page.locator(".corner").nth(1).bounding_box()
    assert before
    assert after
    assert after["x"] < before["x"]
    # One step back at a time, by the button and by the keys.
    page.get_by_test_id("undo-corner").click()
    assert page.locator(".corner").nth(1).bounding_box() == before
    page.get_by_test_id("add-corner").click()
    expect(page.locator(".corner")).to_have_count(4)
    page.locator(".corner").first.focus()
    page.keyboard.press("Control+z")
    expect(page.locator(".corner")).to_have_count(3)
    page.get_by_label("Diego Soto").check()
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("standing")).to_contain_text(f"Far-{width}")
    page.fill("#territories", "2")
    page.fill("#tolerance_pct", "60")
    page.get_by_test_id("propose").click()
    expect(page.get_by_test_id("proposal")).to_contain_text("2 territories", timeout=60_000)
    if width > 500:
        photograph(page, "territories")
    page.get_by_role("button", name="Put it aside").click()
    expect(page.get_by_test_id("standing")).to_contain_text(f"Far-{width}")
    assert watch.outside == []
    assert watch.wrong == []


def test_what_crosses_itself_is_marked_while_it_is_drawn_and_not_saved(
    town: Town, chromium: Browser
) -> None:
    watch = watched(chromium, 1366, 768)
    page = watch.page
    page.goto(f"{town.served.url}/territories")
    page.wait_for_url("**/sign-in**")
    fill_in(page, town)
    page.get_by_test_id("new").click()
    page.fill("#code", "Bow")
    # Nothing is drawn: the form says so at the shape.
    page.get_by_test_id("save").click()
    expect(page.locator("#shape-problem")).to_contain_text("Draw three corners or more")
    page.evaluate("at => map_territories.setView(at, 17, {animate: false})", list(at(1200, 200)))
    box = page.locator("#map_territories").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for number, (right, down) in enumerate(((-90, 90), (90, 90), (90, -90), (-90, -90)), 1):
        page.mouse.click(x + right, y + down)
        expect(page.locator(".corner")).to_have_count(number)
        if number == 1:
            expect(page.get_by_text("1 corner. Click the map")).to_be_visible()
    expect(page.locator("#shape-problem")).to_be_empty()
    crosses = page.get_by_test_id("crosses")
    expect(crosses).to_be_empty()
    # A corner is dragged over the side across from it.
    page.mouse.move(x + 90, y - 90)
    page.mouse.down()
    page.mouse.move(x - 40, y + 150, steps=5)
    page.mouse.up()
    expect(crosses).to_contain_text("Two sides cross at the ring on the map. Drag a corner")
    photograph(page, "territories-crossing", looks=True)
    page.get_by_test_id("save").click()
    expect(page.locator("fieldset[name=shape]")).to_be_focused()
    expect(crosses).to_contain_text("Two sides cross")
    # One key takes away nothing that was drawn.
    page.keyboard.press("Escape")
    expect(page.locator(".corner")).to_have_count(4)
    page.get_by_test_id("undo-corner").click()
    expect(crosses).to_be_empty()
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("standing")).to_contain_text("Bow")
    assert watch.outside == []
    assert watch.wrong == []
