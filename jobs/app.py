"""The worker process: takes jobs from the queue, keeps visits current and phones in view."""

import asyncio
import os
from collections.abc import Iterable

from core.settings import settings
from data.column_keys import check_keys
from data.installation import clock_of
from data.live import LiveBus
from data.queue import queue, queue_connector
from data.session import Database
from jobs import (
    absence,
    address_points,
    allocation,
    api_keys,
    audit,
    branch_moves,
    city,
    context,
    exports,
    field_notes,
    legal,
    messages,
    portfolio,
    push,
    reconciliation,
    reports,
    retention,
    rounds,
    scans,
    speeds,
    upkeep,
)
from jobs.cash import keep_cash_watched
from jobs.health import keep_health_checked
from jobs.suspicions import keep_days_judged
from jobs.underway import keep_rounds_followed
from jobs.visits import keep_visits_current

TASK_MODULES = (
    absence, address_points, allocation, api_keys, audit, branch_moves, city, exports, field_notes,
    legal, messages, portfolio, push, reconciliation, reports, retention, rounds, scans, speeds,
    upkeep,
)  # fmt: skip
"""Importing one registers its tasks with the queue."""

LANES = {"default": 2, "messages": 4, "push": 8, "city": max(1, (os.cpu_count() or 1) - 1)}
"""How many jobs of each lane run at once: a call for help must not wait for a round to be planned,
nor a round for a push service that is slow, nor for the sectors of a whole city, which leave a core
free."""


def tasks() -> Iterable[str]:
    """The names of all jobs that a worker can do."""
    return queue.tasks.keys()


async def work() -> None:
    """Work until cancelled, on DATABASE_URL and REDIS_URL."""
    database_url, redis_url = settings().database_url, settings().redis_url
    if not database_url or not redis_url:
        raise RuntimeError("DATABASE_URL and REDIS_URL must be set; ./roundsman worker does that")
    live = LiveBus(redis_url)
    database = Database(database_url, live)
    await check_keys(database)
    context.provide(database, await clock_of(database))
    context.sender()  # one that is set up wrongly is told at once, not with the first message
    await retention.begin(database, context.clock())
    context.start_solvers()
    loops = [
        asyncio.create_task(keep(database, context.clock()))
        for keep in (
            keep_visits_current,
            keep_health_checked,
            keep_cash_watched,
            keep_days_judged,
            keep_rounds_followed,
        )
    ]
    try:
        with queue.replace_connector(queue_connector(database_url)):
            async with queue.open_async():
                await asyncio.gather(*(_work_on(lane) for lane in LANES))
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await context.close()
        await database.close()
        await live.close()


async def _work_on(lane: str) -> None:
    await queue.run_worker_async(
        name=lane,
        queues=[lane],
        concurrency=LANES[lane],
        install_signal_handlers=False,
        listen_notify=True,
    )
