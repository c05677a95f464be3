"""The queue looks after itself: killed workers, old jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from data.queue import enqueue, queue, queue_connector
from data.session import EVERYTHING, Database, rows
from jobs.upkeep import MOST_ATTEMPTS, remove_finished_job, take_up_again_job

TASK = "rounds.plan_agents"


@asynccontextmanager
async def queue_of(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    with queue.replace_connector(queue_connector(database_url)):
        async with queue.open_async():
            async with database.transaction(EVERYTHING) as session:
                await enqueue(session, TASK, agent_ids=[], day="2026-03-02")
            yield database
    await database.close()


async def taken_by_a_worker(database: Database, silent_s: int) -> None:
    async with database.transaction(EVERYTHING) as session:
        (worker,) = await rows(
            session,
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => :silent)) RETURNING id",
            silent=silent_s,
        )
        await rows(
            session,
            "SELECT id FROM procrastinate_fetch_job_v2(CAST(ARRAY['default'] AS varchar[]),"
            " CAST(:worker AS bigint))",
            worker=worker.id,
        )


async def states(database: Database) -> list[tuple[str, int]]:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT status, attempts FROM procrastinate_jobs WHERE task_name = :task",
            task=TASK,
        )
    return [(r.status, r.attempts) for r in found]


async def test_the_job_of_a_killed_worker_waits_again_and_that_of_a_living_one_does_not(
    own_database_url: str,
) -> None:
    async with queue_of(own_database_url) as database:
        await taken_by_a_worker(database, silent_s=5)
        await take_up_again_job()
        assert await states(database) == [("doing", 0)]
        async with database.transaction(EVERYTHING) as session:
            await rows(
                session,
                "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 s'"
                " RETURNING id",
            )
        await take_up_again_job()
        assert await states(database) == [("todo", 1)]


async def test_a_job_that_outlives_no_worker_is_given_up(own_database_url: str) -> None:
    async with queue_of(own_database_url) as database:
        for _ in range(MOST_ATTEMPTS):
            assert [status for status, _ in await states(database)] == ["todo"]
            await taken_by_a_worker(database, silent_s=60)
            await take_up_again_job()
        assert [status for status, _ in await states(database)] == ["failed"]


async def test_two_workers_that_look_at_once_put_a_job_back_once(own_database_url: str) -> None:
    async with queue_of(own_database_url) as database:
        await taken_by_a_worker(database, silent_s=60)
        await asyncio.gather(*(take_up_again_job() for _ in range(4)), return_exceptions=True)
        assert await states(database) == [("todo", 1)]


@pytest.mark.parametrize(("ended_days_ago", "left"), [(6, 1), (8, 0)])
async def test_jobs_that_ended_a_week_ago_are_removed(
    own_database_url: str, ended_days_ago: int, left: int
) -> None:
    async with queue_of(own_database_url) as database:
        async with database.transaction(EVERYTHING) as session:
            await rows(session, "UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")
            await rows(
                session,
                "UPDATE procrastinate_events SET at = now() - make_interval(days => :days)"
                " RETURNING id",
                days=ended_days_ago,
            )
        await remove_finished_job()
        assert len(await states(database)) == left
