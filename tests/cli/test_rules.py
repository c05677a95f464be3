"""``./roundsman rules``: packs listed and loaded, and what binds a branch."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.app import main
from cli.rules import run_list, run_load, run_off, run_show
from core.errors import InvalidField
from core.settings import settings
from data.session import EVERYTHING, Database
from tests.collection.gate.scenes import a_branch_in


@pytest.fixture
def lender(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """The code of a head office in India, in an installation of its own."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path))
    settings.cache_clear()

    async def set_up() -> str:
        database = Database(own_database_url)
        async with database.transaction(EVERYTHING) as session:
            _, code = await a_branch_in(session, "IN")
        await database.close()
        return code

    yield asyncio.run(set_up())
    settings.cache_clear()


def test_packs_are_listed_and_shown_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    run_list()
    assert "india-nbfc" in capsys.readouterr().out
    run_show("india-2026-draft")
    shown = capsys.readouterr().out
    assert "IN-26-HOURS draft" in shown
    assert "not read in its own source" in shown


def test_a_pack_that_there_is_not_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "mars"]) == 1
    assert "There are: india-2026-draft" in capsys.readouterr().err


def test_a_pack_is_loaded_for_the_head_office_and_turned_off(
    lender: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_list(lender)
    assert "No contact rules" in capsys.readouterr().out
    run_load("india-nbfc")
    assert "5 added: IN-HRS-1" in capsys.readouterr().out
    run_load("india-nbfc", lender)
    assert "5 as before" in capsys.readouterr().out
    run_load("india-2026-draft")
    assert "Drafts, not in force: IN-26-HOURS" in capsys.readouterr().out
    run_list(lender)
    listed = capsys.readouterr().out
    assert "IN-HRS-1 in force · block" in listed
    assert f"version 1 at {lender}, pack india-nbfc" in listed
    run_off("india-nbfc")
    assert "Turned off: IN-HRS-1" in capsys.readouterr().out
    run_off("india-nbfc")
    assert "nothing, none was on" in capsys.readouterr().out
    with pytest.raises(InvalidField):
        run_load("uk")
