"""SQL of the life of pings: partitions, what leaves them, the archive's register."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from data.session import DatabaseError, Session, rows
from data.tables.tracking import ArchivedPings, RestoredPings
from tracking.retention.errors import PingsInUse
from tracking.retention.ping_text import COLUMNS

TEXT_BYTES = 16_000_000
"""Some 70,000 pings: what is in memory at a time, and a row group of the archive."""

_LIST = ", ".join(COLUMNS)
_OUT = f"""
COPY (SELECT {_LIST} FROM ping WHERE captured_at >= %s AND captured_at < %s AND branch_id = %s
      ORDER BY device_id, captured_at, lat, lon) TO STDOUT (FORMAT csv)
"""  # noqa: S608
_IN = f"COPY coming_back ({_LIST}) FROM STDIN (FORMAT csv)"
_MERGE = f"""
WITH added AS (
    INSERT INTO ping ({_LIST}) SELECT {_LIST} FROM coming_back ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM coming_back) AS came, (SELECT count(*) FROM added) AS added
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Archived:
    """A branch's day in the archive: its file, relative to the archive's folder, and its pings.

    `dropped_at` None: the database holds all of them, too.
    """

    day: date
    branch_id: UUID
    path: str
    sha256: str
    pings: int
    archived_at: datetime
    dropped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Partition:
    """A day's partition, as the database's statistics have it; None before the first of them."""

    day: date
    pings: int | None
    size_bytes: int


@asynccontextmanager
async def patient_for(session: Session, seconds: float) -> AsyncIterator[None]:
    """Wait no longer than this for anybody's lock: who comes after us would wait just as long.

    Raises `PingsInUse`; then the transaction is lost.
    """
    await _set(session, lock_timeout=f"{seconds * 1000:.0f}ms")
    try:
        yield
    except DatabaseError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise PingsInUse from None
        raise


async def claim(session: Session) -> bool:
    """Be the only one who archives, removes or restores until the transaction ends."""
    statement = "SELECT pg_try_advisory_xact_lock(hashtext('life of pings')) AS claimed"
    return bool((await rows(session, statement))[0].claimed)


async def partition_days(session: Session) -> Sequence[date]:
    """The UTC days that have a partition, the oldest first."""
    return [r.day for r in await rows(session, "SELECT ping_partition_days() AS day")]


async def partitions(session: Session) -> Sequence[Partition]:
    """All partitions, the oldest day first."""
    found = await rows(
        session,
        """
        SELECT day, nullif(c.reltuples, -1)::bigint AS pings,
               pg_total_relation_size(c.oid) AS size_bytes
        FROM ping_partition_days() AS day
        JOIN pg_class c ON c.oid = to_regclass('ping_' || to_char(day, 'YYYYMMDD'))
        ORDER BY day
        """,
    )
    return [Partition(*r) for r in found]


async def pings_by_branch(session: Session, day: date) -> Mapping[UUID, int]:
    """How many pings each branch has on a UTC day; reads all of them."""
    since, until = _bounds(day)
    found = await rows(
        session,
        "SELECT branch_id, count(*) AS pings FROM ping"
        " WHERE captured_at >= :since AND captured_at < :until GROUP BY branch_id",
        since=since,
        until=until,
    )
    return {r.branch_id: r.pings for r in found}


async def ping_texts(session: Session, day: date, branch_id: UUID) -> AsyncIterator[bytes]:
    """A branch's pings of a UTC day by device and time, as texts of whole lines."""
    await _set(session, datestyle="ISO", extra_float_digits="1")
    lines: list[bytes] = []
    size = 0
    async with (
        (await _driver(session)).cursor() as cursor,
        cursor.copy(_OUT, (*_bounds(day), branch_id)) as copy,
    ):
        async for line in copy:
            lines.append(bytes(line))
            size += len(line)
            if size >= TEXT_BYTES:
                yield b"".join(lines)
                lines, size = [], 0
    if lines:
        yield b"".join(lines)


async def take_back(session: Session, texts: AsyncIterator[bytes]) -> tuple[int, int]:
    """Store pings that `ping_texts` gave, once each: how many came, and how many were not there.

    Their partition must be. Nobody moves on the map and no visit is recomputed.
    """
    await session.execute(text("CREATE TEMPORARY TABLE coming_back (LIKE ping) ON COMMIT DROP"))
    async with (await _driver(session)).cursor() as cursor, cursor.copy(_IN) as copy:
        async for some in texts:
            await copy.write(some)
    merged = (await rows(session, _MERGE))[0]
    await session.execute(text("DROP TABLE coming_back"))
    return merged.came, merged.added


