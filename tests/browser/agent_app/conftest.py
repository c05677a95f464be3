"""One browser a file, and a phone that stands at the first door of the file's `scene`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.agent_app.scene import CHROMIUM_OPTIONS, PHONE, Scene, stand_at
from tests.browser.conftest import chromium_path


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_OPTIONS)
    yield browser
    browser.close()


@pytest.fixture
def phone(scene: Scene, browser: Browser) -> Iterator[BrowserContext]:
    """A new phone, whose storage ends with the test; `a_phone` has one that keeps it."""
    context = browser.new_context(**PHONE)
    stand_at(context, scene.doors[str(scene.cases[0])])
    context.new_page()
    yield context
    context.close()
