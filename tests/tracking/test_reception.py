"""A message's way in: on duty or off, a call for help, a phone that tests itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from tests.conftest import MONDAY_NINE
from tests.tracking.parcels import SECOND, Walker, a_ping, a_walker, one, stored
from tracking.message import Decoded, Signal
from tracking.receive import Reception

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


@pytest.fixture
def reception(database: Database, live: LiveBus) -> Reception:
    return Reception(database, live)


async def a_shift(
    database: Database, walker: Walker, until: datetime, absent_since: datetime | None = None
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO shift (id, branch_id, agent_id, during, absent_since) VALUES"
            " (gen_random_uuid(), :branch, :agent, tstzrange(:since, :until), :absent)"
            " RETURNING id",
            branch=walker.branch_id, agent=walker.agent_id, since=MONDAY_NINE - HOUR, until=until,
            absent=absent_since,
        )  # fmt: skip


async def statuses(reception: Reception, walker: Walker, *after: timedelta) -> list[str]:
    """What becomes of pings taken so long after Monday nine, sent all together at the last."""
    pings = [a_ping(each.total_seconds()) for each in after]
    now = MONDAY_NINE + max(after)
    answers = await reception.receive(walker.key, Decoded(pings), "batch", now)
    return [answer.status for answer in answers]


async def test_what_a_phone_reports_off_shift_leaves_no_trace(
    database: Database, reception: Reception, walker: Walker
) -> None:
    await a_shift(database, walker, MONDAY_NINE + 8 * HOUR)
    during, grace, after = 7 * HOUR, 8 * HOUR + 29 * MINUTE, 8 * HOUR + 31 * MINUTE
    assert await statuses(reception, walker, during, grace, after) == [
        "stored", "stored", "dropped",
    ]  # fmt: skip
    assert len(await stored(database, walker)) == 2
    kept = "SELECT * FROM quarantine WHERE device_id = :device"
    assert await one(database, kept, device=walker.device_id) is None


async def test_a_branch_says_how_far_around_a_shift_pings_are_stored(
    database: Database, reception: Reception, walker: Walker
) -> None:
    await a_shift(database, walker, MONDAY_NINE + 8 * HOUR)
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO policy (branch_id, key, value, set_at)"
            " VALUES (:branch, 'duty_grace_min', '0', :now) RETURNING key",
            branch=walker.branch_id,
            now=MONDAY_NINE,
        )
    assert await statuses(reception, walker, 8 * HOUR - MINUTE, 8 * HOUR) == ["stored", "dropped"]


async def test_who_dropped_out_is_followed_no_longer(
    database: Database, reception: Reception, walker: Walker
) -> None:
    await a_shift(database, walker, MONDAY_NINE + 8 * HOUR, absent_since=MONDAY_NINE + HOUR)
    assert await statuses(reception, walker, 59 * MINUTE, 61 * MINUTE) == ["stored", "dropped"]


async def test_a_sign_on_without_a_shift_that_nobody_ended_is_over_after_sixteen_hours(
    reception: Reception, walker: Walker
) -> None:
    assert await statuses(reception, walker, 15 * HOUR, 17 * HOUR) == ["stored", "dropped"]


async def test_a_ping_older_than_its_branch_keeps_them_is_kept_aside(
    database: Database, reception: Reception, walker: Walker
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO policy (branch_id, key, value, set_at)"
            " VALUES (:branch, 'ping_retention_days', '3', :now) RETURNING key",
            branch=walker.branch_id,
            now=MONDAY_NINE,
        )
    late = Decoded([a_ping(-4 * 86_400)])
    (answer,) = await reception.receive(walker.key, late, "batch", MONDAY_NINE)
    assert answer.status == "quarantined"
    assert "older than the 3 days" in str(answer.reason)


async def panics(database: Database, walker: Walker) -> list[Any]:
    async with database.transaction(EVERYTHING) as session:
        return list(
            await rows(
                session,
                "SELECT p.*, a.title FROM panic p LEFT JOIN alert a ON a.subject_id = p.id"
                " WHERE p.agent_id = :agent",
                agent=walker.agent_id,
            )
        )


async def test_a_call_for_help_in_a_message_rings_once_however_often_it_is_sent(
    database: Database, reception: Reception, walker: Walker
) -> None:
    sos = Decoded([a_ping(60, lat=-29.91)], Signal(panic=True))
    for _ in range(3):
        await reception.receive(walker.key, sos, "traccar", MONDAY_NINE + 2 * MINUTE)
    (panic,) = await panics(database, walker)
    assert (panic.source, panic.lat) == ("device", pytest.approx(-29.91))
    assert panic.device_time == MONDAY_NINE + MINUTE
    assert "calls for help" in panic.title


async def test_a_call_for_help_counts_off_duty_although_its_place_is_not_kept_as_a_ping(
    database: Database, reception: Reception, walker: Walker
) -> None:
    await a_shift(database, walker, MONDAY_NINE)
    sos = Decoded([a_ping(7200)], Signal(panic=True))
    await reception.receive(walker.key, sos, "traccar", MONDAY_NINE + 2 * HOUR)
    assert len(await panics(database, walker)) == 1
    assert await stored(database, walker) == []


async def health(database: Database, walker: Walker) -> Any:
    return await one(
        database, "SELECT * FROM device_health WHERE device_id = :d", d=walker.device_id
    )


async def test_what_a_phone_tells_of_itself_is_written_down_and_stays_until_it_says_otherwise(
    database: Database, reception: Reception, walker: Walker
) -> None:
    told = Signal(
        battery_pct=64, is_charging=False, app="tracker", app_version="9.1", gps="off",
        permission="denied", battery_saver=True, tracking="off_by_user",
    )  # fmt: skip
    await reception.receive(walker.key, Decoded([], told), "owntracks", MONDAY_NINE)
    await reception.notes.write()
    known = await health(database, walker)
    assert (known.battery_pct, known.app, known.app_version) == (64, "tracker", "9.1")
    assert (known.gps, known.permission, known.tracking) == ("off", "denied", "off_by_user")
    assert known.heard_at == MONDAY_NINE
    # A ping of this moment proves that it tracks again, and that it may.
    now = MONDAY_NINE + MINUTE
    ping = Decoded([a_ping(60, accuracy_m=8, battery_pct=63, mock=True)])
    await reception.receive(walker.key, ping, "batch", now)
    await reception.notes.write()
    known = await health(database, walker)
    assert (known.gps, known.permission, known.tracking) == ("on", None, "on")
    assert (known.battery_pct, known.app, known.battery_saver) == (63, "tracker", True)
    assert (known.captured_at, known.mock_at, known.heard_at) == (now, now, now)


async def test_a_late_burst_says_nothing_of_the_present(
    database: Database, reception: Reception, walker: Walker
) -> None:
    off = Decoded([], Signal(tracking="off_by_user", permission="denied"))
    await reception.receive(walker.key, off, "owntracks", MONDAY_NINE + HOUR)
    late = Decoded([a_ping(60 * n, accuracy_m=8) for n in range(30)])
    await reception.receive(walker.key, late, "batch", MONDAY_NINE + HOUR)
    await reception.notes.write()
    known = await health(database, walker)
    assert (known.tracking, known.permission, known.gps) == ("off_by_user", "denied", None)


async def test_a_phones_clock_is_measured_by_what_it_states_and_else_by_its_pings(
    database: Database, reception: Reception, walker: Walker
) -> None:
    ahead = Decoded([a_ping(3600)])
    (answer,) = await reception.receive(walker.key, ahead, "batch", MONDAY_NINE)
    assert answer.status == "quarantined"
    await reception.notes.write()
    known = await health(database, walker)
    assert (known.skew_s, known.skew_stated) == (3600, False)
    stated = Decoded([a_ping()], Signal(sent_at=MONDAY_NINE - 90 * SECOND))
    await reception.receive(walker.key, stated, "owntracks", MONDAY_NINE)
    await reception.notes.write()
    known = await health(database, walker)
    assert (known.skew_s, known.skew_stated, known.skew_at) == (-90, True, MONDAY_NINE)


async def test_a_self_test_counts_beats_off_duty_and_keeps_no_places(
    database: Database, reception: Reception, walker: Walker
) -> None:
    await a_shift(database, walker, MONDAY_NINE)
    begin = MONDAY_NINE + 2 * HOUR
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO self_test (id, branch_id, device_id, started_at, ends_at, interval_s)"
            " VALUES (gen_random_uuid(), :branch, :device, :begin, :ends, 30) RETURNING id",
            branch=walker.branch_id, device=walker.device_id, begin=begin,
            ends=begin + 15 * MINUTE,
        )  # fmt: skip
    pings = [a_ping(7200 + 30 * n) for n in range(-2, 4)]
    now = begin + 2 * MINUTE
    for _ in range(2):
        answers = await reception.receive(walker.key, Decoded(pings), "batch", now)
        assert {answer.status for answer in answers} == {"dropped"}
    async with database.transaction(EVERYTHING) as session:
        beats = await rows(
            session,
            "SELECT captured_at, b.received_at FROM self_test_beat b JOIN self_test t"
            " ON t.id = b.self_test_id WHERE t.device_id = :device ORDER BY captured_at",
            device=walker.device_id,
        )
    assert [beat.captured_at - begin for beat in beats] == [30 * n * SECOND for n in range(4)]
    assert {beat.received_at for beat in beats} == {now}
    assert await stored(database, walker) == []


async def test_attributes_of_a_ping_are_kept_beside_pings_without_any(
    database: Database, reception: Reception, walker: Walker
) -> None:
    told = {"event": "motion", "ignition": True, "hdop": 1.5}
    pings = Decoded([a_ping(1), a_ping(2, attributes=told), a_ping(3)])
    await reception.receive(walker.key, pings, "batch", MONDAY_NINE + MINUTE)
    assert [r.attributes for r in await stored(database, walker)] == [None, told, None]
