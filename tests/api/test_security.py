"""The headers that every answer carries."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.security import SecurityHeaders
from core.settings import settings


@pytest.fixture(autouse=True)
def _read_settings_anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


async def _headers(answer: Response | None = None) -> httpx.Headers:
    transport = httpx.ASGITransport(SecurityHeaders(answer or HTMLResponse("hello")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/")).headers


async def test_each_answer_has_a_policy_with_a_nonce_of_its_own() -> None:
    one, two = await _headers(), await _headers()
    assert one["Content-Security-Policy"] != two["Content-Security-Policy"]
    assert "default-src 'none'" in one["Content-Security-Policy"]
    assert (one["X-Content-Type-Options"], one["Cache-Control"]) == ("nosniff", "no-store")
    assert one["Cross-Origin-Opener-Policy"] == one["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(self)" in one["Permissions-Policy"]


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({}),
        JSONResponse({}, 422, media_type="application/problem+json"),
        Response(status_code=304),
    ],
)
async def test_what_is_no_document_may_do_nothing_and_costs_a_phone_little(
    answer: Response,
) -> None:
    headers = await _headers(answer)
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sum(len(name) + len(its) + 4 for name, its in headers.items()) < 300


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/javascript"])
async def test_what_a_browser_could_run_has_the_whole_policy(media_type: str) -> None:
    headers = await _headers(Response("", media_type=media_type))
    assert "script-src 'nonce-" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


async def test_browsers_are_told_to_come_by_https_only_where_it_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Strict-Transport-Security" not in await _headers()
    monkeypatch.setenv("ROUNDSMAN_SECURE_COOKIES", "true")
    settings.cache_clear()
    assert (await _headers())["Strict-Transport-Security"] == "max-age=31536000"
