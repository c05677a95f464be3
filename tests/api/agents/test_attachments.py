"""Photos, signatures and documents over HTTP: from the agent's phone to the supervisor."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from core.ids import new_id
from core.settings import settings
from data.session import EVERYTHING, Database, rows
from geofence.waiting.recompute import recompute_waiting
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, a_branch, a_case, a_person, a_token, an_agent
from tests.geofence.attachments.samples import PHOTO, SIGNATURE, a_phones_photo
from tests.geofence.evidence.scenes import chain

NINE = "2026-11-23T12:00:00Z"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@dataclass
class Field:
    """An agent with a case and a check-in there, another agent, and who supervises them."""

    agent_id: UUID
    token: str
    other: str
    supervisor: str
    stranger: str
    case_id: UUID
    check_in: str


@pytest.fixture
async def field(client: httpx.AsyncClient, database: Database) -> Field:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(text("DELETE FROM agent_dirty"))
        branch = await a_branch(session)
        agent, other = await an_agent(session, branch), await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        supervisor = await a_person(session, branch)
        stranger = await a_person(session, await a_branch(session))
        token = await a_token(session, agent)
        others = [await a_token(session, who) for who in (other, supervisor, stranger)]
    fix = {"lat": LA_SERENA.lat, "lon": LA_SERENA.lon, "accuracy_m": 8, "captured_at": NINE}
    body = {"case_id": str(case.case_id), "device_time": NINE, "fix": fix}
    arrived = str(new_id())
    answer = await client.put(f"/v1/agent/check-ins/{arrived}", json=body, headers=bearer(token))
    assert answer.status_code == 200
    return Field(agent, token, others[0], others[1], others[2], case.case_id, arrived)


async def put(
    client: httpx.AsyncClient, field: Field, content: bytes, id_: object = None, **changed: Any
) -> httpx.Response:
    query = {"kind": "photo", "check_in_id": field.check_in, "device_time": NINE} | changed
    return await client.put(
        f"/v1/agent/attachments/{id_ or new_id()}",
        params={name: value for name, value in query.items() if value is not None},
        content=content,
        headers=bearer(changed.pop("token", field.token)),
    )


async def test_a_photo_is_kept_without_what_the_camera_wrote_into_it(
    client: httpx.AsyncClient, field: Field, folder: Path
) -> None:
    sent = a_phones_photo()
    answer = await put(client, field, sent)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["original_sha256"] == sha256(sent).hexdigest()
    assert told["media_type"] == "image/jpeg"
    assert told["case_id"] == str(field.case_id)
    assert told["exif"] == {
        "taken_at": "2026-11-23T09:41:05-03:00", "lat": -29.9025, "lon": -71.2519444,
        "located_at": "2026-11-23T12:41:05Z",
    }  # fmt: skip
    [kept] = (path for path in files_in(folder) if path.is_file())
    sealed = kept.read_bytes()
    assert told["stored_sha256"][:16] not in str(kept)
    assert sent[:3] not in sealed[:200], "it does not even look like a picture"
    answer = await client.get(f"/v1/attachments/{told['id']}", headers=bearer(field.supervisor))
    assert (len(answer.content), sha256(answer.content).hexdigest()) == (
        told["size_bytes"], told["stored_sha256"],
    )  # fmt: skip
    assert b"Diego" not in answer.content


async def test_a_supervisor_gets_it_as_a_file_that_no_browser_runs(
    client: httpx.AsyncClient, field: Field
) -> None:
    taken = (await put(client, field, SIGNATURE, kind="signature")).json()
    path = f"/v1/attachments/{taken['id']}"
    answer = await client.get(path, headers=bearer(field.supervisor))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="signature-{taken["id"]}.svg"'
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert sha256(answer.content).hexdigest() == taken["stored_sha256"]
    for id_, token in ((taken["id"], field.stranger), (new_id(), field.supervisor)):
        answer = await client.get(f"/v1/attachments/{id_}", headers=bearer(token))
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/attachment-not-found"


async def test_a_file_that_was_changed_on_disk_is_not_given_out(
    client: httpx.AsyncClient, field: Field, folder: Path
) -> None:
    taken = (await put(client, field, PHOTO)).json()
    [kept] = (path for path in files_in(folder) if path.is_file())
    kept.write_bytes(b"another")
    answer = await client.get(f"/v1/attachments/{taken['id']}", headers=bearer(field.supervisor))
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/file-lost"


async def test_the_same_again_is_the_same_and_another_body_is_refused(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    id_ = new_id()
    answers = await asyncio.gather(*(put(client, field, PHOTO, id_) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    for content, changed in (
        (a_phones_photo(), {}),
        (PHOTO, {"device_time": "2026-11-23T11:59:00Z"}),
        (PHOTO, {"check_in_id": None, "case_id": str(field.case_id)}),
        (PHOTO, {"kind": "document"}),
    ):
        answer = await put(client, field, content, id_, **changed)
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/id-reused"
    async with database.transaction(EVERYTHING) as session:
        found = await rows(session, "SELECT count(*) AS n FROM attachment WHERE id = :i", i=id_)
    assert found[0].n == 1


async def test_another_agents_id_is_refused_and_tells_nothing(
    client: httpx.AsyncClient, field: Field
) -> None:
    id_ = new_id()
    assert (await put(client, field, PHOTO, id_)).status_code == 200
    answer = await put(client, field, PHOTO, id_, token=field.other)
    assert answer.status_code in (404, 409)
    assert "original_sha256" not in answer.text


@pytest.mark.parametrize(
    ("content", "changed", "status", "problem"),
    [
        (b"", {}, 422, "invalid-field"),
        (b"GIF89a", {}, 422, "file-not-usable"),
        (PHOTO[:200], {}, 422, "file-not-usable"),
        (PHOTO, {"kind": "signature"}, 422, "file-not-usable"),
        (PHOTO, {"kind": "film"}, 422, "invalid-request"),
        (PHOTO, {"kind": None}, 422, "invalid-request"),
        (PHOTO, {"device_time": "2026-11-23T12:00:00"}, 422, "invalid-request"),
        (PHOTO, {"device_time": "2026-11-01T12:00:00Z"}, 422, "time-not-plausible"),
        (PHOTO, {"check_in_id": str(new_id())}, 404, "check-in-not-found"),
        (PHOTO, {"check_in_id": None}, 422, "invalid-field"),
        (PHOTO, {"kind": "car_form", "form_number": "CAR-7"}, 422, "invalid-field"),
        (PHOTO, {"kind": "car_form", "form_date": "2026-11-20"}, 422, "invalid-field"),
        (PHOTO, {"form_number": "CAR-7", "form_date": "2026-11-20"}, 422, "invalid-field"),
        (PHOTO, {"case_id": str(new_id())}, 422, "invalid-field"),
        (PHOTO, {"check_in_id": None, "case_id": str(new_id())}, 404, "case-not-found"),
        (PHOTO + b"\0" * 10_000_000, {}, 422, "invalid-field"),
        (SIGNATURE + b" " * 500_000, {"kind": "signature"}, 422, "invalid-field"),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_leaves_no_file(
    client: httpx.AsyncClient,
    field: Field,
    folder: Path,
    content: bytes,
    changed: dict[str, Any],
    status: int,
    problem: str,
) -> None:
    answer = await put(client, field, content, **changed)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert files_in(folder) == []


async def test_a_form_is_kept_with_its_number_and_date_and_a_group_with_its_cases(
    client: httpx.AsyncClient, field: Field, folder: Path
) -> None:
    id_, told = new_id(), {"form_number": "CAR-7", "form_date": "2026-11-20"}
    form = await put(client, field, PHOTO, id_, kind="car_form", **told)
    assert form.status_code == 200, form.text
    assert form.json()["form"] == {"number": "CAR-7", "date": "2026-11-20"}
    again = await put(client, field, PHOTO, id_, kind="car_form", **told)
    assert again.json() == form.json()
    other = await put(client, field, PHOTO, id_, kind="car_form", **told | {"form_number": "CAR-8"})
    assert other.status_code == 409
    group = await put(
        client, field, PHOTO, kind="group_image", check_in_id=None, case_id=str(field.case_id)
    )
    assert group.json()["kind"] == "group_image"


def files_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def test_where_nothing_can_be_written_nothing_is_acknowledged(
    client: httpx.AsyncClient, field: Field, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_bytes(b"")
    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(folder / "file"))
    settings.cache_clear()
    id_ = new_id()
    answer = await put(client, field, PHOTO, id_)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/file-not-kept")
    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(folder))
    settings.cache_clear()
    assert (await put(client, field, PHOTO, id_)).status_code == 200


async def test_an_attachment_is_sealed_with_both_hashes(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    taken = (await put(client, field, a_phones_photo())).json()
    async with database.transaction(EVERYTHING) as session:
        assert await recompute_waiting(session, MONDAY_NINE)
    arrived, photo = await chain(database, field.agent_id)
    assert arrived["check_in"]["id"] == field.check_in
    sealed = photo["attachment"]
    assert (sealed["id"], sealed["kind"]) == (taken["id"], "photo")
    assert sealed["original_sha256"] == taken["original_sha256"]
    assert sealed["stored_sha256"] == taken["stored_sha256"]
