"""Everybody reads the office's pages in their own language."""

import httpx
import pytest

from data.session import EVERYTHING, Database
from map_ui.texts.language import LANGUAGES
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token


@pytest.fixture
async def headers(database: Database) -> dict[str, str]:
    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, await a_person(session, await a_branch(session)))
    return bearer(token)


async def test_a_page_speaks_the_browsers_language_until_one_is_chosen(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    browser = headers | {"Accept-Language": "es-PE,es;q=0.9"}
    page = await client.get("/account", headers=browser)
    assert '<html lang="es-PE">' in page.text
    before = await client.get("/v1/me/language", headers=headers)
    assert before.json() == {"language": None, "languages": LANGUAGES}

    chosen = await client.put("/v1/me/language", headers=headers, json={"language": "id"})
    assert chosen.json()["language"] == "id"
    page = await client.get("/account", headers=browser)
    assert '<html lang="id">' in page.text
    assert "Akun Anda" in page.text

    await client.put("/v1/me/language", headers=headers, json={"language": None})
    page = await client.get("/account", headers=browser)
    assert '<html lang="es-PE">' in page.text


async def test_a_language_that_we_do_not_speak_is_refused_with_those_we_do(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.put("/v1/me/language", headers=headers, json={"language": "tlh"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "language", "expected": "one of en, es, hi, id, or null"}
    ]


async def test_the_texts_of_modules_come_as_a_script_that_browsers_keep(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/texts/es.js?v=1")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    assert '"Sign out": "Salir"' in answer.text
    assert (await client.get("/texts/..%2Fes.js")).status_code in (404, 422)
    assert (await client.get("/texts/tlh.js")).status_code == 422
