"""Broken off at any point: every ping is in the database or in the archive, and none twice."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from core.settings import ROOT
from data.session import Database, DatabaseError
from tests.conftest import MONDAY_NINE
from tests.tracking.retention.scenes import (
    DAY,
    KEEP_UNTIL,
    all_pings,
    as_owner,
    days_ago,
    files,
    some_pings,
)
from tracking.retention.errors import RetentionRuns
from tracking.retention.restore import restore
from tracking.retention.retain import retain

GONE = """
CREATE OR REPLACE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END $$
"""
"""Makes the database end a statement as if the process had gone before it."""

RETAIN = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from data.session import Database
from tracking.retention.retain import retain

async def main():
    print("begins", flush=True)
    await retain(Database(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("table", "event"),
    [
        ("archived_pings", "INSERT"),  # the file is in place, and not registered yet
        (f"ping_{DAY:%Y%m%d}", "DELETE"),  # it is registered, and the pings are still there
    ],
)
@pytest.mark.parametrize("late", [0, 4])
async def test_a_run_that_breaks_off_loses_nothing_and_the_next_one_finishes(
    own: Database,
    own_database_url: str,
    branches: tuple[UUID, UUID],
    tmp_path: Path,
    table: str,
    event: str,
    late: int,
) -> None:
    short, long = branches
    await some_pings(own, short, DAY, 30)
    await some_pings(own, long, DAY, 1)
    before = await all_pings(own, short)
    as_owner(
        own_database_url,
        GONE,
        f"CREATE TRIGGER gone BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION gone()",
    )
    with pytest.raises(DatabaseError):
        await retain(own, tmp_path, MONDAY_NINE)
    assert await all_pings(own, short) == before
    as_owner(own_database_url, f"DROP TRIGGER gone ON {table}")
    if late:
        await some_pings(own, short, DAY, late)
        before = await all_pings(own, short)
    await retain(own, tmp_path, MONDAY_NINE)
    assert await all_pings(own, short) == []
    await retain(own, tmp_path, MONDAY_NINE)
    await restore(own, tmp_path, DAY, DAY, KEEP_UNTIL, MONDAY_NINE)
    assert await all_pings(own, short) == before


def killed_after(seconds: float, *arguments: str) -> bool:
    """Run retention in a process, and kill it so long after it has begun; whether it still ran."""
    command = [sys.executable, "-c", RETAIN, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        time.sleep(seconds)
        killed = process.poll() is None
        process.kill()
    return killed


async def test_killed_again_and_again_it_loses_nothing(
    own: Database, own_database_url: str, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, long = branches
    for day in (DAY, days_ago(9)):
        await some_pings(own, short, day, 20_000)
    await some_pings(own, long, DAY, 1)
    before = await all_pings(own, short)
    moments = random.Random(1)
    killed = [
        killed_after(moments.uniform(0, 1), own_database_url, str(tmp_path), str(MONDAY_NINE))
        for _ in range(5)
    ]
    assert any(killed), "too little was under way for the test to mean anything"
    for _ in range(600):
        try:
            await retain(own, tmp_path, MONDAY_NINE)
            break
        except RetentionRuns:  # the database has not noticed yet that the last one is gone
            await asyncio.sleep(0.1)
    assert await all_pings(own, short) == []
    assert [file for file in files(tmp_path) if file.suffix != ".parquet"] == []
    await restore(own, tmp_path, DAY, days_ago(9), KEEP_UNTIL, MONDAY_NINE)
    assert await all_pings(own, short) == before
