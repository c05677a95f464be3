"""Passkeys over HTTP, where no browser is needed; `tests/browser/test_account.py` has the rest."""

import base64
import json
from typing import Any

import httpx
import pytest

from data.live import LiveBus
from data.session import EVERYTHING, Database
from tests.api.conftest import bearer
from tests.factories import PASSWORD, a_branch, a_person, a_token


@pytest.fixture
async def token(database: Database, live: LiveBus) -> str:
    await live.carry_out([("FLUSHDB",)])
    async with database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, await a_branch(session)))


def answer_to(challenge: str) -> dict[str, Any]:
    """What a browser would send, with nothing right in it but the challenge."""
    told = {"type": "webauthn.get", "challenge": challenge, "origin": "http://test"}
    encoded = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return {
        "id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": {"clientDataJSON": encoded, "authenticatorData": "AAAA", "signature": "AAAA",
                     "attestationObject": "AAAA"},
    }  # fmt: skip


async def test_a_key_is_asked_for_with_the_password_and_verifies_its_user(
    client: httpx.AsyncClient, token: str
) -> None:
    path = "/v1/me/passkeys/begin"
    wrong = await client.post(path, json={"password": "not this one"}, headers=bearer(token))
    assert (wrong.status_code, wrong.json()["type"]) == (409, "/problems/wrong-password")
    asked = await client.post(path, json={"password": PASSWORD}, headers=bearer(token))
    options = asked.json()["public_key"]
    assert options["rp"] == {"name": "Roundsman", "id": "test"}
    assert options["authenticatorSelection"]["userVerification"] == "required"


async def test_an_answer_that_is_not_the_keys_adds_nothing(
    client: httpx.AsyncClient, token: str
) -> None:
    asked = await client.post(
        "/v1/me/passkeys/begin", json={"password": PASSWORD}, headers=bearer(token)
    )
    challenge = asked.json()["public_key"]["challenge"]
    body = {"name": "Mine", "credential": answer_to(challenge)}
    refused = await client.post("/v1/me/passkeys", json=body, headers=bearer(token))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "credential"
    again = await client.post("/v1/me/passkeys", json=body, headers=bearer(token))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/challenge-gone")
    none = await client.get("/v1/me/passkeys", headers=bearer(token))
    assert none.json() == {"items": []}


async def test_a_challenge_serves_once_and_only_for_what_it_was_made(
    client: httpx.AsyncClient, token: str
) -> None:
    options = (await client.post("/v1/sign-in/passkey/begin")).json()["public_key"]
    body = {"name": "Mine", "credential": answer_to(options["challenge"])}
    other = await client.post("/v1/me/passkeys", json=body, headers=bearer(token))
    assert other.json()["type"] == "/problems/challenge-gone"
    shown = {"credential": answer_to(options["challenge"])}
    first = await client.post("/v1/sign-in/passkey", json=shown)
    assert (first.status_code, first.json()["type"]) == (401, "/problems/unknown-passkey")
    second = await client.post("/v1/sign-in/passkey", json=shown)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/challenge-gone")


@pytest.mark.parametrize(
    "credential",
    [{}, {"rawId": 1}, {"response": None}, {"response": {"clientDataJSON": "%%%"}},
     {"response": {"clientDataJSON": "AAAA"}}, {"response": {"clientDataJSON": "bnVsbA"}}],
)  # fmt: skip
async def test_nonsense_is_told_so(client: httpx.AsyncClient, credential: Any) -> None:
    answer = await client.post("/v1/sign-in/passkey", json={"credential": credential})
    assert answer.status_code == 422, answer.text
