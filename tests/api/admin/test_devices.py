"""Phones: enrolled, set up, given a new key, revoked."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.ids import new_id
from core.settings import settings
from data.session import EVERYTHING, Database
from identity.principal import Role
from identity.store import sign_on
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent, branch_code
from tests.tracking.parcels import one
from tracking import carriers


class Office:
    """An administrator of a branch of its own."""

    def __init__(self, client: httpx.AsyncClient, branch: Any, code: str, token: str) -> None:
        self.client, self.branch, self.code, self.token = client, branch, code, token

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(path, json=body, headers=bearer(self.token))

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path, headers=bearer(self.token))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def enroll(self, label: str = "Phone 7", **more: Any) -> Any:
        answer = await self.post("/v1/devices", {"branch_code": self.code, "label": label} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
async def office(client: httpx.AsyncClient, database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        token = await a_token(session, await a_person(session, branch, Role.ADMIN))
        return Office(client, branch, await branch_code(session, branch), token)


async def status_of(client: httpx.AsyncClient, key: str) -> int:
    return (await client.post("/v1/pings", json={"pings": []}, headers=bearer(key))).status_code


async def test_what_is_not_asked_for_is_as_the_branch_says(office: Office) -> None:
    for key, value in (("ping_interval_s", 45), ("ping_accuracy", "medium")):
        path = f"/v1/branches/{office.code}/policies/{key}"
        answer = await office.client.put(path, json={"value": value}, headers=bearer(office.token))
        assert answer.status_code == 200, answer.text
    device = await office.enroll(distance_m=7)
    asked = parse_qs(urlsplit(device["traccar_client"]["scan"]).query)
    assert (asked["interval"], asked["distance"], asked["accuracy"]) == (["45"], ["7"], ["medium"])


async def test_enrolling_answers_with_what_sets_the_phone_up(office: Office) -> None:
    device = await office.enroll(interval_s=15, distance_m=5, accuracy="highest")
    assert device["server_url"] == "http://test/gps"
    assert device["setup_page"] == f"http://test/phone#{device['key']}"
    asked = parse_qs(urlsplit(device["traccar_client"]["scan"]).query)
    assert (asked["id"], asked["interval"], asked["distance"]) == ([device["key"]], ["15"], ["5"])
    assert asked["accuracy"] == ["highest"]
    assert device["owntracks"]["link"].startswith("owntracks:///config?inline=")
    for app in ("traccar_client", "owntracks"):
        assert device[app]["qr_code"].startswith("<svg")
    assert await status_of(office.client, device["key"]) == 200


async def test_the_scanned_address_itself_takes_the_phones_pings(office: Office) -> None:
    device = await office.enroll()
    answer = await office.client.get(f"{device['traccar_client']['scan']}&lat=1&lon=2")
    assert answer.status_code == 200


async def test_the_address_of_the_server_may_be_set(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "public_url", "https://field.example.com")
    assert (await office.enroll())["server_url"] == "https://field.example.com/gps"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("interval_s", 0), ("interval_s", 3601), ("interval_s", "often"), ("distance_m", -1),
        ("distance_m", 10_001), ("accuracy", "perfect"), ("label", ""), ("colour", "red"),
    ],
)  # fmt: skip
async def test_a_setting_that_cannot_be_is_named(office: Office, field: str, value: Any) -> None:
    body = {"branch_code": office.code, "label": "Phone"} | {field: value}
    answer = await office.post("/v1/devices", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_new_key_ends_the_old_one_and_sets_the_phone_up_again(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "KEPT_S", 0.0)
    device = await office.enroll()
    answer = await office.post(f"/v1/devices/{device['id']}/key", {"interval_s": 60})
    assert answer.status_code == 200
    new = answer.json()
    assert new["id"] == device["id"]
    assert new["key"] != device["key"]
    assert parse_qs(urlsplit(new["traccar_client"]["scan"]).query)["interval"] == ["60"]
    assert await status_of(office.client, device["key"]) == 401
    assert await status_of(office.client, new["key"]) == 200
    row = await one(database, "SELECT * FROM device WHERE id = :id", id=device["id"])
    assert row.key_changed_at is not None


async def test_a_new_key_needs_no_body(office: Office) -> None:
    device = await office.enroll()
    answer = await office.client.post(
        f"/v1/devices/{device['id']}/key", headers=bearer(office.token)
    )
    assert answer.status_code == 200
    assert parse_qs(urlsplit(answer.json()["traccar_client"]["scan"]).query)["interval"] == ["30"]


async def test_of_two_new_keys_at_once_one_opens(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "KEPT_S", 0.0)
    device = await office.enroll()
    answers = await asyncio.gather(
        *(office.post(f"/v1/devices/{device['id']}/key") for _ in range(2))
    )
    keys = [answer.json()["key"] for answer in answers]
    assert sorted([await status_of(office.client, key) for key in keys]) == [200, 401]


async def test_revoking_ends_the_key_and_signs_the_agent_off(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "KEPT_S", 0.0)
    device = await office.enroll()
    async with database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, office.branch)
        await sign_on(session, office.branch, device["id"], agent, MONDAY_NINE)
        other, _ = await a_device(session, office.branch)
    first = await office.post(f"/v1/devices/{device['id']}/revoke")
    assert first.status_code == 200
    assert first.json()["revoked_at"].startswith("2026-11-23T12:00")
    assert (await office.post(f"/v1/devices/{device['id']}/revoke")).json() == first.json()
    assert await status_of(office.client, device["key"]) == 401
    assert (await office.post(f"/v1/devices/{device['id']}/key")).status_code == 404
    async with database.transaction(EVERYTHING) as session:
        await sign_on(session, office.branch, other, agent, MONDAY_NINE)


async def test_the_list_tells_who_carries_which_phone(office: Office, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, office.branch, "Diego Soto")
    carried = await office.enroll("B 1")
    await office.enroll("A 2")
    gone = await office.enroll("C 3")
    await office.post(f"/v1/devices/{gone['id']}/revoke")
    async with database.transaction(EVERYTHING) as session:
        await sign_on(session, office.branch, carried["id"], agent, MONDAY_NINE)
    first = await office.get("/v1/devices?limit=2")
    assert [(d["label"], d["agent"], d["branch"]) for d in first["items"]] == [
        ("A 2", None, office.code),
        ("B 1", "Diego Soto", office.code),
    ]
    rest = await office.get(f"/v1/devices?limit=2&cursor={first['next_cursor']}")
    assert [(d["label"], d["revoked_at"] is None) for d in rest["items"]] == [("C 3", False)]
    assert rest["next_cursor"] is None
    assert "key" not in rest["items"][0]


async def test_phones_of_other_branches_are_not_there(office: Office, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        device, _ = await a_device(session, await a_branch(session))
    assert (await office.get("/v1/devices"))["items"] == []
    for action in ("key", "revoke"):
        for id_ in (device, new_id()):
            answer = await office.post(f"/v1/devices/{id_}/{action}")
            assert answer.status_code == 404
            assert answer.json()["type"] == "/problems/device-not-found"
