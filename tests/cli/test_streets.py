"""``./roundsman streets``: what is built, listed, removed, and how it ends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.app import main
from cli.streets import run
from core.geometry import LatLon
from core.settings import settings
from data.session import EVERYTHING, Database
from tests.factories import a_branch
from tests.streets.small_city import at, town, write_osm

TAGS = {"highway": "residential", "maxspeed": "40"}


@pytest.fixture(autouse=True)
def installation(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """One with a branch in the town."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    settings.cache_clear()

    async def set_up() -> None:
        database = Database(own_database_url)
        async with database.transaction(EVERYTHING) as session:
            await a_branch(session, "TOWN", location=LatLon(*at(0, 0)))
        await database.close()

    asyncio.run(set_up())
    yield
    settings.cache_clear()


def an_extract(folder: Path, name: str, **tags: str) -> str:
    raw = town()
    ways = [(list(way.nodes), TAGS | {"name": way.name} | tags) for way in raw.ways]
    return str(write_osm(folder / name, raw.nodes, ways))


def test_cities_are_built_listed_replaced_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(list_=True)
    assert "No city is in use" in capsys.readouterr().out
    extract = an_extract(tmp_path, "villa_chica.osm.pbf")
    run(extract)
    told = capsys.readouterr().out
    assert "Villa chica: 3 km of streets, 20 crossings, in use now" in told
    assert "on foot: 3 km" in told
    run(extract)
    assert "in use already" in capsys.readouterr().out
    run(an_extract(tmp_path, "later.osm.pbf", maxspeed="30"), name="Villa chica")
    assert "Villa chica: 3 km of streets, 20 crossings, in use now" in capsys.readouterr().out
    run(list_=True)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "Villa chica" in line]
    assert "later.osm.pbf" in line
    assert line.rstrip().endswith("TOWN")
    run(remove_="Villa chica")
    assert "no longer in use" in capsys.readouterr().out
    run(list_=True)
    assert "No city is in use" in capsys.readouterr().out


def test_what_is_not_in_use_cannot_be_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["streets", "--remove", "Atlantis"]) == 1
    assert "'Atlantis' is none of the networks in use: none" in capsys.readouterr().err


def test_one_thing_is_asked_at_a_time() -> None:
    with pytest.raises(typer.BadParameter, match="one of SOURCE"):
        run("demo", list_=True)
    with pytest.raises(typer.BadParameter, match="one of SOURCE"):
        run()


def test_a_file_that_is_none_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["streets", str(tmp_path / "none.osm.pbf")]) == 1
    assert "does not exist" in capsys.readouterr().err
