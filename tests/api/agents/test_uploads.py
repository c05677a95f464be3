"""Pictures in parts: over connections that break, to a server that is killed."""

import asyncio
import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1, sha256
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from core.settings import settings
from data.session import EVERYTHING, Database, rows
from geofence.attachments.uploads import parts
from geofence.attachments.uploads.clear_uploads import clear_uploads
from geofence.attachments.uploads.upload import LASTS, LASTS_ON, MOST_AT_ONCE
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_token, an_agent
from tests.geofence.attachments.samples import a_phones_photo
from tests.served import serving, set_clock

NINE = "2026-11-23T12:00:00Z"
PHOTO = a_phones_photo()
FILES = "/v1/agent/uploads"
Headers = Mapping[str, str]
NONE: Headers = {}
Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]
TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


def metadata(id_: UUID, hexadecimal: str) -> str:
    named = {"id": str(id_), "sha256": hexadecimal}
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in named.items())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@dataclass
class Phone:
    """An agent's phone with a picture of a case."""

    client: httpx.AsyncClient
    token: str
    case_id: UUID
    agent_id: UUID

    async def ask(
        self, method: str, path: str, headers: dict[str, str], **more: object
    ) -> httpx.Response:
        return await self.client.request(
            method, path, headers=bearer(self.token) | headers, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    async def begin(
        self, id_: UUID, content: bytes = PHOTO, first: bytes = b"", changed: Headers = NONE
    ) -> httpx.Response:
        told = {
            "Upload-Length": str(len(content)),
            "Upload-Metadata": metadata(id_, sha256(content).hexdigest()),
        }
        headers = {**(PART if first else TUS), **told, **changed}
        return await self.ask("POST", FILES, headers, content=first)

    async def send(
        self, id_: UUID, at: int, content: bytes, changed: Headers = NONE
    ) -> httpx.Response:
        headers = {**PART, "Upload-Offset": str(at), **changed}
        return await self.ask("PATCH", f"{FILES}/{id_}", headers, content=content)

    async def offset(self, id_: UUID) -> int:
        answer = await self.ask("HEAD", f"{FILES}/{id_}", TUS)
        assert answer.status_code == 200, answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        return int(answer.headers["Upload-Offset"])

    async def put(
        self, id_: UUID, upload_id: UUID | None, content: bytes = b"", **changed: str
    ) -> httpx.Response:
        query = {"kind": "photo", "case_id": str(self.case_id), "device_time": NINE} | changed
        if upload_id:
            query["upload_id"] = str(upload_id)
        return await self.client.put(
            f"/v1/agent/attachments/{id_}",
            params=query,
            content=content,
            headers=bearer(self.token),
        )


@pytest.fixture(scope="module")
async def settled(database: Database) -> tuple[str, UUID, UUID, str]:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        other = await a_token(session, await an_agent(session, branch))
        return await a_token(session, agent), case.case_id, agent, other


@pytest.fixture
async def phone(client: httpx.AsyncClient, settled: tuple[str, UUID, UUID, str]) -> Phone:
    token, case_id, agent_id, _ = settled
    return Phone(client, token, case_id, agent_id)


async def test_a_picture_in_parts_is_the_same_as_one_that_was_sent_whole(
    phone: Phone, folder: Path
) -> None:
    id_ = new_id()
    begun = await phone.begin(id_)
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    assert begun.headers["Location"] == f"{FILES}/{id_}"
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    third = len(PHOTO) // 3
    for at in range(0, len(PHOTO), third):
        piece = PHOTO[at : at + third]
        answer = await phone.send(id_, at, piece)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(at + len(piece)))
        assert await phone.offset(id_) == at + len(piece)
    taken = await phone.put(id_, id_)
    assert taken.status_code == 200, taken.text
    assert taken.json()["original_sha256"] == sha256(PHOTO).hexdigest()
    # A phone that did not hear the answer asks again; one with the older app sends it whole.
    assert (await phone.put(id_, id_)).json() == taken.json()
    assert (await phone.put(id_, None, PHOTO)).json() == taken.json()
    clear = {PHOTO[at : at + 16] for at in range(0, len(PHOTO) - 16, 200)}
    kept = contents(folder)
    assert len(kept) >= 4
    assert not any(piece in file for file in kept for piece in clear)


