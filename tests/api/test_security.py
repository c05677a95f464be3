"""The headers that every answer carries."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.responses import PlainTextResponse

from api.security import SecurityHeaders
from core.settings import settings


@pytest.fixture(autouse=True)
def _read_settings_anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


async def _headers() -> httpx.Headers:
    transport = httpx.ASGITransport(SecurityHeaders(PlainTextResponse("hello")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/")).headers


async def test_each_answer_has_a_policy_with_a_nonce_of_its_own() -> None:
    one, two = await _headers(), await _headers()
    assert one["Content-Security-Policy"] != two["Content-Security-Policy"]
    assert "default-src 'none'" in one["Content-Security-Policy"]
    assert (one["X-Content-Type-Options"], one["Cache-Control"]) == ("nosniff", "no-store")
    assert one["Cross-Origin-Opener-Policy"] == one["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(self)" in one["Permissions-Policy"]


async def test_browsers_are_told_to_come_by_https_only_where_it_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Strict-Transport-Security" not in await _headers()
    monkeypatch.setenv("ROUNDSMAN_SECURE_COOKIES", "true")
    settings.cache_clear()
    assert (await _headers())["Strict-Transport-Security"] == "max-age=31536000"
