"""``./roundsman verify-evidence``: what is printed, and how it ends."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import text

from cli.verify_evidence import run
from core.ids import new_id
from core.settings import ROOT, settings
from data.session import EVERYTHING, Database
from geofence.evidence.export import export_heads
from geofence.evidence.pack import finished
from tests.conftest import MONDAY_NINE
from tests.factories import branch_code
from tests.geofence.evidence.scenes import a_visit, packed, prepare


@pytest.fixture
def files(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Path]:
    """A folder with a pack and the list of heads of its day, from an installation of its own."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path / "state"))
    settings.cache_clear()

    async def set_up() -> None:
        database = Database(own_database_url)
        await prepare(database)
        visited = await a_visit(database)
        (tmp_path / "pack.json").write_bytes(await packed(database, visited.visit_id))
        async with database.transaction(EVERYTHING, read_only=True) as session:
            code = await branch_code(session, visited.who["branch_id"])
            tonight = MONDAY_NINE + timedelta(days=1)
            heads = await export_heads(session, code, MONDAY_NINE.date(), tonight)
        (tmp_path / "heads.json").write_bytes(heads)
        await database.close()

    asyncio.run(set_up())
    yield tmp_path
    settings.cache_clear()


def checked(*packs: Path, heads: Path | None = None, database: bool = False) -> int:
    try:
        run(list(packs), heads, database)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def rewritten(file: Path, change: Any) -> Path:
    value = json.loads(file.read_bytes())
    change(value)
    other = file.with_name("other.json")
    other.write_bytes(finished(value))
    return other


def test_packs_are_told_of_in_plain_words(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, heads = files / "pack.json", files / "heads.json"
    assert checked(pack) == 0
    told = capsys.readouterr().out
    assert "Diego Soto at María González" in told
    assert "only beside a list of heads" in told
    assert checked(pack, heads=heads) == 0
    told = capsys.readouterr().out
    assert "the head that was listed on 2026-11-23" in told
    assert "only beside" not in told

    def forge(value: Any) -> None:
        value["pings"][4]["lat"] = -29.9

    assert checked(pack, rewritten(pack, forge)) == 1
    told = capsys.readouterr().out
    assert "Ping 5, taken at 2026-11-23T12:00:40.000000Z, is not one that was sealed." in told
    assert "Do not rely on this file" in told


def test_what_cannot_be_checked_ends_with_2(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, heads = files / "pack.json", files / "heads.json"
    (files / "none.json").write_bytes(b"{")
    assert checked(files / "none.json", pack) == 2
    assert "no JSON" in capsys.readouterr().out
    assert checked(files / "missing.json") == 2
    assert "No such file" in capsys.readouterr().out
    assert checked(heads) == 2
    assert "its format is not roundsman-evidence-pack/1" in capsys.readouterr().out
    assert checked(pack, heads=pack) == 2
    assert "its format is not roundsman-evidence-heads/1" in capsys.readouterr().out
    with pytest.raises(typer.BadParameter):
        run([], None, database=False)
    with pytest.raises(typer.BadParameter):
        run([pack], None, database=True)


def test_no_database_is_needed(files: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "cli", "verify-evidence", str(files / "pack.json")],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd=files, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓" in done.stdout


def test_the_chains_of_a_database_are_looked_through(
    files: Path, own_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(database=True) == 0
    assert "4 records hold; 0 of 1 chains do not." in capsys.readouterr().out

    async def tamper() -> None:
        database = Database(own_database_url)
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql("BEGIN; SET LOCAL ROLE NONE")
            await connection.execute(text("UPDATE visit SET verdict = 'unverified'"))
            await connection.execute(
                text(
                    "INSERT INTO attachment SELECT :id, branch_id, agent_id, case_id, id, 'photo',"
                    " 'image/png', 1, 'x', 'x', '{}', device_time, server_time, 'x' FROM check_in"
                ),
                {"id": new_id()},
            )
        await database.close()

    asyncio.run(tamper())
    assert checked(database=True) == 1
    told = capsys.readouterr().out
    assert "visit.verdict was 'verified' when sealed and is 'unverified'" in told
    assert "0 attachments have their files; 1 have not." in told
