"""The key of an agent's data on a phone, over HTTP: kept, recovered, destroyed, rescued from."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.phone_vaults import wipe
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import a_branch, a_device, a_person, a_token, an_agent


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def content(told: str) -> bytes:
    return urlsafe_b64decode(told + "=" * (-len(told) % 4))


def sealed(key: bytes, public: bytes) -> dict[str, str]:
    """What a phone makes of its data key, by the written recipe and not by our own code."""
    mine = ec.generate_private_key(ec.SECP256R1())
    point = mine.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    shared = mine.exchange(ec.ECDH(), theirs)
    derived = HKDF(hashes.SHA256(), 32, salt=point, info=b"roundsman phone vault").derive(shared)
    iv = os.urandom(12)
    return {"ephemeral": text(point), "iv": text(iv),
            "data": text(AESGCM(derived).encrypt(iv, key, None))}  # fmt: skip


@dataclass
class Phone:
    """An agent's phone with a vault, an administrator, and a colleague."""

    client: httpx.AsyncClient
    vault: str
    device: str
    device_key: str
    agent: dict[str, str]
    colleague: dict[str, str]
    admin: dict[str, str]
    key: bytes
    sealed: dict[str, str]

    async def kept(self, who: dict[str, str] | None = None) -> Any:
        return await self.client.put(
            f"/v1/agent/phone-vaults/{self.vault}", json={"device_key": self.device_key},
            headers=who or self.agent,
        )  # fmt: skip

    async def hand_in(self, *bodies: dict[str, Any], **part: Any) -> Any:
        return await self.send(self.records(*bodies), **part)

    def records(self, *bodies: dict[str, Any]) -> list[dict[str, str]]:
        records = []
        for body in bodies:
            iv = os.urandom(12)
            told = AESGCM(self.key).encrypt(iv, json.dumps({"body": body}).encode(), None)
            records.append({"id": str(new_id()), "kind": "receipt", "iv": text(iv),
                            "made_at": "2026-11-23T12:00:00.000Z", "data": text(told)})  # fmt: skip
        return records

    async def send(self, records: list[dict[str, str]], **part: Any) -> Any:
        return await self.client.put(
            f"/v1/phone-vaults/{self.vault}/salvage",
            json={"sealed": self.sealed, "records": records} | part,
        )

    async def state(self) -> Any:
        return (await self.client.get(f"/v1/phone-vaults/{self.vault}")).json()


@pytest.fixture
async def phone(database: Database, client: httpx.AsyncClient) -> Phone:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent, colleague = await an_agent(session, branch), await an_agent(session, branch)
        admin = await a_person(session, branch, Role.ADMIN)
        device, device_key = await a_device(session, branch)
        tokens = [bearer(await a_token(session, who)) for who in (agent, colleague, admin)]
    made = Phone(
        client, str(new_id()), str(device), device_key, tokens[0], tokens[1], tokens[2],
        os.urandom(32), {},
    )  # fmt: skip
    public = content((await made.kept()).json()["public_key"])
    made.sealed = sealed(made.key, public)
    return made


async def test_the_servers_part_stays_the_same_and_is_its_agents_alone(phone: Phone) -> None:
    first = await phone.kept()
    assert first.status_code == 200, first.text
    assert len(content(first.json()["part"])) == 32
    assert (await phone.kept()).json() == first.json()
    assert (await phone.kept(phone.colleague)).status_code == 404


