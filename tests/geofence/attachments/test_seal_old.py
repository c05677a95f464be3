"""Files from before files were sealed: a rotation seals them, and none is left in the clear."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert

from core.ids import new_id
from core.settings import settings
from data.column_keys import column_status, seal_all_anew
from data.sealed import cipher, write_ring
from data.session import EVERYTHING, Database, run
from data.tables.evidence import Attachment
from geofence.attachments import store
from geofence.attachments.files import fetch, path_of
from geofence.attachments.look_through import look_through
from geofence.attachments.seal_old import seal_old
from geofence.attachments.stored import Stored
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, an_agent

SAME, LOST = b"a picture that two cases have", b"one whose file is gone"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "key_file", tmp_path / "column.keys")


async def _old(database: Database, folder: Path) -> list[UUID]:
    """Three attachments as they were kept once: two of one file, and one whose file is lost."""
    ids = [new_id() for _ in range(3)]
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
    # Such rows are made no more, but by the tables' owner.
    async with database.engine.begin() as owner:
        await owner.exec_driver_sql("BEGIN")
        await owner.exec_driver_sql("SET LOCAL ROLE NONE")
        for id_, content in zip(ids, (SAME, SAME, LOST), strict=True):
            sha = sha256(content).digest()
            await owner.execute(
                insert(Attachment).values(
                    id=id_, branch_id=branch, agent_id=agent, case_id=case.case_id, kind="photo",
                    media_type="image/jpeg", size_bytes=len(content), original_sha256=sha,
                    stored_sha256=sha, exif={}, device_time=MONDAY_NINE, server_time=MONDAY_NINE,
                    body_hash=b"",
                )
            )  # fmt: skip
    path = path_of(folder, Stored(sha256(SAME).digest(), None).name)
    path.parent.mkdir(parents=True)
    path.write_bytes(SAME)
    return ids


async def test_old_files_are_sealed_once_and_leave_nothing_in_the_clear(
    own_database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    one, two, lost = await _old(own_database, folder)
    told: list[tuple[str, int]] = []
    assert await seal_old(own_database, folder, lambda *now: told.append(now)) == 2
    assert ("attachment files", 2) in told
    assert await seal_old(own_database, folder, lambda *_: None) == 0
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert SAME not in kept
    async with own_database.transaction(EVERYTHING) as session:
        stored = await store.stored_files(session, [one, two, lost])
        assert {id_: each.key is None for id_, each in stored.items()} == {
            one: False, two: False, lost: True,
        }  # fmt: skip
        assert stored[one].name != stored[two].name
        whole, missing = await look_through(session, folder)
        assert (whole, [error.id for error in missing]) == (2, [str(lost)])
    for id_ in (one, two):
        assert await fetch(folder, stored[id_], id_) == SAME


async def test_a_rotation_seals_the_keys_anew_and_leaves_the_files_alone(
    own_database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    one, _, _ = await _old(own_database, folder)
    await seal_old(own_database, folder, lambda *_: None)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    write_ring(cipher().ring.with_new_key())
    assert await seal_all_anew(own_database, lambda *_: None) >= 2
    write_ring(cipher().ring.with_newest_alone())
    async with own_database.transaction(EVERYTHING) as session:
        held = {s.column: s.values_by_key for s in await column_status(session)}
        assert held["attachment.file_key"] == {2: 2}
        stored = await store.stored_files(session, [one])
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert await fetch(folder, stored[one], one) == SAME


async def test_new_rows_without_a_key_are_refused(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        with pytest.raises(Exception, match="row-level security"):
            await run(
                session,
                "INSERT INTO attachment (id, branch_id, agent_id, case_id, kind, media_type,"
                " size_bytes, original_sha256, stored_sha256, exif, device_time, server_time,"
                " body_hash) VALUES (:id, :b, :a, :c, 'photo', 'image/jpeg', 1, '', '', '{}',"
                " :now, :now, '')",
                id=new_id(), b=branch, a=agent, c=case.case_id, now=MONDAY_NINE,
            )  # fmt: skip
        await session.rollback()
