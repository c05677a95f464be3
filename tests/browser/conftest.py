"""A headless Chromium that can reach this machine and nothing else."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from cli.chromium import OPTIONS

expect.set_options(timeout=30_000)  # as all other waits: a busy machine draws late


@dataclass
class Watched:
    """A page, with all that went wrong on it and all it asked of other hosts."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def chromium_path() -> str:
    """The Chromium that the tests drive."""
    path = os.environ.get("ROUNDSMAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.exit("Chromium is missing: run ./roundsman test, which installs it", 4)
    return path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for a module's tests; its event loop would be in the way of other modules."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*OPTIONS, "--disable-component-update", "--disable-sync",
                  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
        )  # fmt: skip
        yield browser
        browser.close()


def watched(browser: Browser, width: int = 1400, height: int = 900) -> Watched:
    """A new page whose requests to other hosts, which reach nobody, are noted, as are errors."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    watch = Watched(page)

    def note(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            watch.outside.append(request.url)

    page.on("request", note)
    page.on("console", lambda m: watch.wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watch.wrong.append(str(error)))
    return watch
