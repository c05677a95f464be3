"""Pings of days gone by, straight into the table, and what became of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url, text

from data.session import EVERYTHING, Database, rows
from identity.policies.store import put
from tests.conftest import MONDAY_NINE
from tests.tracking.parcels import one

TODAY = MONDAY_NINE.date()
COLUMNS = (
    "device_id, captured_at, lat, lon, agent_id, branch_id, received_at, accuracy_m, speed_mps,"
    " heading_deg, altitude_m, battery_pct, is_mock, attributes"
)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


DAY = days_ago(10)
KEEP_UNTIL = MONDAY_NINE + timedelta(days=7)


def files(folder: Path) -> list[Path]:
    """All files in and below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def a_file_instead_of(folder: Path) -> Path:
    """A folder that nothing can be written to, whoever we are."""
    folder.write_text("a file where the folder should be")
    return folder


def as_owner(url: str, *statements: str) -> None:
    """Run statements as the owner of the tables."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def some_pings(
    database: Database, branch_id: UUID, day: date, count: int, *, device_id: UUID | None = None
) -> None:
    """So many more pings of one device over a UTC day, each with some measures unknown."""
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "SELECT ensure_ping_partition(:day)", day=day)
        await session.execute(
            text(
                f"INSERT INTO ping ({COLUMNS})"  # noqa: S608
                """
                SELECT :device, CAST(:start AS timestamptz) + i * interval '800 ms'
                           + random() * interval '799 ms',
                       -29.9 + random() / 10, -71.25 + random() / 10, :agent, :branch,
                       CAST(:start AS timestamptz) + i * interval '1 s',
                       CASE WHEN i % 2 = 0 THEN random() * 30 END, NULL, random() * 360, 30,
                       i % 101, i % 7 = 0,
                       CASE WHEN i % 3 = 0 THEN jsonb_build_object('event', 'motion', 'n', i) END
                FROM generate_series(1, :count) AS i
                """
            ),
            {
                "device": device_id or uuid4(), "agent": uuid4(), "branch": branch_id,
                "start": datetime(day.year, day.month, day.day, tzinfo=MONDAY_NINE.tzinfo),
                "count": count,
            },
        )  # fmt: skip


async def all_pings(database: Database, branch_id: UUID) -> Sequence[tuple[Any, ...]]:
    """A branch's pings with all their columns, in the order of their identity."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        found = await rows(
            session,
            f"SELECT {COLUMNS}, attributes::text AS attributes_text FROM ping"  # noqa: S608
            " WHERE branch_id = :branch ORDER BY device_id, captured_at, lat, lon",
            branch=branch_id,
        )
    return [tuple(r) for r in found]


async def partition_days(database: Database) -> set[date]:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return {r.day for r in await rows(session, "SELECT ping_partition_days() AS day")}


async def keeps(database: Database, branch_id: UUID, days: int, *, archives: bool = True) -> None:
    """Have a branch keep its pings for so many days."""
    async with database.transaction(EVERYTHING) as session:
        await put(session, branch_id, "ping_retention_days", days, None, MONDAY_NINE)
        await put(session, branch_id, "ping_archive", archives, None, MONDAY_NINE)


async def archived(database: Database, branch_id: UUID) -> Any:
    """A branch's only day in the archive's register."""
    return await one(
        database, "SELECT * FROM archived_pings WHERE branch_id = :branch", branch=branch_id
    )
