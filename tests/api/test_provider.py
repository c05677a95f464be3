"""Signing in with an identity provider: a real one, in a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from core.settings import settings
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import PASSWORD, a_branch, a_person, a_token
from tests.served import free_port

PEOPLE = [
    {"sub": "u-sofia", "email": "Sofia@example.com", "email_verified": True},
    {"sub": "u-unverified", "email": "camila@example.com", "email_verified": False},
    {"sub": "u-heir", "email": "sofia@example.com", "email_verified": True},
    {"sub": "u-stranger", "email": "stranger@example.com", "email_verified": True},
    {"sub": "u-only", "email": "only@example.com", "email_verified": True},
    {"sub": "u-leaver", "email": "leaver@example.com", "email_verified": True},
]
BEGIN, BACK = "/sign-in/provider", "/sign-in/provider/back"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = free_port()
    claims = [part for each in PEOPLE for part in ("--user-claims", json.dumps(each))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--require-nonce", "true", *claims],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/.well-known/openid-configuration", process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    with httpx.Client(timeout=5) as client:
        while time.monotonic() < deadline:
            assert process.poll() is None, "the provider ended while it started"
            try:
                client.get(url)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
    raise AssertionError("the provider did not come up")


@pytest.fixture(autouse=True)
def _is_set(issuer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ROUNDSMAN_PROVIDER_ISSUER", issuer)
    monkeypatch.setenv("ROUNDSMAN_PROVIDER_CLIENT_ID", "roundsman")
    monkeypatch.setenv("ROUNDSMAN_PROVIDER_CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("ROUNDSMAN_PROVIDER_NAME", "Example")
    settings.cache_clear()
    yield
    settings.cache_clear()


@dataclass(frozen=True)
class Office:
    """An administrator, and people by their addresses at the provider."""

    admin: dict[str, str]
    people: dict[str, UUID]


@pytest.fixture(scope="module")
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin = bearer(await a_token(session, await a_person(session, branch, Role.ADMIN)))
        people = {
            name: await a_person(session, branch, Role.HEAD_OFFICE)
            for name in ("sofia", "camila", "only", "leaver")
        }
    return Office(admin, people)


async def _name(
    client: httpx.AsyncClient, office: Office, name: str, *, is_only: bool = False
) -> httpx.Response:
    body = {"email": f"{name.title()}@example.com", "is_only": is_only}
    address = f"/v1/staff/{office.people[name]}/provider-account"
    return await client.put(address, json=body, headers=office.admin)


async def _signed_in_there(begun: httpx.Response, subject: str) -> dict[str, str]:
    """What the provider sends the browser back with, once somebody has signed in there."""
    async with httpx.AsyncClient(timeout=30) as browser:
        answer = await browser.post(begun.headers["Location"], data={"sub": subject})
    assert answer.status_code in (302, 303), answer.text
    return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


async def _sign_in(
    client: httpx.AsyncClient, subject: str, next_url: str = "/dashboards"
) -> httpx.Response:
    client.cookies.clear()
    begun = await client.get(BEGIN, params={"next": next_url})
    assert begun.status_code == 303, begun.text
    return await client.get(BACK, params=await _signed_in_there(begun, subject))


async def _me(client: httpx.AsyncClient) -> httpx.Response:
    return await client.get("/v1/me")


async def test_a_named_person_signs_in_and_is_tied_to_the_provider_s_name_for_them(
    client: httpx.AsyncClient, office: Office
) -> None:
    assert (await _name(client, office, "sofia")).status_code == 204
    answer = await _sign_in(client, "u-sofia")
    assert answer.status_code == 200
    assert 'content="0;url=/dashboards"' in answer.text
    me = (await _me(client)).json()
    assert (me["id"], me["role"]) == (str(office.people["sofia"]), "head_office")
    address = f"/v1/staff/{office.people['sofia']}/provider-account"
    there = (await client.get(address, headers=office.admin)).json()
    assert there["email"] == "sofia@example.com"
    assert there["tied_at"]
    assert there["last_used_at"]
    # Again, by the provider's name for them; and whoever gets the address later is somebody else.
    assert (await _sign_in(client, "u-sofia")).status_code == 200
    heir = await _sign_in(client, "u-heir")
    assert heir.status_code == 403
    assert "Nobody here is who the provider says" in heir.text
    assert (await _me(client)).status_code == 401


@pytest.mark.parametrize("subject", ["u-stranger", "u-unverified"])
async def test_the_provider_makes_nobody_and_an_unverified_address_is_nobody_s(
    client: httpx.AsyncClient, office: Office, subject: str
) -> None:
    await _name(client, office, "camila")
    answer = await _sign_in(client, subject)
    assert answer.status_code == 403
    assert (await _me(client)).status_code == 401


async def test_an_answer_serves_only_the_browser_that_asked(
    client: httpx.AsyncClient, office: Office
) -> None:
    await _name(client, office, "sofia")
    client.cookies.clear()
    stolen = await _signed_in_there(await client.get(BEGIN), "u-sofia")
    client.cookies.clear()
    assert (await client.get(BACK, params=stolen)).status_code == 403  # who asked nothing
    await client.get(BEGIN)
    assert (await client.get(BACK, params=stolen)).status_code == 403  # who asked something else
    begun = await client.get(BEGIN)
    own = await _signed_in_there(begun, "u-sofia")
    mixed = await client.get(BACK, params=own | {"code": stolen["code"]})
    assert mixed.status_code == 403  # the token for another's code has another's nonce
    assert (await _me(client)).status_code == 401


async def test_a_code_serves_once_and_a_refusal_there_is_told(
    client: httpx.AsyncClient, office: Office
) -> None:
    await _name(client, office, "sofia")
    client.cookies.clear()
    begun = await client.get(BEGIN)
    flow = dict(client.cookies)
    told = await _signed_in_there(begun, "u-sofia")
    assert (await client.get(BACK, params=told)).status_code == 200
    client.cookies.clear()
    client.cookies.update(flow)
    assert (await client.get(BACK, params=told)).status_code == 403
    client.cookies.clear()
    client.cookies.update(flow)
    refused = await client.get(BACK, params={"state": told["state"], "error": "access_denied"})
    assert refused.status_code == 403
    assert "nobody signed in there" in refused.text


async def test_who_signs_in_with_the_provider_only_has_no_other_way_in(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        (found,) = await rows(
            session, "SELECT username FROM staff WHERE id = :id", id=office.people["only"]
        )
    by_password = {"username": found.username, "password": PASSWORD}
    assert (await client.post("/v1/sign-in", json=by_password)).status_code == 200
    await _name(client, office, "only", is_only=True)
    refused = await client.post("/v1/sign-in", json=by_password)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/provider-only")
    wrong = await client.post("/v1/sign-in", json=by_password | {"password": "not this one"})
    assert wrong.json()["type"] == "/problems/wrong-credentials"  # a guesser learns nothing
    assert (await _sign_in(client, "u-only")).status_code == 200
    address = f"/v1/staff/{office.people['only']}/provider-account"
    assert (await client.delete(address, headers=office.admin)).status_code == 204
    assert (await client.delete(address, headers=office.admin)).status_code == 404
    assert (await client.post("/v1/sign-in", json=by_password)).status_code == 200
    assert (await _sign_in(client, "u-only")).status_code == 403


async def test_who_has_left_does_not_get_in(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    await _name(client, office, "leaver")
    assert (await _sign_in(client, "u-leaver")).status_code == 200
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session, "UPDATE staff SET is_active = false WHERE id = :id RETURNING 1",
            id=office.people["leaver"],
        )  # fmt: skip
    assert (await _sign_in(client, "u-leaver")).status_code == 403


async def test_an_address_is_one_person_s(client: httpx.AsyncClient, office: Office) -> None:
    await _name(client, office, "sofia")
    taken = await client.put(
        f"/v1/staff/{office.people['camila']}/provider-account",
        json={"email": "SOFIA@example.com"}, headers=office.admin,
    )  # fmt: skip
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/email-taken")


@pytest.mark.parametrize("next_url", ["https://evil.example.com", "//evil.example.com", "/\\evil"])
async def test_the_way_back_stays_here(
    client: httpx.AsyncClient, office: Office, next_url: str
) -> None:
    await _name(client, office, "sofia")
    answer = await _sign_in(client, "u-sofia", next_url)
    assert 'content="0;url=/"' in answer.text
    assert "evil" not in answer.text


async def test_the_sign_in_page_has_its_button_and_signing_out_goes_there(
    client: httpx.AsyncClient, issuer: str
) -> None:
    page = await client.get("/sign-in", params={"next": "/live"})
    assert 'href="/sign-in/provider?next=/live">Sign in with Example</a>' in page.text
    out = await client.get("/sign-in/provider/out")
    assert out.status_code == 303
    assert out.headers["Location"].startswith(f"{issuer}/oauth2/end_session?client_id=roundsman")


async def test_without_a_provider_there_is_no_button_and_nothing_behind_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROUNDSMAN_PROVIDER_ISSUER")
    settings.cache_clear()
    assert "Sign in with Example" not in (await client.get("/sign-in")).text
    assert (await client.get(BEGIN)).status_code == 404


async def test_a_provider_that_is_away_is_a_503(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUNDSMAN_PROVIDER_ISSUER", f"http://127.0.0.1:{free_port()}")
    settings.cache_clear()
    assert (await client.get(BEGIN)).status_code == 503
