"""Workers share a run's sectors; what one of them was at when it was killed is done again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from allocation.city_runs.end_stranded import end_stranded
from allocation.city_runs.run import Progress, Wanted
from allocation.city_runs.start_run import cancel_run, progress_of, start_run
from core.geometry import LatLon
from data.queue import queue, queue_connector
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from jobs.upkeep import take_up_again_job
from routing.travel.cities import Cities
from streets.publish import publish
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, an_agent
from tests.routing.rounds.test_plan_rounds import DAY, SHIFT
from tests.served import ROOT, set_clock
from tests.streets.small_city import at, small_graph

LONG_S = 12.0
"""A search per agent that is still under way when its worker is killed: four seconds a pass."""


@pytest.fixture
async def database(own_database_url: str) -> AsyncIterator[Database]:
    set_clock(own_database_url, MONDAY_NINE)
    database = Database(own_database_url)
    with queue.replace_connector(queue_connector(own_database_url)):
        async with queue.open_async():
            yield database
    await database.close()


@contextmanager
def a_worker(database_url: str, redis_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    process = subprocess.Popen([sys.executable, "-m", "jobs"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


async def a_run(database: Database, seconds_per_agent: float) -> UUID:
    """Of two agents whose cases lie next to each other's homes."""
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        west, east = LatLon(*at(0, 0)), LatLon(*at(390, 290))
        branch = await a_branch(session, location=west)
        manager = await a_person(session, branch, Role.ALLOCATION_MANAGER)
        ana = await an_agent(session, branch, home=west, shift=SHIFT)
        ben = await an_agent(session, branch, home=east, shift=SHIFT)
        for agent, spot in (
            (ana, (390, 200)),
            (ana, (300, 290)),
            (ben, (100, 10)),
            (ben, (10, 100)),
        ):
            await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=agent)
        wanted = Wanted(0, seconds_per_agent)
        begun = await start_run(session, branch, DAY, wanted, manager, MONDAY_NINE)
    return begun.run.id


async def until(database: Database, run_id: UUID, turn: int) -> Progress:
    """The run once it is in pass `turn`, or has ended."""
    for _ in range(900):
        async with database.transaction(EVERYTHING) as session:
            found = await progress_of(session, run_id)
        if found.run.turn >= turn or found.run.state != "running":
            return found
        await asyncio.sleep(0.1)
    pytest.fail(f"no pass {turn} within a minute and a half")


async def doing(database: Database) -> None:
    """Wait until a worker has begun to search a sector."""
    for _ in range(1_200):
        async with database.transaction(EVERYTHING) as session:
            if await rows(
                session,
                "SELECT FROM procrastinate_jobs WHERE queue_name = 'city' AND status = 'doing'",
            ):
                return
        await asyncio.sleep(0.1)
    pytest.fail("no worker took the sector within two minutes")


async def test_a_sector_whose_worker_was_killed_is_searched_again_and_nothing_found_is_lost(
    own_database_url: str, redis_url: str, database: Database
) -> None:
    run_id = await a_run(database, LONG_S)
    with a_worker(own_database_url, redis_url):
        first = await until(database, run_id, 1)
        assert (first.run.state, first.figures.first_score) == ("running", 200)
        await doing(database)
    async with database.transaction(EVERYTHING) as session:
        killed = await progress_of(session, run_id)
        await rows(
            session,
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 s'"
            " RETURNING 1",
        )
        # Shorter from here on: what is left is of the same kind.
        await rows(session, "UPDATE city_run SET seconds_per_agent = 0.2 RETURNING 1")
    assert (killed.run.turn, killed.figures) == (1, first.figures)
    await take_up_again_job()
    with a_worker(own_database_url, redis_url), a_worker(own_database_url, redis_url):
        ended = await until(database, run_id, 99)
    assert (ended.run.state, ended.run.turn, ended.figures.changes) == ("done", 6, 4)
    assert ended.figures.score == 200
    assert ended.figures.travel_s < killed.figures.travel_s
    assert ended.run.proposal_id is not None


async def test_a_run_whose_sector_killed_its_workers_ends_by_itself_and_says_why(
    own_database_url: str, redis_url: str, database: Database, tmp_path: Path
) -> None:
    run_id = await a_run(database, LONG_S)
    with a_worker(own_database_url, redis_url):
        await until(database, run_id, 1)
        await doing(database)

    async def looked() -> tuple[int, Progress]:
        async with database.transaction(EVERYTHING) as session:
            ended = await end_stranded(session, Cities(tmp_path), datetime.now(UTC))
            return ended, await progress_of(session, run_id)

    # Its job still counts as under way: the queue may have another worker try.
    assert [(n, its.run.state) for n, its in [await looked()]] == [(0, "running")]
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 s'"
            " RETURNING 1",
        )
        # Two workers were lost before.
        await rows(
            session,
            "UPDATE procrastinate_jobs SET attempts = 2 WHERE queue_name = 'city'"
            " AND status = 'doing' RETURNING 1",
        )
    await take_up_again_job()
    ended, its = await looked()
    assert (ended, its.run.state) == (1, "failed")
    assert its.run.failure is not None
    assert "worker was killed" in its.run.failure
    assert its.run.ended_at is not None
    assert (await looked())[0] == 0


async def test_a_cancelled_run_ends_at_once_and_its_workers_go_on_with_other_work(
    own_database_url: str, redis_url: str, database: Database, tmp_path: Path
) -> None:
    run_id = await a_run(database, LONG_S)
    with a_worker(own_database_url, redis_url):
        await until(database, run_id, 1)
        await doing(database)
        async with database.transaction(EVERYTHING) as session:
            ended = await cancel_run(session, run_id, Cities(tmp_path), datetime.now(UTC))
        assert ended.run.state == "cancelled"
        for _ in range(1_200):
            async with database.transaction(EVERYTHING) as session:
                left = await rows(
                    session,
                    "SELECT FROM procrastinate_jobs WHERE queue_name = 'city'"
                    " AND status IN ('todo', 'doing')",
                )
            if not left:
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("the search went on for two minutes")
    async with database.transaction(EVERYTHING) as session:
        assert await progress_of(session, run_id) == ended
