"""What goes wrong with a phone is told in plain words, and what was written down stays."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from benchmarks._offline_phone import FULL, ROOM
from tests.browser.agent_app.scene import (
    Scene,
    a_phone,
    a_scene,
    stand_at,
    start_shift,
    sync_state,
    wait_until_sent,
)
from tests.browser.conftest import chromium_path
from tests.browser.pictures import photograph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(database_url: str, redis_url: str) -> Iterator[Scene]:
    with a_scene(database_url, redis_url, stops=5) as scene:
        yield scene


def open_case(scene: Scene, phone: BrowserContext, page: Page, number: int) -> None:
    case = str(scene.cases[number])
    stand_at(phone, scene.doors[case])
    page.goto(f"{scene.network.url}/app/#/case/{case}")
    page.wait_for_selector("[data-testid=check-in]")


def leave(page: Page) -> None:
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-not_home]")
    page.wait_for_selector("[data-testid=stop]")


def test_a_full_phone_says_that_nothing_was_written_down_and_takes_it_once_there_is_room(
    scene: Scene, phone: BrowserContext
) -> None:
    page = phone.pages[0]
    start_shift(scene, page)
    open_case(scene, phone, page, 0)
    page.evaluate(FULL)
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("text=This phone is full: nothing was written down")
    assert sync_state(page) == {}
    photograph(page, "phone_full", looks=True)
    page.evaluate(ROOM)
    page.tap("[data-testid=check-in]")
    page.wait_for_selector("[data-testid=leave]")
    leave(page)
    wait_until_sent(page, 2)


def test_without_the_location_the_app_says_how_to_allow_it_and_visits_go_on(
    scene: Scene, playwright: Playwright, tmp_path: Path
) -> None:
    with a_phone(playwright.chromium, chromium_path(), tmp_path, permissions=["camera"]) as phone:
        page = phone.pages[0]
        start_shift(scene, page)
        page.goto(f"{scene.network.url}/app/#/me")
        page.wait_for_selector("text=This app may not use the location")
        photograph(page, "phone_me", looks=True)
        page.goto(f"{scene.network.url}/app/#/case/{scene.cases[2]}")
        page.wait_for_selector("text=This phone does not know where it is yet")
        page.tap("[data-testid=check-in]")
        page.wait_for_selector("[data-testid=leave]")
        leave(page)
        wait_until_sent(page, 2)
        [row] = scene.ask("SELECT verdict FROM check_in WHERE case_id = :case", case=scene.cases[2])
        assert row.verdict == "unverified"


def test_a_refused_camera_is_told_and_a_picture_is_taken_from_a_file(
    scene: Scene, playwright: Playwright, tmp_path: Path
) -> None:
    granted = {"permissions": ["geolocation"]}
    with a_phone(playwright.chromium, chromium_path(), tmp_path, **granted) as phone:
        page = phone.pages[0]
        start_shift(scene, page)
        open_case(scene, phone, page, 3)
        page.tap("[data-testid=check-in]")
        page.tap("[data-testid=picture]")
        page.wait_for_selector("text=This app may not use the camera")
        photograph(page, "phone_camera", looks=True)
        picture = io.BytesIO()
        Image.effect_noise((2400, 1800), 90).convert("RGB").save(picture, "PNG")
        page.set_input_files(
            "input[type=file]",
            {"name": "door.png", "mimeType": "image/png", "buffer": picture.getvalue()},
        )
        page.wait_for_selector("[data-testid=shot]")
        page.tap("[data-testid=keep-picture]")
        page.wait_for_selector("[data-testid=leave]")
        leave(page)
        wait_until_sent(page, 3)
        [row] = scene.ask(
            "SELECT size_bytes FROM attachment WHERE case_id = :case", case=scene.cases[3]
        )
        assert row.size_bytes <= 150_000