async def test_the_same_upload_from_two_tabs_does_not_double(
    phone: Phone, database: Database
) -> None:
    id_, half = new_id(), len(PHOTO) // 2
    begun = await asyncio.gather(*(phone.begin(id_, PHOTO, PHOTO[:half]) for _ in range(4)))
    assert {answer.status_code for answer in begun} <= {201, 409}
    assert await phone.offset(id_) == half
    sent = await asyncio.gather(*(phone.send(id_, half, PHOTO[half:]) for _ in range(4)))
    assert sorted(answer.status_code for answer in sent) == [204, 409, 409, 409]
    behind = next(answer for answer in sent if answer.status_code == 409)
    assert behind.json()["type"] == "/problems/offset-differs"
    assert behind.json()["offset_bytes"] == len(PHOTO)
    assert behind.headers["Tus-Resumable"] == "1.0.0"
    again = await phone.begin(id_, PHOTO, PHOTO[:half])
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    taken = await asyncio.gather(*(phone.put(id_, id_) for _ in range(4)))
    assert len({answer.text for answer in taken}) == 1
    assert taken[0].status_code == 200
    async with database.transaction(EVERYTHING) as session:
        found = await rows(session, "SELECT FROM attachment WHERE id = :id", id=id_)
    assert len(found) == 1


async def test_what_is_not_the_file_that_was_told_of_is_forgotten_and_sent_again(
    phone: Phone,
) -> None:
    id_ = new_id()
    wrong = bytes([PHOTO[0] ^ 1]) + PHOTO[1:]
    await phone.begin(id_)
    damaged = await phone.send(id_, 0, wrong)
    assert (damaged.status_code, damaged.json()["type"]) == (409, "/problems/upload-damaged")
    assert await phone.offset(id_) == 0
    assert (await phone.send(id_, 0, PHOTO)).status_code == 204


async def test_a_part_is_held_to_its_checksum(phone: Phone) -> None:
    id_ = new_id()
    await phone.begin(id_)
    for name, digest, status, offset in (
        ("sha1", sha1(b"another", usedforsecurity=False).digest(), 460, 0),
        ("md5", b"digest", 400, 0),
        ("sha1", sha1(PHOTO[:50], usedforsecurity=False).digest(), 204, 50),
    ):
        stated = f"{name} {base64.b64encode(digest).decode()}"
        answer = await phone.send(id_, 0, PHOTO[:50], changed={"Upload-Checksum": stated})
        assert answer.status_code == status, answer.text
        assert await phone.offset(id_) == offset


async def test_what_cannot_be_taken_is_refused_and_says_what_would_be_right(phone: Phone) -> None:
    id_ = new_id()
    assert (await phone.begin(id_)).status_code == 201
    short = sha256(b"").hexdigest()[:10]
    for answer, status, problem in (
        (phone.begin(id_, PHOTO + b"more"), 409, "id-reused"),
        (phone.begin(new_id(), changed={"Upload-Length": "10000001"}), 413, "http-413"),
        (phone.begin(new_id(), changed={"Upload-Length": "0"}), 422, "invalid-request"),
        (phone.begin(new_id(), changed={"Upload-Metadata": "id ?"}), 422, "invalid-field"),
        (phone.begin(new_id(), changed={"Upload-Metadata": metadata(id_, short)}),
         422, "invalid-field"),
        (phone.send(id_, 7, PHOTO[7:]), 409, "offset-differs"),
        (phone.send(id_, 0, PHOTO + b"more"), 422, "invalid-field"),
        (phone.send(id_, 0, PHOTO, changed={"Content-Type": "image/jpeg"}), 415, "http-415"),
        (phone.send(id_, 0, PHOTO, changed={"Tus-Resumable": "0.2.2"}), 412, "http-412"),
        (phone.send(new_id(), 0, PHOTO), 404, "upload-not-found"),
        (phone.put(id_, id_), 409, "upload-incomplete"),
        (phone.put(id_, new_id()), 404, "upload-not-found"),
    ):  # fmt: skip
        refused = await answer
        assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{problem}")
    assert await phone.offset(id_) == 0
    spoken = await phone.ask("OPTIONS", FILES, {})
    assert spoken.headers["Tus-Version"] == "1.0.0"
    assert "creation" in spoken.headers["Tus-Extension"]


