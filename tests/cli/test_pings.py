"""``./roundsman pings``: what is printed, and how it ends."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import typer

from cli.pings import run_archive, run_restore, run_status
from core.errors import InvalidField
from core.settings import settings
from data.session import EVERYTHING, Database
from identity.errors import BranchNotFound
from tests.factories import a_branch
from tests.tracking.retention.scenes import all_pings, files, some_pings
from tracking.retention.errors import ArchiveDamaged, NothingArchived

OLD = datetime.now(UTC) - timedelta(days=100)


@pytest.fixture
def branch(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[UUID]:
    """A branch LS01 with 30 pings of a hundred days ago, in an installation of its own."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path))
    settings.cache_clear()

    async def set_up() -> UUID:
        database = Database(own_database_url)
        async with database.transaction(EVERYTHING) as session:
            branch = await a_branch(session, "LS01")
        await some_pings(database, branch, OLD.date(), 30)
        await database.close()
        return branch

    yield asyncio.run(set_up())
    settings.cache_clear()


def stored(branch: UUID) -> int:
    async def count() -> int:
        database = Database(str(settings().database_url))
        found = await all_pings(database, branch)
        await database.close()
        return len(found)

    return asyncio.run(count())


def test_archive_and_restore_and_status_tell_what_they_did(
    branch: UUID, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = f"{OLD:%Y-%m-%d}"
    run_archive(dry_run=True)
    told = capsys.readouterr().out
    assert f"{day} LS01: 30 pings would be archived and removed" in told
    assert "Nothing was changed" in told
    assert (stored(branch), files(tmp_path / "archive")) == (30, [])

    run_archive(dry_run=False)
    told = capsys.readouterr().out
    assert f"{day} LS01: 30 pings archived and removed" in told
    assert "partitions dropped: 1" in told
    assert stored(branch) == 0
    kept = f"archive/pings/day={day}/branch=LS01.parquet"
    assert files(tmp_path / "archive") == [tmp_path / kept]

    run_restore(OLD, OLD, "LS01", 3)
    assert "30 of 30 archived pings were missing and are back" in capsys.readouterr().out
    assert stored(branch) == 30
    run_restore(OLD, OLD, None, 3)
    assert "0 of 30 archived pings were missing" in capsys.readouterr().out

    run_status()
    told = capsys.readouterr().out
    assert day in told
    assert "30 of 1 branch" in told
    assert f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}" in told
    assert "LS01" in told
    run_archive(dry_run=True)
    assert "0 pings would leave" in capsys.readouterr().out


def test_what_cannot_be_restored_is_said_so(branch: UUID, tmp_path: Path) -> None:
    with pytest.raises(NothingArchived):
        run_restore(OLD, OLD, None, 7)
    with pytest.raises(BranchNotFound):
        run_restore(OLD, OLD, "LS02", 7)
    with pytest.raises(InvalidField, match="--to"):
        run_restore(OLD, OLD - timedelta(days=1), None, 7)
    run_archive(dry_run=False)
    [file] = files(tmp_path / "archive")
    file.write_bytes(b"PAR1")
    with pytest.raises(ArchiveDamaged, match=file.name):
        run_restore(OLD, OLD, None, 7)
    assert stored(branch) == 0


def test_pings_that_had_to_stay_end_the_command_with_2(
    branch: UUID, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with pytest.raises(typer.Exit) as ended:
        run_archive(dry_run=False)
    assert ended.value.exit_code == 2
    assert "LS01 stays" in capsys.readouterr().out
    assert stored(branch) == 30
