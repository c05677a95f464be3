"""The writer: acknowledged means committed, once, whatever comes beside it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.engine import psycopg_url
from data.session import EVERYTHING, Database, rows
from tests.conftest import MONDAY_NINE
from tests.tracking.parcels import (
    SECOND,
    Walker,
    a_ping,
    a_walker,
    dirty_of,
    one,
    position_of,
    stored,
)  # fmt: skip
from tracking.device import Carriage
from tracking.errors import PingsNotStored, QueueFull
from tracking.ingest import PingWriter
from tracking.parcel import CarriedPings, Parcel
from tracking.ping import Unusable
from tracking.ping_columns import Delivery, columns, newest_of_each_agent
from tracking.store import MovedAgent


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


async def test_a_stored_ping_keeps_every_measure(database: Database, walker: Walker) -> None:
    full = a_ping(
        0.000123, accuracy_m=4.5, speed_mps=1.25, heading_deg=270, altitude_m=-3, battery_pct=88,
        mock=True,
    )  # fmt: skip
    await PingWriter(database).write(walker.parcel(full))
    (row,) = await stored(database, walker)
    assert row.captured_at == full.captured_at
    assert row.received_at == MONDAY_NINE
    assert (row.device_id, row.branch_id) == (walker.device_id, walker.branch_id)
    assert (row.lat, row.lon, row.accuracy_m) == (-29.9, -71.25, 4.5)
    assert (row.speed_mps, row.heading_deg, row.altitude_m) == (1.25, 270, -3)
    assert (row.battery_pct, row.is_mock) == (88, True)


async def test_what_is_unknown_is_null(database: Database, walker: Walker) -> None:
    await PingWriter(database).write(walker.parcel(a_ping()))
    (row,) = await stored(database, walker)
    assert (row.accuracy_m, row.speed_mps, row.heading_deg, row.altitude_m) == (None,) * 4
    position = await position_of(database, walker)
    assert (position.accuracy_m, position.speed_mps, position.battery_pct) == (None,) * 3


async def test_the_same_ping_is_stored_once_however_often_it_comes(
    database: Database, walker: Walker
) -> None:
    writer = PingWriter(database)
    await writer.write(walker.parcel(a_ping(), a_ping()))
    await asyncio.gather(*(writer.write(walker.parcel(a_ping())) for _ in range(20)))
    assert len(await stored(database, walker)) == 1


async def test_two_writers_that_get_the_same_pings_at_once_store_each_once(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    walkers = [await a_walker(database) for _ in range(8)]
    writers = [PingWriter(database), PingWriter(other)]
    for round_ in range(5):
        pings = [a_ping(round_ * 40 + i) for i in range(40)]
        # Forwards and backwards, so that the two would meet in a circle if they could.
        await asyncio.gather(
            *(w.write(walker.parcel(*pings)) for w in writers for walker in walkers),
            *(w.write(walker.parcel(*pings[::-1])) for w in writers for walker in walkers[::-1]),
        )
    await other.close()
    for walker in walkers:
        assert len(await stored(database, walker)) == 200


async def test_a_repeat_that_another_process_took_is_found_although_it_looks_new_here(
    database: Database, database_url: str, walker: Walker
) -> None:
    other = Database(database_url)
    here, there = PingWriter(database), PingWriter(other)
    await here.write(walker.parcel(a_ping(1)))
    await there.write(walker.parcel(a_ping(2), a_ping(3)))
    # Both are newer than all that this process knows, and there already; the third is not.
    await here.write(walker.parcel(a_ping(2), a_ping(3), a_ping(4)))
    await other.close()
    assert len(await stored(database, walker)) == 4
    assert (await position_of(database, walker)).captured_at == MONDAY_NINE + 4 * SECOND


async def test_a_late_ping_never_moves_the_live_position_back(
    database: Database, walker: Walker
) -> None:
    moved: list[MovedAgent] = []
    writer = PingWriter(database, moved.extend)
    await writer.write(walker.parcel(a_ping(100, lat=-29.91), a_ping(50, lat=-29.92)))
    await writer.write(walker.parcel(a_ping(70, lat=-29.93)))
    await writer.write(walker.parcel(a_ping(100, lat=-29.94)))
    position = await position_of(database, walker)
    assert position.lat == pytest.approx(-29.91)
    assert position.captured_at == MONDAY_NINE + 100 * SECOND
    (move,) = moved
    assert (move.agent_id, move.captured_at) == (walker.agent_id, MONDAY_NINE + 100 * SECOND)
    assert move.lat == pytest.approx(-29.91)


async def test_an_agent_is_dirty_from_the_oldest_new_ping_and_not_from_a_repeated_one(
    database: Database, walker: Walker
) -> None:
    writer = PingWriter(database)
    await writer.write(walker.parcel(a_ping(10), a_ping(20)))
    assert (await dirty_of(database, walker)).dirty_from == MONDAY_NINE + 10 * SECOND
    async with database.transaction(EVERYTHING) as session:
        agent = {"agent": walker.agent_id}
        await rows(session, "DELETE FROM agent_dirty WHERE agent_id = :agent RETURNING 1", **agent)
    await writer.write(walker.parcel(a_ping(10), a_ping(20)))
    assert await dirty_of(database, walker) is None
    await writer.write(walker.parcel(a_ping(10), a_ping(30), a_ping(20)))
    assert (await dirty_of(database, walker)).dirty_from == MONDAY_NINE + 30 * SECOND
    await writer.write(walker.parcel(a_ping(5)))
    assert (await dirty_of(database, walker)).dirty_from == MONDAY_NINE + 5 * SECOND


async def test_what_is_unusable_is_kept_aside_in_the_same_commit(
    database: Database, walker: Walker
) -> None:
    await PingWriter(database).write(walker.parcel(a_ping(), Unusable("lat: a number", b"lat=x")))
    kept = await one(
        database, "SELECT * FROM quarantine WHERE device_id = :device", device=walker.device_id
    )
    assert (kept.protocol, kept.reason, bytes(kept.body)) == ("batch", "lat: a number", b"lat=x")
    assert len(await stored(database, walker)) == 1


async def test_a_ping_that_the_database_refuses_does_not_sink_its_neighbours(
    database: Database, walker: Walker
) -> None:
    nobody = CarriedPings(
        Carriage(uuid4(), walker.branch_id, MONDAY_NINE, None), (a_ping(1, battery_pct=50),)
    )
    good = walker.parcel(*(a_ping(i) for i in range(2, 7)))
    bad = Parcel(walker.device, "batch", MONDAY_NINE, (nobody, *good.carried), (), ())
    writer = PingWriter(database)
    neighbour = await a_walker(database)
    await asyncio.gather(writer.write(bad), writer.write(neighbour.parcel(a_ping())))
    assert len(await stored(database, walker)) == 5
    assert len(await stored(database, neighbour)) == 1
    kept = await one(
        database, "SELECT * FROM quarantine WHERE device_id = :device", device=walker.device_id
    )
    assert kept.protocol == "refused"
    assert b'"battery_pct":50' in bytes(kept.body)


async def test_pings_of_several_days_find_their_partitions_even_when_one_was_dropped(
    own_database_url: str,
) -> None:
    database = Database(own_database_url)
    walker = await a_walker(database)
    carriage = Carriage(walker.agent_id, walker.branch_id, MONDAY_NINE - timedelta(days=9), None)

    def days_ago(*days: float) -> Parcel:
        pings = CarriedPings(carriage, [a_ping(-day * 86_400) for day in days])
        return Parcel(walker.device, "batch", MONDAY_NINE, (pings,), (), ())

    writer = PingWriter(database)
    await writer.write(days_ago(0, 0.5, 1, 3))
    connection = await psycopg.AsyncConnection.connect(
        psycopg_url(own_database_url).replace("+psycopg", ""), autocommit=True
    )
    await connection.execute("DROP TABLE ping_20261120")
    await connection.close()
    await writer.write(days_ago(3, 3.01))
    assert len(await stored(database, walker)) == 5
    await database.close()


async def test_when_the_queue_is_full_the_sender_is_told_and_nothing_is_stored(
    database: Database, walker: Walker
) -> None:
    writer = PingWriter(database, most_queued=10)
    first = asyncio.create_task(writer.write(walker.parcel(*(a_ping(i) for i in range(10)))))
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):
        await writer.write(walker.parcel(a_ping(99)))
    await first
    await writer.write(walker.parcel(a_ping(100)))
    assert len(await stored(database, walker)) == 11


async def test_nothing_is_acknowledged_while_the_database_is_away(
    own_database_url: str,
) -> None:
    database = Database(own_database_url)
    walker = await a_walker(database)
    writer = PingWriter(database)
    await writer.write(walker.parcel(a_ping()))
    away = Database(own_database_url.replace("@127.0.0.1:", "@127.0.0.1:1"))
    writer._database = away
    with pytest.raises(PingsNotStored):
        await writer.write(walker.parcel(a_ping(1)))
    writer._database = database
    await writer.write(walker.parcel(a_ping(2)))
    assert len(await stored(database, walker)) == 2
    await away.close()
    await database.close()


async def test_a_connection_that_was_cut_is_made_anew_for_the_next(own_database_url: str) -> None:
    database = Database(own_database_url)
    walker = await a_walker(database)
    writer = PingWriter(database)
    await writer.write(walker.parcel(a_ping()))
    connection = await psycopg.AsyncConnection.connect(
        psycopg_url(own_database_url).replace("+psycopg", ""), autocommit=True
    )
    assert database.wire._connection is not None
    pid = database.wire._connection.info.backend_pid
    await connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
    await connection.close()
    with pytest.raises(PingsNotStored):
        await writer.write(walker.parcel(a_ping(1)))
    await writer.write(walker.parcel(a_ping(1)))
    assert len(await stored(database, walker)) == 2
    await database.close()


async def test_a_commit_that_fails_is_not_acknowledged(own_database_url: str) -> None:
    database = Database(own_database_url)
    walker = await a_walker(database)
    connection = await psycopg.AsyncConnection.connect(
        psycopg_url(own_database_url).replace("+psycopg", ""), autocommit=True
    )
    # A deferred trigger refuses at COMMIT, after every statement has succeeded.
    await connection.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON agent_position
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
        """
    )
    moved: list[Sequence[MovedAgent]] = []
    writer = PingWriter(database, moved.append)
    with pytest.raises(PingsNotStored):
        await writer.write(walker.parcel(a_ping()))
    assert await stored(database, walker) == []
    assert moved == []
    await connection.execute("DROP TRIGGER refuse ON agent_position")
    await connection.close()
    await writer.write(walker.parcel(a_ping()))
    assert len(await stored(database, walker)) == 1
    await database.close()


CARRIAGES = [Carriage(uuid4(), uuid4(), MONDAY_NINE, None) for _ in range(4)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=30))
def test_the_newest_ping_of_each_agent_is_found(pings: list[tuple[int, int]]) -> None:
    rows_ = [
        Delivery(uuid4(), MONDAY_NINE, CarriedPings(CARRIAGES[agent], [a_ping(after)]))
        for agent, after in pings
    ]
    newest = newest_of_each_agent(columns(rows_))
    expected = {
        CARRIAGES[agent].agent_id.bytes: max(after for other, after in pings if other == agent)
        for agent, _ in pings
    }
    start = int(MONDAY_NINE.timestamp())
    found = {
        agent.tobytes(): captured // 1_000_000 - start
        for agent, captured in zip(newest.agent_id, newest.captured_us, strict=True)
    }
    assert found == expected
    assert sorted(found) == list(found)
