"""What the API says itself comes in the language of who asks, and says in which."""

import httpx
import pytest

from core.said import say
from data.alerts import raise_alert
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE as NOW
from tests.factories import a_branch, a_person, a_token

SPANISH = {"Accept-Language": "es-PE,es;q=0.9"}


@pytest.fixture
async def headers(database: Database) -> dict[str, str]:
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        person = await a_person(session, branch_id, role=Role.SUPERVISOR)
        await raise_alert(
            session, branch_id, "agent_back", branch_id, say("{agent} is back", agent="Asha"),
            say("Call {name} now.", name="Asha"), NOW,
        )  # fmt: skip
        return bearer(await a_token(session, person))


async def test_a_problem_is_told_in_the_browsers_language(client: httpx.AsyncClient) -> None:
    told = await client.get("/v1/alerts", headers=SPANISH)
    assert told.status_code == 401
    assert told.headers["Content-Language"] == "es-PE"
    assert "Accept-Language" in told.headers["Vary"]
    assert told.json()["detail"] == "Entre y luego envíe el token como `Authorization: Bearer …`"
    assert told.json()["type"] == "/problems/not-signed-in"
    english = await client.get("/v1/alerts")
    assert english.headers["Content-Language"] == "en"
    assert english.json()["title"] == "You are not signed in"


async def test_what_a_field_expects_is_told_too(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    told = await client.get("/v1/alerts?limit=0", headers=headers | SPANISH)
    assert told.json()["errors"] == [{"field": "limit", "expected": "mayor o igual que 1"}]
    assert told.json()["title"] == "La solicitud tiene campos que no se pueden usar"
    assert told.json()["detail"] == "limit: mayor o igual que 1"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "required"),
        ("es", "Falta este campo"),
        ("hi", "यह फ़ील्ड ज़रूरी है"),
        ("id", "Isian ini wajib"),
    ],
)
async def test_an_empty_text_is_missing_like_one_that_did_not_come(
    client: httpx.AsyncClient, language: str, words: str
) -> None:
    told = await client.post(
        "/v1/sign-in", headers={"Accept-Language": language}, json={"username": ""}
    )
    assert told.json()["errors"] == [
        {"field": "username", "expected": words}, {"field": "password", "expected": words}
    ]  # fmt: skip


async def test_an_empty_list_is_told_in_the_readers_language(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    told = await client.post(
        "/v1/address-point-proposals/accept", headers=headers | SPANISH, json={"ids": []}
    )
    assert {"field": "ids", "expected": "al menos uno"} in told.json()["errors"]


async def test_a_stored_alert_is_told_in_the_language_that_its_reader_has_chosen(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await client.put("/v1/me/language", headers=headers, json={"language": "id"})
    told = await client.get("/v1/alerts", headers=headers | SPANISH)
    assert told.headers["Content-Language"] == "id"
    [alert] = told.json()["items"]
    assert (alert["title"], alert["detail"]) == ("Asha sudah kembali", "Hubungi Asha sekarang.")


async def test_an_answer_in_which_nothing_was_said_names_no_language(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert "Content-Language" not in (await client.get("/v1/me/language", headers=headers)).headers