async def test_an_upload_is_its_agents_alone_and_ten_are_held_at_once(
    phone: Phone, settled: tuple[str, UUID, UUID, str]
) -> None:
    ids = [new_id() for _ in range(MOST_AT_ONCE + 1)]
    for id_ in ids:
        assert (await phone.begin(id_, PHOTO, PHOTO[:10])).status_code == 201
    assert [(await phone.ask("HEAD", f"{FILES}/{id_}", TUS)).status_code for id_ in ids[:2]] == [
        404, 200,
    ]  # fmt: skip
    other = Phone(phone.client, settled[3], phone.case_id, phone.agent_id)
    assert (await other.begin(ids[-1])).status_code == 409
    assert (await other.send(ids[-1], 10, PHOTO[10:])).status_code == 404


async def test_what_nobody_goes_on_with_expires_and_leaves_the_disk(
    phone: Phone, folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "UNUSED_S", -1)
    left, used = new_id(), new_id()
    await phone.begin(left, PHOTO, PHOTO[:10])
    await phone.begin(used, PHOTO, PHOTO)
    assert (await phone.put(used, used)).status_code == 200

    async def cleared(now: object) -> int:
        async with database.transaction(EVERYTHING) as session:
            return await clear_uploads(session, folder, now)  # type: ignore[arg-type]

    assert await cleared(MONDAY_NINE) == 0
    assert await cleared(MONDAY_NINE + LASTS_ON + timedelta(minutes=5)) == 1
    assert await phone.offset(left) == 10
    assert (await phone.put(new_id(), used)).status_code == 404
    assert await cleared(MONDAY_NINE + LASTS + timedelta(minutes=5)) == 1
    assert len(contents(folder)) == 1, "the picture itself"
    assert (await phone.ask("HEAD", f"{FILES}/{left}", TUS)).status_code == 404


async def send_some(url: str, token: str, lines: list[str], body: bytes, length: int) -> Link:
    """Send a request's head and so much of its body."""
    where = urlsplit(url)
    head = [
        *lines, f"Host: {where.netloc}", f"Authorization: Bearer {token}",
        f"Content-Length: {length}", *(f"{name}: {value}" for name, value in PART.items()),
    ]  # fmt: skip
    link = await asyncio.open_connection(where.hostname, where.port)
    link[1].write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    await link[1].drain()
    return link


async def break_until_it_came(
    phone: Phone, url: str, lines: list[str], body: bytes, length: int, id_: UUID, come: int
) -> None:
    """Break the connection in the middle of a body, until the server has what came: what it had
    not looked at when the connection broke does not count."""
    pause_s = 0.05
    async with asyncio.timeout(60):
        while True:
            _, sink = await send_some(url, phone.token, lines, body, length)
            await asyncio.sleep(pause_s)
            sink.close()
            await asyncio.sleep(pause_s)
            answer = await phone.ask("HEAD", f"{FILES}/{id_}", TUS)
            if answer.headers.get("Upload-Offset") == str(come):
                return
            pause_s *= 2


async def test_a_broken_connection_and_a_killed_server_cost_nothing_that_was_acknowledged(
    database_url: str,
    redis_url: str,
    settled: tuple[str, UUID, UUID, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_clock(database_url, MONDAY_NINE)
    monkeypatch.setenv("ROUNDSMAN_BODY_STALL_S", "1")
    token, case_id, agent_id, _ = settled
    id_, size = new_id(), len(PHOTO)
    a, b = size // 4, size // 2
    with serving(database_url, redis_url, worker=False) as served:
        async with httpx.AsyncClient(base_url=served.url) as client:
            phone = Phone(client, token, case_id, agent_id)
            told = metadata(id_, sha256(PHOTO).hexdigest())
            lines = [
                f"POST {FILES} HTTP/1.1", f"Upload-Length: {size}", f"Upload-Metadata: {told}",
            ]  # fmt: skip
            answered, sink = await send_some(served.url, token, lines, PHOTO[:a], size)
            stalled = await answered.readuntil(b"\r\n\r\n")
            assert b" 408 " in stalled
            assert f"upload-offset: {a}\r\n".encode() in stalled.lower()
            sink.close()
            lines = [f"PATCH {FILES}/{id_} HTTP/1.1", f"Upload-Offset: {a}"]
            await break_until_it_came(phone, served.url, lines, PHOTO[a:b], size - a, id_, b)
            served.kill("api")
    with serving(database_url, redis_url, worker=False) as served:
        async with httpx.AsyncClient(base_url=served.url) as client:
            phone = Phone(client, token, case_id, agent_id)
            assert await phone.offset(id_) == b
            assert (await phone.send(id_, b, PHOTO[b:])).status_code == 204
            taken = await phone.put(id_, id_)
            assert taken.json()["original_sha256"] == sha256(PHOTO).hexdigest()
