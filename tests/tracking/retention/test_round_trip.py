"""Out to the archive and back: the same rows, whatever is in them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from data.session import EVERYTHING, Database, rows
from data.tables.tracking import Ping
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch
from tests.tracking.retention.scenes import (
    COLUMNS,
    all_pings,
    days_ago,
    files,
    keeps,
    partition_days,
)
from tracking.retention.ping_text import SCHEMA
from tracking.retention.restore import restore
from tracking.retention.retain import retain

DAY = days_ago(30)
START = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
DEVICES = [uuid4() for _ in range(3)]

reals = st.none() | st.floats(width=32, allow_nan=False)
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
pings = st.fixed_dictionaries(
    {
        "device_id": st.sampled_from(DEVICES),
        "captured_at": st.integers(0, 86_400_000_000 - 1).map(
            lambda us: START + timedelta(microseconds=us)
        ),
        "lat": st.floats(-90, 90),
        "lon": st.floats(-180, 180),
        "agent_id": st.uuids(),
        "received_at": st.integers(-(10**15), 7 * 10**15).map(
            lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
        ),
        "accuracy_m": reals,
        "speed_mps": reals,
        "heading_deg": reals,
        "altitude_m": reals,
        "battery_pct": reals,
        "is_mock": st.booleans(),
        "attributes": st.none() | st.dictionaries(texts, json_values, max_size=4),
    }
)


async def insert(database: Database, many: list[dict[str, Any]]) -> None:
    names = COLUMNS.split(", ")
    values = ", ".join(
        "CAST(:attributes AS jsonb)" if name == "attributes" else f":{name}" for name in names
    )
    statement = f"INSERT INTO ping ({COLUMNS}) VALUES ({values}) ON CONFLICT DO NOTHING"  # noqa: S608
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "SELECT ensure_ping_partition(:day)", day=DAY)
        for one in many:
            attributes = None if one["attributes"] is None else json.dumps(one["attributes"])
            await session.execute(text(statement), one | {"attributes": attributes})


def times_of(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in files(folder)}


@given(many=st.lists(pings, min_size=1, max_size=12))
@settings(max_examples=settings().max_examples // 5)
async def test_archived_dropped_and_restored_pings_are_the_same_rows(
    database: Database, many: list[dict[str, Any]]
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
    await keeps(database, branch, 7)
    await insert(database, [one | {"branch_id": branch} for one in many])
    before = await all_pings(database, branch)
    with TemporaryDirectory() as name:
        folder = Path(name)
        done = await retain(database, folder, MONDAY_NINE)
        assert done.dropped == [DAY]
        assert DAY not in await partition_days(database)
        for _ in range(2):
            await restore(database, folder, DAY, DAY, MONDAY_NINE + timedelta(days=1), MONDAY_NINE,
                          branch_id=branch)  # fmt: skip
            assert await all_pings(database, branch) == before
        # The hold is over: it goes again, and nothing has to be written.
        written_at = times_of(folder)
        await retain(database, folder, MONDAY_NINE + timedelta(days=2))
        assert await all_pings(database, branch) == []
        assert times_of(folder) == written_at


def test_the_archive_has_every_column_of_a_ping() -> None:
    assert SCHEMA.names == [column.name for column in inspect(Ping).columns]
