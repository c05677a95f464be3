"""Who is told of an alert, when, and that it happens once."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.ids import new_id
from data.alerts import NewAlert, clear_alert, raise_alerts
from data.session import EVERYTHING, Database, rows, run
from identity.permission import Permission
from identity.principal import Role
from identity.roles.change_role import NewRole, decide, propose
from identity.roles.compose import compose
from map_ui.alerts.acknowledge import acknowledge
from map_ui.push.store import keep_subscription
from map_ui.push.tell import MOST_AT_ONCE, tell
from tests.conftest import MONDAY_NINE
from tests.factories import a_person
from tests.map_ui.push.push_service import ABrowser
from tests.map_ui.push.scenes import Region, a_region, a_subscriber, an_alert


@pytest.fixture
async def region(database: Database) -> Region:
    return await a_region(database)


async def jobs(database: Database, alert_id: UUID, task: str) -> list[Any]:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT queue_name, scheduled_at, args FROM procrastinate_jobs"
            " WHERE task_name = :task"
            " AND (args->>'alert_id' = :alert OR args->'alert_ids' ? :alert) ORDER BY id",
            task=task, alert=str(alert_id),
        )  # fmt: skip
    return list(found)


async def told(database: Database, alert_id: UUID) -> set[str]:
    return {job.args["subscription_id"] for job in await jobs(database, alert_id, "push.deliver")}


async def tell_of(database: Database, alert_id: UUID) -> int:
    async with database.transaction(EVERYTHING) as session:
        return await tell(session, [alert_id], MONDAY_NINE)


async def set_policy(database: Database, branch: UUID, push_after_s: float) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO policy (branch_id, key, value, set_at) VALUES (:branch, 'push_after_s',"
            " to_jsonb(CAST(:value AS float)), :now) RETURNING key",
            branch=branch, value=push_after_s, now=MONDAY_NINE,
        )  # fmt: skip


async def waits_s(database: Database, alert_id: UUID) -> float:
    """In real seconds from now, though the alert is of an installation at Monday 09:00."""
    (job,) = await jobs(database, alert_id, "push.tell")
    assert job.queue_name == "push"
    if job.scheduled_at is None:
        return 0
    seconds: float = (job.scheduled_at - datetime.now(UTC)).total_seconds()
    return seconds


async def test_an_alert_waits_a_minute_of_real_time_for_somebody_at_the_screen(
    database: Database, region: Region
) -> None:
    assert await waits_s(database, await an_alert(database, region.north)) == pytest.approx(
        60, abs=10
    )


async def test_a_branch_waits_as_long_as_the_policy_above_it_says(
    database: Database, region: Region
) -> None:
    await set_policy(database, region.head, 300)
    await set_policy(database, region.south, 600)
    north = await waits_s(database, await an_alert(database, region.north))
    south = await waits_s(database, await an_alert(database, region.south))
    assert (round(north, -1), round(south, -1)) == (300, 600)


async def test_a_panic_does_not_wait(database: Database, region: Region) -> None:
    await set_policy(database, region.head, 300)
    assert await waits_s(database, await an_alert(database, region.north, "panic")) == 0


async def test_supervisors_of_the_branch_and_above_are_told_and_nobody_else(
    database: Database, region: Region
) -> None:
    async with database.transaction(EVERYTHING) as session:
        cashier = await a_subscriber(session, region.north, Role.CASH_DESK)
        left = await a_subscriber(session, region.north)
        await rows(
            session, "UPDATE staff SET is_active = false WHERE id = :id RETURNING id", id=left.id
        )
    alert = await an_alert(database, region.north)
    assert await tell_of(database, alert) == 2
    assert await told(database, alert) == {
        str(region.head_admin.subscription_id), str(region.north_supervisor.subscription_id)
    }  # fmt: skip
    assert str(cashier.subscription_id) not in await told(database, alert)


async def test_who_is_suspended_or_may_not_see_alerts_is_not_told(
    database: Database, region: Region
) -> None:
    async with database.transaction(EVERYTHING) as session:
        admin, other = region.head_admin.id, await a_person(session, region.head, Role.ADMIN)
        blind = await a_subscriber(session, region.north, Role.BRANCH_MANAGER)
        seeing = await a_subscriber(session, region.north, Role.BRANCH_MANAGER)
        for who, permission in ((blind, "cash.see"), (seeing, "supervision.see")):
            name = f"composed-{new_id()}"
            await compose(session, name, [Permission(permission)], admin, MONDAY_NINE)
            new = NewRole(Role.BRANCH_MANAGER, name, "sees less")
            change = await propose(session, who.id, new, admin, MONDAY_NINE)
            await decide(session, change, other, MONDAY_NINE, accept=True)
        await run(
            session, "UPDATE staff SET suspended_at = :now WHERE id = :id",
            now=MONDAY_NINE, id=region.north_supervisor.id,
        )  # fmt: skip
    alert = await an_alert(database, region.north)
    await tell_of(database, alert)
    assert await told(database, alert) == {
        str(region.head_admin.subscription_id), str(seeing.subscription_id)
    }  # fmt: skip


async def test_the_head_offices_own_alert_is_not_told_below(
    database: Database, region: Region
) -> None:
    alert = await an_alert(database, region.head)
    await tell_of(database, alert)
    assert await told(database, alert) == {str(region.head_admin.subscription_id)}


async def test_workers_that_come_at_once_tell_of_an_alert_once(
    database: Database, region: Region
) -> None:
    alert = await an_alert(database, region.north)
    async with database.transaction(EVERYTHING) as session:
        assert await tell(session, [alert], MONDAY_NINE) == 2
        others = asyncio.gather(*(tell_of(database, alert) for _ in range(4)))
        await asyncio.sleep(0.3)
        assert not others.done()
    assert await others == [0] * 4
    assert len(await jobs(database, alert, "push.deliver")) == 2
    async with database.transaction(EVERYTHING) as session:
        (row,) = await rows(session, "SELECT pushed_at FROM alert WHERE id = :id", id=alert)
    assert row.pushed_at == MONDAY_NINE


async def test_of_many_alerts_at_once_a_browser_is_told_the_most_pressing_few(
    database: Database, region: Region
) -> None:
    kinds = ["note"] * 6 + ["no_position"] * 3
    async with database.transaction(EVERYTHING) as session:
        new = [NewAlert(region.north, kind, uuid4(), kind, "") for kind in kinds]
        assert await raise_alerts(session, new, MONDAY_NINE) == len(kinds)
        found = await rows(
            session, "SELECT id, kind FROM alert WHERE branch_id = :branch", branch=region.north
        )
        told_of = await tell(session, [alert.id for alert in found], MONDAY_NINE)
        assert await tell(session, [alert.id for alert in found], MONDAY_NINE) == 0
    browsers = len(await told(database, next(a.id for a in found if a.kind == "no_position")))
    assert browsers > 0
    assert told_of == MOST_AT_ONCE * browsers
    for alert in found:
        if alert.kind == "no_position":
            assert len(await told(database, alert.id)) == browsers


async def test_an_alert_that_somebody_has_acknowledged_is_not_told(
    database: Database, region: Region
) -> None:
    alert = await an_alert(database, region.north)
    async with database.transaction(EVERYTHING) as session:
        await acknowledge(session, alert, region.north_supervisor.id, MONDAY_NINE)
    assert await tell_of(database, alert) == 0
    assert await told(database, alert) == set()


async def test_an_alert_that_is_over_is_not_told(database: Database, region: Region) -> None:
    alert = await an_alert(database, region.north)
    async with database.transaction(EVERYTHING) as session:
        (row,) = await rows(session, "SELECT subject_id FROM alert WHERE id = :id", id=alert)
        await clear_alert(session, region.north, "cash_limit", row.subject_id, MONDAY_NINE)
    assert await tell_of(database, alert) == 0


async def test_an_acknowledgement_at_the_same_moment_is_waited_for(
    database: Database, region: Region
) -> None:
    alert = await an_alert(database, region.north)
    async with database.transaction(EVERYTHING) as session:
        await acknowledge(session, alert, region.north_supervisor.id, MONDAY_NINE)
        telling = asyncio.create_task(tell_of(database, alert))
        await asyncio.sleep(0.2)
        assert not telling.done()
    assert await telling == 0


async def test_an_alert_is_not_pushed_when_nobody_wants_to_be_told(
    own_database_url: str,
) -> None:
    database = Database(own_database_url)
    region = await a_region(database)
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "DELETE FROM push_subscription RETURNING id")
    alert = await an_alert(database, region.north)
    assert await tell_of(database, alert) == 0
    async with database.transaction(EVERYTHING) as session:
        (row,) = await rows(session, "SELECT pushed_at FROM alert WHERE id = :id", id=alert)
    assert row.pushed_at is None
    await database.close()


async def test_every_browser_of_a_person_is_told(database: Database, region: Region) -> None:
    person = region.north_supervisor
    async with database.transaction(EVERYTHING) as session:
        second = ABrowser("https://fcm.googleapis.com/push/second")
        told_too = await keep_subscription(
            session, person.id, region.north, second.told(), MONDAY_NINE
        )
    alert = await an_alert(database, region.north)
    assert await tell_of(database, alert) == 3
    assert str(told_too.id) in await told(database, alert)
