"""``./roundsman import-demand``: what is printed, and how it ends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.import_demand import run
from collection.portfolio.demand_dates import DateOrder
from collection.portfolio.errors import UnclearDates
from core.settings import settings
from data.session import EVERYTHING, Database
from tests.factories import a_branch

HEADER = "branch_code,customer_id,customer_name,loan_account_no,address,due_date,total_due"


@pytest.fixture
def lender(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """A head office HO in an installation of its own."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path))
    settings.cache_clear()

    async def set_up() -> None:
        database = Database(own_database_url)
        async with database.transaction(EVERYTHING) as session:
            await a_branch(session, "HO")
        await database.close()

    asyncio.run(set_up())
    yield
    settings.cache_clear()


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "monday.csv"
    path.write_text("\n".join([HEADER, *lines, ""]))
    return path


@pytest.mark.usefixtures("lender")
def test_all_rows_loaded_ends_with_0_and_a_repeat_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, "HO,C1,Rosa,L1,Larga 1,2026-01-05,45000")
    run(path, None)
    assert "1 of 1 rows loaded, CLP 45,000 due" in capsys.readouterr().out
    run(path, None)
    assert "nothing was changed" in capsys.readouterr().out


@pytest.mark.usefixtures("lender")
def test_what_comes_first_in_its_dates_is_said_with_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, "HO,C1,Rosa,L1,Larga 1,05/01/2026,45000")
    with pytest.raises(UnclearDates, match="2026-01-05 where days come first"):
        run(path, None)
    run(path, None, DateOrder.DAY_FIRST)
    assert "1 of 1 rows loaded" in capsys.readouterr().out


@pytest.mark.usefixtures("lender")
def test_bad_rows_are_listed_by_line_and_column_and_end_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = "HO,C1,Rosa,L1,Larga 1,2026-01-05,45000"
    path = a_file(tmp_path, good, "HO,C2,Juan,L2,Larga 2,5/1/2026,45000")
    with pytest.raises(typer.Exit) as ended:
        run(path, None)
    assert ended.value.exit_code == 2
    told = capsys.readouterr().out
    assert "1 of 2 rows loaded" in told
    for part in ("3", "due_date", "5/1/2026", "left out"):
        assert part in told
