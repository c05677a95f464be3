"""The worker's push jobs, from the alert to the service, on the real queue."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from core.clock import Clock
from core.settings import settings
from data.queue import queue, queue_connector
from data.session import EVERYTHING, Database, rows
from jobs import context
from jobs.app import LANES
from map_ui.alerts.acknowledge import acknowledge
from map_ui.push.answer import MOST_ATTEMPTS
from tests.conftest import MONDAY_NINE
from tests.map_ui.push.push_service import PushService, a_push_service, signed_claims
from tests.map_ui.push.scenes import Region, a_region, an_alert


@pytest.fixture
def service() -> Iterator[PushService]:
    with pytest.MonkeyPatch.context() as environment, a_push_service() as service:
        environment.setenv("ROUNDSMAN_PUSH_HOSTS", f"push.example.com, {service.origin}")
        environment.setenv("ROUNDSMAN_PUSH_CONTACT", "https://ops.example.com/push")
        settings.cache_clear()
        yield service
    settings.cache_clear()


@pytest.fixture
async def database(own_database_url: str, clock: Clock) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    context.provide(database, clock)
    with queue.replace_connector(queue_connector(own_database_url)):
        async with queue.open_async():
            yield database
    await context.close()
    await database.close()


@pytest.fixture
async def region(database: Database, service: PushService) -> Region:
    return await a_region(database, service.origin)


async def work(database: Database) -> None:
    """Do what is due in the lane, as the worker does, and what comes of it."""
    due = True
    while due:
        await queue.run_worker_async(
            queues=["push"], concurrency=LANES["push"], wait=False, install_signal_handlers=False,
            listen_notify=False,
        )  # fmt: skip
        async with database.transaction(EVERYTHING) as session:
            due = bool(
                await rows(
                    session,
                    "SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'push'"
                    " AND (scheduled_at IS NULL OR scheduled_at <= :wall)",
                    wall=datetime.now(UTC),
                )
            )


async def make_due(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE procrastinate_jobs SET scheduled_at = NULL RETURNING id")


async def deliveries(database: Database) -> list[Any]:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT status, attempts, scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = 'push.deliver' ORDER BY id",
        )
    return list(found)


async def test_a_panic_is_told_at_once_to_those_who_answer_for_the_branch(
    database: Database, service: PushService, region: Region
) -> None:
    alert = await an_alert(database, region.north, "panic", "Diego calls for help")
    await work(database)
    for told in (region.north_supervisor, region.head_admin):
        (message,) = told.browser.read(service)
        assert message["alert_id"] == str(alert)
    assert region.south_supervisor.browser.read(service) == []
    claims, _ = signed_claims(service.posted[0].headers["Authorization"])
    assert claims["sub"] == "https://ops.example.com/push"
    # The service compares with its own clock, not with one that stands at a Monday.
    assert 0 < claims["exp"] - datetime.now(UTC).timestamp() <= 24 * 3600


async def test_another_alert_waits_and_is_not_told_when_somebody_takes_it_on(
    database: Database, service: PushService, region: Region
) -> None:
    alert = await an_alert(database, region.north)
    await work(database)
    async with database.transaction(EVERYTHING) as session:
        await acknowledge(session, alert, region.north_supervisor.id, MONDAY_NINE)
    await make_due(database)
    await work(database)
    assert service.posted == []


async def test_another_alert_is_told_when_nobody_takes_it_on(
    database: Database, service: PushService, region: Region
) -> None:
    await an_alert(database, region.north)
    await make_due(database)
    await work(database)
    assert len(service.posted) == 2


async def test_a_busy_service_is_asked_again_no_sooner_than_it_says(
    database: Database, service: PushService, region: Region
) -> None:
    path = region.north_supervisor.browser.path
    service.answers[path] = (429, {"Retry-After": "120"})
    await an_alert(database, region.north, "panic")
    await work(database)
    waiting = next(job for job in await deliveries(database) if job.status == "todo")
    assert waiting.attempts == 1
    assert (waiting.scheduled_at - datetime.now(UTC)).total_seconds() == pytest.approx(120, abs=10)
    assert len(service.posted) == 2

    service.answers[path] = (201, {})
    await make_due(database)
    await work(database)
    assert len(region.north_supervisor.browser.read(service)) == 2
    assert len(region.head_admin.browser.read(service)) == 1
    assert {job.status for job in await deliveries(database)} <= {"succeeded"}


async def test_a_service_that_stays_away_is_given_up(
    database: Database, service: PushService, region: Region
) -> None:
    service.answers[region.north_supervisor.browser.path] = (503, {})
    await an_alert(database, region.north, "panic")
    await work(database)
    for _ in range(20):
        await make_due(database)
        await work(database)
    assert len(region.north_supervisor.browser.read(service)) == MOST_ATTEMPTS
    assert "todo" not in {job.status for job in await deliveries(database)}
