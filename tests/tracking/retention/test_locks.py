"""Partitions come and go beside those who use the table: nobody waits for long."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url, text

from core.clock import Clock
from data.session import EVERYTHING, Database, rows
from tests.conftest import MONDAY_NINE
from tests.tracking.parcels import a_ping, a_walker, stored
from tests.tracking.retention.scenes import (
    DAY,
    TODAY,
    all_pings,
    archived,
    as_owner,
    partition_days,
    some_pings,
)
from tracking.ingest import PingWriter
from tracking.retention.errors import PingsInUse
from tracking.retention.make_partitions import make_partitions
from tracking.retention.retain import retain

A_LATE_PING = """
INSERT INTO ping SELECT device_id, captured_at, lat + 1, lon, agent_id, branch_id, received_at,
    NULL, NULL, NULL, NULL, NULL, is_mock, NULL FROM ping ORDER BY captured_at DESC LIMIT 1
"""

WEEK = {TODAY + timedelta(days=n) for n in range(8)}


async def test_partitions_of_the_coming_week_are_made_once(own: Database) -> None:
    assert set(await make_partitions(own, MONDAY_NINE)) == WEEK
    assert await make_partitions(own, MONDAY_NINE) == []
    assert await partition_days(own) == WEEK
    tomorrow = await make_partitions(own, MONDAY_NINE + timedelta(days=1))
    assert tomorrow == [TODAY + timedelta(days=8)]


async def test_the_days_are_those_of_the_installations_clock(own: Database) -> None:
    clock = Clock(MONDAY_NINE, MONDAY_NINE.replace(year=2031), 60)
    made = await make_partitions(own, clock.at(MONDAY_NINE + timedelta(hours=24)))
    assert str(made[0]) == "2032-01-22"


async def test_two_workers_that_make_the_same_partitions_do_not_fall_over_each_other(
    own: Database, own_database_url: str
) -> None:
    other = Database(own_database_url)
    await asyncio.gather(*(make_partitions(d, MONDAY_NINE) for d in (own, other, own, other)))
    await other.close()
    assert await partition_days(own) == WEEK


async def test_a_partition_is_made_beside_open_transactions_that_read_and_write_pings(
    own: Database, branches: tuple[UUID, UUID]
) -> None:
    await some_pings(own, branches[0], DAY, 3)
    async with (
        own.transaction(EVERYTHING) as reader,
        own.transaction(EVERYTHING) as writer,
        asyncio.timeout(60),
    ):
        await rows(reader, "SELECT * FROM ping")
        await writer.execute(text(A_LATE_PING))
        assert set(await make_partitions(own, MONDAY_NINE)) == WEEK


async def test_what_has_a_partition_already_needs_no_lock_at_all(own: Database) -> None:
    await make_partitions(own, MONDAY_NINE)
    async with own.transaction(EVERYTHING) as session, asyncio.timeout(60):
        await session.execute(text("LOCK TABLE ping IN ROW EXCLUSIVE MODE"))
        assert await make_partitions(own, MONDAY_NINE) == []


async def test_a_change_of_the_table_postpones_partitions_and_not_the_ingest(
    own: Database, own_database_url: str
) -> None:
    await make_partitions(own, MONDAY_NINE - timedelta(days=7))
    walker = await a_walker(own)
    plain = make_url(own_database_url).set(drivername="postgresql")
    async with await psycopg.AsyncConnection.connect(
        plain.render_as_string(hide_password=False)
    ) as owner:
        await owner.execute("LOCK TABLE ping IN SHARE UPDATE EXCLUSIVE MODE")
        with pytest.raises(PingsInUse):
            await make_partitions(own, MONDAY_NINE)
        async with asyncio.timeout(60):
            await PingWriter(own).write(walker.parcel(a_ping()))
    assert len(await make_partitions(own, MONDAY_NINE)) == 7


async def test_a_reader_postpones_the_drop_and_new_pings_do_not_wait_for_it(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, _ = branches
    await some_pings(own, short, DAY, 30)
    await make_partitions(own, MONDAY_NINE)
    walker = await a_walker(own)
    writer = PingWriter(own)
    waited_s: list[float] = []
    async with own.transaction(EVERYTHING) as reader:
        await rows(reader, "SELECT * FROM ping")
        retaining = asyncio.create_task(retain(own, tmp_path, MONDAY_NINE))
        while not retaining.done() or len(waited_s) < 50:
            began_s = time.monotonic()
            await writer.write(walker.parcel(a_ping(len(waited_s))))
            waited_s.append(time.monotonic() - began_s)
        done = await retaining
        assert (done.postponed, done.left, done.dropped) == ([DAY], [], [])
        assert len(await all_pings(own, short)) == 30
    # Dropping waits 0.2 s for the reader, and who comes meanwhile waits behind it; the rest is
    # for a busy machine.
    assert max(waited_s) < 10
    assert len(await stored(own, walker)) == len(waited_s)
    done = await retain(own, tmp_path, MONDAY_NINE)
    assert done.dropped == [DAY]
    assert await all_pings(own, short) == []


async def test_pings_that_are_being_stored_are_neither_lost_nor_waited_for(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, _ = branches
    await some_pings(own, short, DAY, 30)
    async with own.transaction(EVERYTHING) as late:
        await late.execute(text(A_LATE_PING))
        async with asyncio.timeout(60):
            done = await retain(own, tmp_path, MONDAY_NINE)
        assert (done.postponed, done.dropped) == ([DAY], [])
    await retain(own, tmp_path, MONDAY_NINE)
    assert (await archived(own, short)).pings == 31
    assert await all_pings(own, short) == []


@pytest.mark.parametrize("shared", [False, True])
async def test_a_ping_that_comes_between_the_archive_and_the_removal_is_not_lost(
    own: Database,
    own_database_url: str,
    branches: tuple[UUID, UUID],
    tmp_path: Path,
    shared: bool,
) -> None:
    short, long = branches
    await some_pings(own, short, DAY, 30)
    if shared:  # the branch's pings are deleted, where otherwise the partition is dropped
        await some_pings(own, long, DAY, 1)
    as_owner(
        own_database_url,
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        f" $$ BEGIN {A_LATE_PING}; RETURN NULL; END $$",
        "CREATE TRIGGER late AFTER INSERT ON archived_pings"
        " FOR EACH STATEMENT EXECUTE FUNCTION late()",
    )
    done = await retain(own, tmp_path, MONDAY_NINE)
    assert (done.postponed, done.left, done.dropped) == ([DAY], [], [])
    assert (await archived(own, short)).dropped_at is None
    as_owner(own_database_url, "DROP TRIGGER late ON archived_pings")
    await retain(own, tmp_path, MONDAY_NINE)
    assert (await archived(own, short)).pings == 31
    assert await all_pings(own, short) == []
