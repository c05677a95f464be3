"""A page that has the app's files and no server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from api.pages.agent_app import APP
from map_ui.static_url import STATIC

ORIGIN = "https://facts.invalid"  # as phones have it: hashing needs a secure page


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """What `call` asks."""
    page = chromium.new_page()

    def give(route: Any) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        file = APP / path.removeprefix("/app/") if path.startswith("/app/") else None
        file = file or STATIC / path.removeprefix("/static/")
        if path == "/":
            route.fulfill(body="<!doctype html>", content_type="text/html")
        else:
            route.fulfill(body=Path(file).read_bytes(), content_type="text/javascript")

    page.route(f"{ORIGIN}/**", give)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()