async def test_the_enrolled_phone_gets_its_part_again_and_another_does_not(
    phone: Phone, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, other_key = await a_device(session, await a_branch(session))
    path = f"/v1/phone-vaults/{phone.vault}/part"
    answer = await phone.client.get(path, headers=bearer(phone.device_key))
    assert answer.json() == (await phone.kept()).json()
    assert (await phone.client.get(path, headers=bearer(other_key))).status_code == 404
    await phone.client.post(f"/v1/phone-vaults/{phone.vault}/destroy", headers=phone.admin)
    assert (await phone.client.get(path, headers=bearer(phone.device_key))).status_code == 409


async def test_who_forgot_the_pin_gets_the_key_back_and_nobody_else(phone: Phone) -> None:
    path = f"/v1/agent/phone-vaults/{phone.vault}/key"
    answer = await phone.client.post(path, json=phone.sealed, headers=phone.agent)
    assert content(answer.json()["key"]) == phone.key
    theirs = await phone.client.post(path, json=phone.sealed, headers=phone.colleague)
    assert theirs.status_code == 404
    forged = phone.sealed | {"data": text(os.urandom(48))}
    answer = await phone.client.post(path, json=forged, headers=phone.agent)
    assert answer.status_code == 422


@pytest.mark.parametrize("how", ["destroy", "revoke"])
async def test_a_destroyed_vault_gives_nothing_out_any_more(phone: Phone, how: str) -> None:
    assert (await phone.state())["is_destroyed"] is False
    paths = {"destroy": f"/v1/phone-vaults/{phone.vault}/destroy",
             "revoke": f"/v1/devices/{phone.device}/revoke"}  # fmt: skip
    assert (await phone.client.post(paths[how], headers=phone.admin)).status_code == 200
    assert (await phone.state())["is_destroyed"] is True
    assert (await phone.kept()).json()["type"] == "/problems/vault-destroyed"
    again = await phone.client.post(
        f"/v1/agent/phone-vaults/{phone.vault}/key", json=phone.sealed, headers=phone.agent
    )
    assert again.status_code == 409


async def test_what_a_wiped_phone_had_not_sent_is_rescued_once(phone: Phone) -> None:
    assert (await phone.hand_in({"amount": 1})).json()["type"] == "/problems/vault-in-use"
    opened = f"/v1/phone-vaults/{phone.vault}/salvage"
    await phone.client.post(f"/v1/phone-vaults/{phone.vault}/destroy", headers=phone.admin)
    assert (await phone.client.post(opened, headers=phone.admin)).status_code == 404
    assert (await phone.hand_in({"amount": 1}, {"amount": 2})).status_code == 204
    assert (await phone.hand_in({"amount": 9})).status_code == 204
    found = (await phone.client.post(opened, headers=phone.admin)).json()["items"]
    assert [each["body"] for each in found] == [{"amount": 1}, {"amount": 2}]
    assert [each["is_stored"] for each in found] == [False, False]
    [line] = (await phone.client.get("/v1/phone-vaults", headers=phone.admin)).json()["items"]
    assert (line["salvaged"], line["opened_at"] is not None) == (2, True)


async def test_much_is_handed_in_in_parts_each_once_whatever_is_sent_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phone.client.post(f"/v1/phone-vaults/{phone.vault}/destroy", headers=phone.admin)
    first, second, too_much, last = (phone.records({"n": n}) for n in range(4))

    async def opened() -> tuple[list[int], bool]:
        told = await phone.client.post(
            f"/v1/phone-vaults/{phone.vault}/salvage", headers=phone.admin
        )
        return [each["body"]["n"] for each in told.json()["items"]], told.json()["is_whole"]

    async def listed() -> Any:
        return (await phone.client.get("/v1/phone-vaults", headers=phone.admin)).json()["items"][0]

    assert (await listed())["is_whole"] is None
    for part in (first, second, first, second):  # the answers were lost, and all began anew
        assert (await phone.send(part, is_last=False)).status_code == 204
    assert await opened() == ([0, 1], False)
    assert ((await listed())["salvaged"], (await listed())["is_whole"]) == (2, False)
    with monkeypatch.context() as patched:
        patched.setattr(wipe, "MOST_BYTES", 500)
        refused = await phone.send(too_much, is_last=False)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/salvage-full")
    assert (await phone.send(last)).status_code == 204
    assert (await phone.send(too_much)).status_code == 204, "after the last nothing is taken"
    assert await opened() == ([0, 1, 3], True)
