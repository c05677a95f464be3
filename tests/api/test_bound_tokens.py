"""Tokens that are bound to a phone's key: what opens with one, and what does not."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from core.clock import Clock
from core.ids import new_id
from data.limits import Limits
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.bearers.proof import PROOF_LIFE_S
from identity.devices.end_key import change_key
from identity.policies.set_policy import set_policy
from tests.api.conftest import bearer
from tests.application import application, talking_to
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_device, an_agent, branch_code


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone with a key of its own."""

    key: ECKey

    def proof(
        self,
        method: str,
        path: str,
        token: str | None = None,
        at_s: float = 0,
        its_id: str | None = None,
    ) -> dict[str, str]:
        """The header of a proof; `at_s` from now."""
        claims: dict[str, Any] = {
            "htm": method, "htu": f"https://field.example{path}", "jti": its_id or str(new_id()),
            "iat": MONDAY_NINE.timestamp() + at_s,
        }  # fmt: skip
        if token:
            hashed = hashlib.sha256(token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(hashed).rstrip(b"=").decode()
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.as_dict(private=False)}
        return {"DPoP": jwt.encode(head, claims, self.key)}

    def asking(self, method: str, path: str, token: str) -> dict[str, str]:
        """The headers of a request with a token."""
        return bearer(token) | self.proof(method, path, token)


@dataclass(frozen=True, slots=True)
class Person:
    """An agent, with a device of their branch."""

    id: UUID
    branch_id: UUID
    username: str
    device_id: UUID
    device_key: str


@pytest.fixture
def phone() -> Phone:
    return Phone(ECKey.generate_key("P-256"))


@pytest.fixture
async def agent(database: Database) -> Person:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        device, key = await a_device(session, branch)
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=agent)
    return Person(agent, branch, found[0].username, device, key)


async def sign_in(client: httpx.AsyncClient, agent: Person, phone: Phone | None) -> str:
    answer = await client.post(
        "/v1/sign-in", json={"username": agent.username, "password": PASSWORD},
        headers=phone.proof("POST", "/v1/sign-in") if phone else {},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.json()["is_bound"] == (phone is not None)
    client.cookies.clear()
    return str(answer.json()["token"])


async def require(database: Database, branch_id: UUID) -> None:
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, branch_id)
        await set_policy(session, code, "agent_tokens_bound", True, None, MONDAY_NINE)


async def test_a_bound_token_opens_with_its_key_alone(
    client: httpx.AsyncClient, agent: Person, phone: Phone
) -> None:
    token = await sign_in(client, agent, phone)
    opened = await client.get("/v1/me", headers=phone.asking("GET", "/v1/me", token))
    assert opened.status_code == 200
    other = Phone(ECKey.generate_key("P-256"))
    for headers in (
        bearer(token),
        {"Cookie": f"roundsman_session={token}"},
        other.asking("GET", "/v1/me", token),
        bearer(token) | phone.proof("GET", "/v1/me"),  # of no token
        phone.asking("POST", "/v1/me", token),
        phone.asking("GET", "/v1/sign-in", token),
        bearer(token) | {"DPoP": "x"},
    ):
        refused = await client.get("/v1/me", headers=headers)
        assert refused.status_code == 401, headers
        assert refused.json()["type"] == "/problems/proof-refused"


async def test_a_proof_that_was_copied_with_its_token_repeats_nothing(
    client: httpx.AsyncClient, agent: Person, phone: Phone
) -> None:
    token = await sign_in(client, agent, phone)
    copied = phone.asking("GET", "/v1/me", token)
    together = await asyncio.gather(*(client.get("/v1/me", headers=copied) for _ in range(5)))
    assert sorted(answer.status_code for answer in together) == [200, 401, 401, 401, 401]
    again = await client.get("/v1/me", headers=copied)
    assert (again.status_code, again.json()["type"]) == (401, "/problems/proof-out-of-time")
    # Another phone may have given its proof the same id by chance.
    other = Phone(ECKey.generate_key("P-256"))
    theirs = await sign_in(client, agent, other)
    with_same_id = bearer(theirs) | other.proof("GET", "/v1/me", theirs, its_id="1")
    mine = bearer(token) | phone.proof("GET", "/v1/me", token, its_id="1")
    for headers in (with_same_id, mine):
        assert (await client.get("/v1/me", headers=headers)).status_code == 200


