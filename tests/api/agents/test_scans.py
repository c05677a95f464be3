"""Files are looked through for malware before anybody can open them."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.ids import new_id
from core.scanner import scanner_of
from core.settings import settings
from data.session import Database
from geofence.attachments.scans.scan_files import scan_files
from tests.api.cash_field import NINE, Field
from tests.api.conftest import bearer
from tests.api.desk.scenes import Desk, a_desk
from tests.clamd import MALWARE, a_clamd
from tests.conftest import MONDAY_NINE
from tests.geofence.attachments.samples import PHOTO

PDF = b"%PDF-1.7\n"
NOBODY = "clamd://127.0.0.1:9"


@pytest.fixture
async def database(own_database: Database) -> Database:
    return own_database


@pytest.fixture
def scanner_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def set_to(url: str) -> None:
        monkeypatch.setenv("ROUNDSMAN_SCANNER_URL", url)
        settings.cache_clear()

    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(tmp_path))
    settings.cache_clear()
    yield set_to
    settings.cache_clear()


async def send(field: Field, content: bytes) -> str:
    answer = await field.client.put(
        f"/v1/agent/attachments/{new_id()}",
        params={"kind": "document", "case_id": str(field.case.case_id), "device_time": NINE},
        content=content,
        headers=bearer(field.token),
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def look_through(field: Field, url: str) -> int:
    scan = scanner_of(url)
    assert scan is not None
    return await scan_files(field.database, settings().attachment_dir, scan, MONDAY_NINE)


async def opened(desk: Desk, id_: str) -> Any:
    return await desk.get(f"/v1/attachments/{id_}", desk.supervisor)


async def alerts(field: Field) -> list[str]:
    found = await field.ask("SELECT kind FROM alert WHERE cleared_at IS NULL ORDER BY kind")
    return [r.kind for r in found]


async def test_a_file_is_opened_once_it_was_looked_through(
    database: Database, client: httpx.AsyncClient, scanner_at: Callable[[str], None]
) -> None:
    desk = await a_desk(database, client)
    async with a_clamd() as clamd:
        scanner_at(clamd.url)
        good, bad = await send(desk.field, PDF), await send(desk.field, PDF + MALWARE)
        waits = await opened(desk, good)
        assert waits.status_code == 503
        assert waits.json()["type"].endswith("/file-not-scanned")
        assert await look_through(desk.field, clamd.url) == 2
        assert await look_through(desk.field, clamd.url) == 0
        assert (await opened(desk, good)).content == PDF
    refused = await opened(desk, bad)
    assert refused.status_code == 409
    assert refused.json()["found"] == "Test.Malware"
    assert await alerts(desk.field) == ["file_infected"]
    story = (await desk.get(f"/v1/cases/{desk.case_id}/timeline")).json()["items"]
    told = {e["id"]: e["facts"] for e in story if e["kind"] == "attachment"}
    assert told[bad]["found"] == "Test.Malware"
    assert "is_held" not in told[good]


async def test_what_nobody_may_open_is_left_out_of_what_a_customer_takes(
    database: Database, client: httpx.AsyncClient, scanner_at: Callable[[str], None]
) -> None:
    desk = await a_desk(database, client)
    async with a_clamd() as clamd:
        scanner_at(clamd.url)
        good, bad = await send(desk.field, PDF), await send(desk.field, PDF + MALWARE)
        await look_through(desk.field, clamd.url)
        waits = await send(desk.field, PDF)
    taken = await client.get(
        f"/v1/customers/{desk.field.case.customer_id}/export.zip",
        params={"reason": "she asked"},
        headers=bearer(desk.admin),
    )
    assert taken.status_code == 200, taken.text
    with zipfile.ZipFile(io.BytesIO(taken.content)) as packed:
        files = [name for name in packed.namelist() if name.startswith("attachments/")]
        told = packed.read("person.json").decode()
    assert files == [f"attachments/{good}.pdf"]
    assert all(id_ in told for id_ in (good, bad, waits))


async def test_while_the_scanner_is_away_files_wait(
    database: Database, client: httpx.AsyncClient, scanner_at: Callable[[str], None]
) -> None:
    desk = await a_desk(database, client)
    scanner_at(NOBODY)
    file = await send(desk.field, PHOTO)
    assert await look_through(desk.field, NOBODY) == 0
    assert (await opened(desk, file)).status_code == 503
    assert await alerts(desk.field) == ["scanner_unreachable"]
    async with a_clamd() as clamd:
        assert await look_through(desk.field, clamd.url) == 1
    assert (await opened(desk, file)).status_code == 200
    assert await alerts(desk.field) == []


async def test_a_file_that_the_scanner_says_nothing_of_holds_up_no_other(
    database: Database, client: httpx.AsyncClient, scanner_at: Callable[[str], None]
) -> None:
    desk = await a_desk(database, client)
    async with a_clamd(most_bytes=len(PDF)) as clamd:
        scanner_at(clamd.url)
        large, small = await send(desk.field, PDF + b"x"), await send(desk.field, PDF)
        assert await look_through(desk.field, clamd.url) == 1
        assert (await opened(desk, large)).status_code == 503
        assert (await opened(desk, small)).status_code == 200
        assert await alerts(desk.field) == ["file_no_verdict"]
        clamd.most_bytes += 1
        assert await look_through(desk.field, clamd.url) == 1
    assert (await opened(desk, large)).status_code == 200
    assert await alerts(desk.field) == []


async def test_files_from_before_the_setting_are_as_ever(
    database: Database, client: httpx.AsyncClient, scanner_at: Callable[[str], None]
) -> None:
    desk = await a_desk(database, client)
    file = await send(desk.field, PHOTO)
    scanner_at(NOBODY)
    assert (await opened(desk, file)).status_code == 200


async def test_a_file_with_malware_is_not_read(
    database: Database, client: httpx.AsyncClient, scanner_at: Callable[[str], None]
) -> None:
    desk = await a_desk(database, client)

    async def upload(content: bytes) -> Any:
        files = {"file": ("demand.csv", content, "text/csv")}
        headers = bearer(desk.admin)
        return await client.post("/v1/demand-files", files=files, headers=headers)

    scanner_at(NOBODY)
    assert (await upload(b"a,b\n")).json()["type"].endswith("/scanner-unreachable")
    async with a_clamd() as clamd:
        scanner_at(clamd.url)
        refused = await upload(b"a,b\n" + MALWARE)
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("/file-infected")
        assert (await upload(b"a,b\n")).json()["type"].endswith("/missing-columns")