async def delete_pings(session: Session, day: date, branch_id: UUID) -> int:
    """Delete a branch's pings of a UTC day; how many there were."""
    return int((await session.execute(select(func.delete_pings(day, branch_id)))).scalar_one())


async def drop_partition(session: Session, day: date, pings: int) -> bool:
    """Drop a day's partition if it holds exactly so many pings; whether it did."""
    return bool((await session.execute(select(func.drop_ping_partition(day, pings)))).scalar_one())


async def archive_of(session: Session, day: date, branch_id: UUID) -> Archived | None:
    """A branch's day in the archive."""
    found = await archives(session, day, day)
    return next((a for a in found if a.branch_id == branch_id), None)


async def archives(session: Session, since: date, until: date) -> Sequence[Archived]:
    """What the archive holds of these days (both included), by day and branch."""
    found = await rows(
        session,
        "SELECT day, branch_id, path, sha256, pings, archived_at, dropped_at FROM archived_pings"
        " WHERE day BETWEEN :since AND :until ORDER BY day, path",
        since=since,
        until=until,
    )
    return [Archived(*r) for r in found]


async def register(session: Session, archived: Archived) -> None:
    """Have this file count for its branch and day."""
    told = {
        "path": archived.path,
        "sha256": archived.sha256,
        "pings": archived.pings,
        "archived_at": archived.archived_at,
        "dropped_at": archived.dropped_at,
    }
    await session.execute(
        insert(ArchivedPings)
        .values(day=archived.day, branch_id=archived.branch_id, **told)
        .on_conflict_do_update(index_elements=["day", "branch_id"], set_=told)
    )


async def note_dropped(
    session: Session, day: date, branch_ids: Sequence[UUID], at: datetime | None
) -> None:
    """Note that these branches' pings of a day left the database, or (None) that they are back."""
    await session.execute(
        update(ArchivedPings)
        .where(ArchivedPings.day == day, ArchivedPings.branch_id.in_(branch_ids))
        .values(dropped_at=at)
    )


async def hold(
    session: Session, day: date, branch_id: UUID, keep_until: datetime, now: datetime
) -> None:
    """Keep a restored day until then, or longer where it was to be kept longer."""
    added = insert(RestoredPings).values(
        day=day, branch_id=branch_id, restored_at=now, keep_until=keep_until
    )
    longer = func.greatest(RestoredPings.keep_until, keep_until)
    await session.execute(
        added.on_conflict_do_update(
            index_elements=["day", "branch_id"], set_={"restored_at": now, "keep_until": longer}
        )
    )


async def held(session: Session, now: datetime) -> Mapping[date, Mapping[UUID, datetime]]:
    """The restored days that must stay: by day the branches, each with until when."""
    found = await rows(
        session,
        "SELECT day, branch_id, keep_until FROM restored_pings WHERE keep_until > :now",
        now=now,
    )
    by_day: dict[date, dict[UUID, datetime]] = {}
    for r in found:
        by_day.setdefault(r.day, {})[r.branch_id] = r.keep_until
    return by_day


async def forget_holds(session: Session, now: datetime) -> None:
    """Remove what no longer holds anything."""
    await session.execute(delete(RestoredPings).where(RestoredPings.keep_until <= now))


async def delete_older(session: Session, oldest_kept: Mapping[UUID, datetime]) -> tuple[int, int]:
    """Delete branches' quarantine and self-tests from before their times: how many of each."""
    branches = {"branches": list(oldest_kept), "times": list(oldest_kept.values())}
    deleted = []
    for table, time in (("quarantine", "received_at"), ("self_test", "ends_at")):
        found = await rows(
            session,
            f"""
            WITH gone AS (
                DELETE FROM {table} t
                USING unnest(CAST(:branches AS uuid[]), CAST(:times AS timestamptz[]))
                      AS kept (branch_id, since)
                WHERE t.branch_id = kept.branch_id AND t.{time} < kept.since RETURNING 1
            )
            SELECT count(*) AS gone FROM gone
            """,  # noqa: S608
            **branches,
        )
        deleted.append(found[0].gone)
    return deleted[0], deleted[1]


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + timedelta(days=1)


async def _set(session: Session, **settings: str) -> None:
    for name, value in settings.items():
        await session.execute(
            text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value}
        )


async def _driver(session: Session) -> Any:
    connection = await session.connection()
    return (await connection.get_raw_connection()).driver_connection