async def test_while_redis_is_away_a_phone_goes_on(
    database: Database, live: LiveBus, clock: Clock, agent: Person, phone: Phone
) -> None:
    away = LiveBus("redis://127.0.0.1:1/0")
    with application(database, live, clock) as app:
        app.state.limits = Limits(away)
        async with talking_to(app) as client:
            token = await sign_in(client, agent, phone)
            opened = await client.get("/v1/me", headers=phone.asking("GET", "/v1/me", token))
    await away.close()
    assert opened.status_code == 200


async def test_a_proof_from_a_wrong_clock_is_told_the_time(
    client: httpx.AsyncClient, agent: Person, phone: Phone
) -> None:
    token = await sign_in(client, agent, phone)
    late = bearer(token) | phone.proof("GET", "/v1/me", token, at_s=-PROOF_LIFE_S - 1)
    refused = await client.get("/v1/me", headers=late)
    assert refused.status_code == 401
    assert refused.json()["type"] == "/problems/proof-out-of-time"
    assert refused.json()["as_of"].startswith(f"{MONDAY_NINE:%Y-%m-%dT%H:%M}")


async def test_what_is_sent_together_is_proven_once(
    client: httpx.AsyncClient, agent: Person, phone: Phone
) -> None:
    token = await sign_in(client, agent, phone)
    items = [{"id": str(new_id()), "kind": "check_out", "body": {}}]
    answer = await client.post(
        "/v1/agent/sync", json={"items": items},
        headers=phone.asking("POST", "/v1/agent/sync", token),
    )  # fmt: skip
    assert answer.status_code == 200
    assert [item["status"] for item in answer.json()["items"]] == [422]


async def test_a_token_of_an_older_app_holds_until_binding_is_required(
    client: httpx.AsyncClient, database: Database, agent: Person, phone: Phone
) -> None:
    unbound, bound = await sign_in(client, agent, None), await sign_in(client, agent, phone)
    assert (await client.get("/v1/me", headers=bearer(unbound))).status_code == 200
    await require(database, agent.branch_id)
    refused = await client.get("/v1/me", headers=bearer(unbound))
    assert refused.status_code == 401
    assert refused.json()["type"] == "/problems/binding-needed"
    opened = await client.get("/v1/me", headers=phone.asking("GET", "/v1/me", bound))
    assert opened.status_code == 200


async def test_a_copied_device_key_signs_nobody_on_elsewhere_where_binding_is_required(
    client: httpx.AsyncClient, database: Database, agent: Person, phone: Phone
) -> None:
    async def sign_on(with_phone: Phone, key: str) -> httpx.Response:
        token = await sign_in(client, agent, with_phone)
        return await client.put(
            "/v1/agent/sign-on", json={"device_key": key},
            headers=with_phone.asking("PUT", "/v1/agent/sign-on", token),
        )  # fmt: skip

    other = Phone(ECKey.generate_key("P-256"))
    assert (await sign_on(other, agent.device_key)).status_code == 200
    assert (await sign_on(phone, agent.device_key)).status_code == 200  # not required yet
    await require(database, agent.branch_id)
    assert (await sign_on(phone, agent.device_key)).status_code == 200
    refused = await sign_on(other, agent.device_key)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/other-phone"
    async with database.transaction(EVERYTHING) as session:
        changed = await change_key(session, agent.device_id, MONDAY_NINE)
    assert (await sign_on(other, changed.key)).status_code == 200  # the office's new link
