"""``./roundsman territories``: imported from files, and exported again."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.app import main
from cli.territories import run_export, run_import
from core.settings import settings
from data.session import EVERYTHING, Database
from tests.factories import a_branch

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}


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


def a_file(folder: Path, *codes: str) -> Path:
    path = folder / "territories.geojson"
    features = [
        {"type": "Feature", "geometry": SQUARE, "properties": {"code": code}} for code in codes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.usefixtures("lender")
def test_what_is_refused_is_told_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, "T-1", "T-2")
    for each, told in ((False, "Nothing was stored"), (True, "1 added")):
        with pytest.raises(typer.Exit) as ended:
            run_import(path, "HO", each)
        assert ended.value.exit_code == 2
        assert told in capsys.readouterr().out


@pytest.mark.usefixtures("lender")
def test_what_is_exported_can_be_imported_and_pin_codes_come_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_import(a_file(tmp_path, "T-1"), "HO", False)
    pincodes = tmp_path / "pincodes.csv"
    pincodes.write_text("territory,pincode\nT-1,1780\n")
    run_import(pincodes, "HO", False)
    run_export(tmp_path / "out.geojson", "HO")
    capsys.readouterr()
    run_import(tmp_path / "out.geojson", "HO", False)
    assert "1 same" in capsys.readouterr().out
    (feature,) = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert feature["properties"]["pincodes"] == ["1780"]


@pytest.mark.usefixtures("lender")
def test_a_branch_that_there_is_not_ends_with_1(tmp_path: Path) -> None:
    path = a_file(tmp_path, "T-1")
    assert main(["territories", "import", str(path), "--branch", "MARS"]) == 1
