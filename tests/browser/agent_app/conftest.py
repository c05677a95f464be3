"""One browser a file, and a phone that stands at the first door of the file's `scene`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.browser.agent_app.scene import Scene, a_phone, stand_at
from tests.browser.conftest import chromium_path


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def phone(scene: Scene, playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    with a_phone(playwright.chromium, chromium_path(), tmp_path) as context:
        stand_at(context, scene.doors[str(scene.cases[0])])
        yield context
