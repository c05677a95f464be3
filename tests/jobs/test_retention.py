"""The worker's schedule: everything once, however many workers there are."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.periodic import PeriodicDeferrer

from data.queue import queue, queue_connector
from data.session import EVERYTHING, Database, rows
from jobs.retention import begin
from tests.conftest import MONDAY_NINE
from tests.served import serving, set_clock
from tests.tracking.retention.scenes import partition_days


async def jobs_of(database: Database, task: str) -> int:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session, "SELECT id FROM procrastinate_jobs WHERE task_name = :task", task=task
        )
    return len(found)


@pytest.mark.parametrize("task", ["pings.make_partitions", "pings.retain"])
async def test_a_scheduled_job_is_there_once_however_many_workers_look_at_the_clock(
    own_database_url: str, task: str
) -> None:
    database = Database(own_database_url)
    schedule = queue.periodic_registry
    due = [one for (name, _), one in schedule.periodic_tasks.items() if name == task]
    assert len(due) == 1

    async def a_worker(at: int) -> None:
        with queue.replace_connector(queue_connector(own_database_url)):
            async with queue.open_async():
                await PeriodicDeferrer(schedule).defer_jobs([(due[0], at)])

    at = int(time.time())
    for _ in range(3):
        await a_worker(at)
    assert await jobs_of(database, task) == 1
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE procrastinate_jobs SET status = 'succeeded' RETURNING id")
    await a_worker(at)
    assert await jobs_of(database, task) == 1
    await a_worker(at + 3600)
    assert await jobs_of(database, task) == 2
    await database.close()


async def test_workers_that_begin_make_partitions_and_ask_for_retention_once(
    own_database_url: str,
) -> None:
    database = Database(own_database_url)
    from core.clock import Clock

    clock = Clock(datetime.now(UTC), MONDAY_NINE, 1e-9)
    await asyncio.gather(*(begin(database, clock) for _ in range(4)))
    assert len(await partition_days(database)) == 8
    assert await jobs_of(database, "pings.retain") == 1
    await database.close()


async def test_a_worker_on_a_demonstrations_clock_has_its_days_and_does_the_retention(
    own_database_url: str, redis_url: str
) -> None:
    then = datetime(2031, 5, 5, 12, tzinfo=UTC)
    set_clock(own_database_url, then)
    database = Database(own_database_url)
    with serving(own_database_url, redis_url):
        for _ in range(900):
            if await _retained(database):
                break
            await asyncio.sleep(0.2)
        else:
            pytest.fail("no retention within three minutes")
    expected = {then.date() + timedelta(days=n) for n in range(8)}
    assert await partition_days(database) == expected
    await database.close()


async def _retained(database: Database) -> bool:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT id FROM procrastinate_jobs WHERE task_name = 'pings.retain'"
            " AND status = 'succeeded'",
        )
    return bool(found)
