"""A supervisor's browser subscribes to alerts, over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token
from tests.map_ui.push.push_service import ABrowser, b64, unb64

PATH = "/v1/push/subscriptions"


@pytest.fixture
async def branch(database: Database) -> UUID:
    async with database.transaction(EVERYTHING) as session:
        return await a_branch(session)


async def a_supervisor(database: Database, branch: UUID, role: Role = Role.SUPERVISOR) -> str:
    async with database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, branch, role))


@pytest.fixture
async def token(database: Database, branch: UUID) -> str:
    return await a_supervisor(database, branch)


def a_browser() -> ABrowser:
    return ABrowser(f"https://updates.push.services.mozilla.com/wpush/v2/{new_id()}")


async def subscribe(client: httpx.AsyncClient, token: str, body: Any) -> httpx.Response:
    return await client.post(PATH, json=body, headers=bearer(token))


async def listed(client: httpx.AsyncClient, token: str) -> list[str]:
    answer = await client.get(PATH, headers=bearer(token))
    return [each["endpoint"] for each in answer.json()["items"]]


async def test_everybody_gets_the_same_public_key(
    client: httpx.AsyncClient, database: Database, branch: UUID, token: str
) -> None:
    admin = await a_supervisor(database, branch, Role.ADMIN)
    keys = {
        (await client.get("/v1/push/key", headers=bearer(each))).json()["public_key"]
        for each in (token, admin, token)
    }
    (key,) = keys
    assert len(unb64(key)) == 65


async def test_a_browser_is_told_until_it_is_told_no_more(
    client: httpx.AsyncClient, token: str
) -> None:
    browser = a_browser()
    answer = await subscribe(client, token, browser.subscription())
    assert answer.status_code == 200, answer.text
    assert answer.json()["endpoint"] == browser.endpoint
    assert answer.json()["failed_since"] is None
    assert await listed(client, token) == [browser.endpoint]
    gone = await client.delete(f"{PATH}/{answer.json()['id']}", headers=bearer(token))
    assert (gone.status_code, gone.content) == (204, b"")
    assert await listed(client, token) == []
    again = await client.delete(f"{PATH}/{answer.json()['id']}", headers=bearer(token))
    assert again.status_code == 404
    assert again.json()["type"] == "/problems/subscription-not-found"


async def test_the_same_browser_again_is_one_subscription_with_its_new_keys(
    client: httpx.AsyncClient, token: str
) -> None:
    first = a_browser()
    renewed = ABrowser(first.endpoint)
    ids = {
        (await subscribe(client, token, each.subscription())).json()["id"]
        for each in (first, first, renewed)
    }
    assert len(ids) == 1
    assert await listed(client, token) == [first.endpoint]


async def test_a_browser_that_was_a_colleagues_is_told_for_whoever_uses_it_now(
    client: httpx.AsyncClient, database: Database, token: str
) -> None:
    async with database.transaction(EVERYTHING) as session:
        elsewhere = await a_branch(session)
    colleague, browser = await a_supervisor(database, elsewhere), a_browser()
    await subscribe(client, token, browser.subscription())
    assert (await subscribe(client, colleague, browser.subscription())).status_code == 200
    assert await listed(client, token) == []
    assert await listed(client, colleague) == [browser.endpoint]


async def test_nobody_sees_or_ends_the_subscription_of_a_colleague(
    client: httpx.AsyncClient, database: Database, branch: UUID, token: str
) -> None:
    answer = await subscribe(client, token, a_browser().subscription())
    colleague = await a_supervisor(database, branch, Role.ADMIN)
    assert await listed(client, colleague) == []
    refused = await client.delete(f"{PATH}/{answer.json()['id']}", headers=bearer(colleague))
    assert refused.status_code == 404
    assert len(await listed(client, token)) == 1


async def test_of_many_browsers_the_newest_ten_are_told(
    client: httpx.AsyncClient, token: str
) -> None:
    browsers = [a_browser() for _ in range(12)]
    for browser in browsers:
        await subscribe(client, token, browser.subscription())
    assert set(await listed(client, token)) == {each.endpoint for each in browsers[2:]}


GOOD = a_browser().subscription()
POINT = GOOD["keys"]["p256dh"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint"),
        ({"endpoint": "https://169.254.169.254/latest"}, "endpoint"),
        ({"endpoint": "https://push.elsewhere.example/x"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1:5432/"}, "endpoint"),
        ({"endpoint": ""}, "endpoint"),
        ({"endpoint": 7}, "endpoint"),
        ({"keys": {"p256dh": POINT[:-4], "auth": b64(bytes(16))}}, "keys.p256dh"),
        ({"keys": {"p256dh": b64(b"\4" + bytes(64)), "auth": b64(bytes(16))}}, "keys.p256dh"),
        ({"keys": {"p256dh": "not base64!", "auth": b64(bytes(16))}}, "keys.p256dh"),
        ({"keys": {"p256dh": "é" * 65, "auth": b64(bytes(16))}}, "keys.p256dh"),
        ({"keys": {"p256dh": "A" * 1000, "auth": b64(bytes(16))}}, "keys.p256dh"),
        ({"keys": {"p256dh": POINT, "auth": b64(bytes(15))}}, "keys.auth"),
        ({"keys": {"p256dh": POINT, "auth": "A"}}, "keys.auth"),
        ({"keys": {"p256dh": POINT}}, "keys.auth"),
        ({"keys": None}, "keys"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_subscription_that_cannot_be_used_is_refused_by_field(
    client: httpx.AsyncClient, token: str, changed: dict[str, Any], field: str
) -> None:
    answer = await subscribe(client, token, GOOD | changed)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await listed(client, token) == []


async def test_keys_may_be_padded(client: httpx.AsyncClient, token: str) -> None:
    keys = {name: value + "=" * (-len(value) % 4) for name, value in GOOD["keys"].items()}
    assert (await subscribe(client, token, GOOD | {"keys": keys})).status_code == 200
