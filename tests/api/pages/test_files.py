"""Files of the pages: kept by browser and server, and never older than what is on the disk."""

import os
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.pages.files import ASKED_AGAIN, FOR_GOOD, KeptFiles


@pytest.fixture
def browser(tmp_path: Path) -> httpx.AsyncClient:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "main.js").write_text("one")
    app = FastAPI()
    app.mount("/static", KeptFiles(tmp_path, lambda: "v0123456789ab"))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://pages")


async def test_a_file_is_sent_once_and_then_is_still_the_same(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/static/folder/main.js")
    assert (first.status_code, first.text) == (200, "one")
    assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert first.headers["Cache-Control"] == "public, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    again = await browser.get("/static/folder/main.js", headers=known)
    assert (again.status_code, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]


async def test_a_file_that_has_changed_is_sent_anew(
    browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    known = {"If-None-Match": (await browser.get("/static/folder/main.js")).headers["ETag"]}
    changed = tmp_path / "folder" / "main.js"
    changed.write_text("two")
    os.utime(changed, (0, 0))
    answer = await browser.get("/static/folder/main.js", headers=known)
    assert (answer.status_code, answer.text) == (200, "two")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/static/folder/none.js", 404),
        ("GET", "/static/folder", 404),
        ("GET", "/static/%2e%2e/%2e%2e/etc/passwd", 404),
        ("POST", "/static/folder/main.js", 405),
        ("HEAD", "/static/folder/main.js", 200),
    ],
)
async def test_nothing_else_is_sent(
    browser: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await browser.request(method, path)
    assert (answer.status_code, "one" in answer.text) == (status, False)


async def test_below_the_word_for_all_files_a_browser_keeps_them_for_good(
    browser: httpx.AsyncClient,
) -> None:
    now = await browser.get("/static/v0123456789ab/folder/main.js")
    assert (now.text, now.headers["Cache-Control"]) == ("one", FOR_GOOD)
    before = await browser.get("/static/vba9876543210/folder/main.js")
    assert (before.text, before.headers["Cache-Control"]) == ("one", ASKED_AGAIN)
    assert (await browser.get("/static/v0123456789ab/none.js")).status_code == 404
