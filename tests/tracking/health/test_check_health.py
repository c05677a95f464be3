"""The sweep of phones' health on a real database."""

import asyncio

import pytest
from sqlalchemy import insert, text

from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database
from data.tables.geofence import CheckIn
from identity import store as identity
from identity.attendance import store as attendance
from identity.sign_on import sign_on_to
from tests.conftest import MONDAY_NINE
from tests.factories import a_case
from tests.tracking.health.scenes import MINUTE, Field, a_field


async def checks_in(field: Field, minute: float) -> None:
    """An entry of the agent's own that reaches us."""
    at = MONDAY_NINE + minute * MINUTE
    async with field.database.transaction(EVERYTHING) as session:
        case = await a_case(session, field.branch_id, agent_id=field.agent_id)
        await session.execute(
            insert(CheckIn).values(
                id=new_id(), branch_id=field.branch_id, agent_id=field.agent_id,
                case_id=case.case_id, device_time=at, server_time=at, verdict="unverified",
                reasons=[], body_hash=b"",
            )
        )  # fmt: skip


async def test_a_silence_is_told_once_and_cleared_when_it_is_over(
    database: Database, live: LiveBus
) -> None:
    field = await a_field(database)
    await field.ping(0)
    await field.sweep(10)
    assert await field.open_kinds() == set()
    before = await live.last_id()
    for minute in (11, 11.25, 12):
        await field.sweep(minute)
    (alert,) = await field.alerts()
    assert (alert.kind, alert.title) == ("no_position", "No position for 11 minutes")
    assert alert.facts["silent_since"] == MONDAY_NINE.isoformat()
    told = [c for _, c in await live.read(before) if c.branch_id == field.branch_id]
    assert [change.kind for change in told] == ["alert"]
    assert told[0].body["facts"]["cause"] == "no_network"
    await field.ping(13)
    await field.sweep(13.25)
    assert await field.open_kinds() == set()


async def test_each_branch_has_its_own_patience(database: Database) -> None:
    patient, strict = (
        await a_field(database, stale_after_min=30),
        await a_field(database, stale_after_min=3),
    )
    await patient.sweep(20)
    assert (await patient.open_kinds(), await strict.open_kinds()) == (set(), {"no_position"})
    await patient.sweep(31)
    assert await patient.open_kinds() == {"no_position"}


async def test_entries_that_arrive_while_no_position_does_show_that_the_phone_stopped_the_app(
    database: Database,
) -> None:
    field = await a_field(database)
    await field.ping(0, battery_pct=64)
    await field.sweep(11)
    await checks_in(field, 12)
    await field.sweep(12.25)
    assert await field.open_kinds() == {"tracking_stopped"}
    await field.ping(31, battery_pct=63)
    await field.sweep(31.25)
    assert await field.open_kinds() == set()
    (silence,) = await field.silences()
    assert (silence.began_min, silence.ended_min) == (0, 31)
    assert (silence.cause, silence.likelihood) == ("stopped_by_phone", "certain")
    assert [reason["text"] for reason in silence.reasons] == [
        "no fixes were taken",
        "the phone was on 63 % battery",
    ]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_positions_that_come_late_show_that_the_phone_was_only_offline(
    database: Database, newest_first: bool
) -> None:
    field = await a_field(database)
    await field.ping(0)
    await field.sweep(11)
    await checks_in(field, 12)  # from another device: a good guess, but wrong
    await field.sweep(12.25)
    late = range(1, 31)
    if newest_first:
        await field.ping(30.5)
        await field.sweep(30.75)
        assert (await field.silences())[0].cause == "stopped_by_phone"
    for minute in late:
        await field.ping(minute, received=31)
    await field.sweep(31.25)
    (silence,) = await field.silences()
    assert (silence.cause, silence.likelihood) == ("no_network", "certain")
    assert silence.ended_at is not None


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"gps": "off"}, "gps_off"),
        ({"permission": "denied"}, "permission_lost"),
        ({"battery_pct": 9}, "battery_low"),
        ({"mock_at": MONDAY_NINE}, "mock_provider"),
        ({"skew_s": -400, "skew_stated": True}, "clock_skew"),
        ({"tracking": "off_by_user"}, "tracking_switched_off"),
    ],
)
async def test_what_a_phone_tells_is_raised_and_cleared(
    database: Database, told: dict[str, object], kind: str
) -> None:
    field = await a_field(database)
    await field.ping(0)
    await field.tells(0, **told)
    await field.sweep(3)
    await field.sweep(3.25)
    assert [alert.kind for alert in await field.alerts()] == [kind]
    await field.ping(4)
    fine = {"battery_pct": 80, "mock_at": None, "skew_s": 0, "gps": "on", "tracking": "on"}
    await field.tells(4, permission="always", **fine)
    await field.sweep(4.25)
    assert await field.open_kinds() == set()


async def test_a_silence_with_a_told_cause_is_one_alert(database: Database) -> None:
    field = await a_field(database)
    await field.ping(0)
    await field.tells(1, gps="off")
    await field.sweep(2)
    await field.sweep(11)
    (alert,) = await field.alerts()
    assert (alert.kind, alert.title) == ("gps_off", "No position for 11 minutes")
    assert alert.facts["likelihood"] == "certain"


async def test_signing_off_in_mid_shift_is_switching_off_and_never_signing_on_is_not(
    database: Database,
) -> None:
    field, absent = await a_field(database), await a_field(database, signed_on=False)
    await field.ping(5)
    async with database.transaction(EVERYTHING) as session:
        await identity.sign_off(session, field.agent_id, MONDAY_NINE + 6 * MINUTE)
    await field.sweep(16)
    assert await field.open_kinds() == {"tracking_switched_off"}
    assert await absent.open_kinds() == {"no_position"}
    assert (await absent.silences())[0].cause == "not_signed_on"


async def test_the_end_of_duty_ends_alerts_and_silences(database: Database) -> None:
    field = await a_field(database)
    await field.tells(1, battery_pct=3, gps="off")
    await field.sweep(20)
    assert await field.open_kinds() == {"battery_low", "gps_off"}
    await field.sweep(8 * 60 + 1)
    assert await field.open_kinds() == set()
    (silence,) = await field.silences()
    assert (silence.ended_min, silence.cause) == (8 * 60 + 1, "gps_off")


async def test_without_a_shift_signing_on_is_duty_and_absence_is_none(database: Database) -> None:
    no_shift, off = (
        await a_field(database, shift=None),
        await a_field(database, shift=None, signed_on=False),
    )
    absent = await a_field(database)
    async with database.transaction(EVERYTHING) as session:
        await attendance.mark_absent(session, absent.agent_id, MONDAY_NINE, "Ill")
    await no_shift.sweep(11)
    assert [await f.open_kinds() for f in (no_shift, off, absent)] == [
        {"no_position"},
        set(),
        set(),
    ]


async def test_what_a_phone_told_of_its_former_holder_is_nothing_about_the_present_one(
    database: Database,
) -> None:
    field = await a_field(database)
    await field.tells(-30, gps="off", battery_pct=2)
    await field.sweep(1)
    assert await field.open_kinds() == set()


async def test_workers_that_sweep_at_the_same_moment_raise_one_alert(database: Database) -> None:
    field = await a_field(database)
    sweeps = await asyncio.gather(*(field.sweep(11) for _ in range(6)))
    assert [alert.kind for alert in await field.alerts()] == ["no_position"]
    assert any(sweeps)


async def test_a_phone_taken_in_use_stays_an_alert_until_acknowledged_and_over(
    database: Database,
) -> None:
    field, taker = await a_field(database), await a_field(database, signed_on=False)
    await field.tells(0)
    async with database.transaction(EVERYTHING) as session:
        await sign_on_to(session, taker.agent_id, field.key, MONDAY_NINE + MINUTE)
    await field.sweep(2)
    assert "sign_on_taken_over" in await field.open_kinds()
    await field.sweep(12)
    (silence,) = await field.silences()
    assert silence.cause == "not_signed_on", "the agent has not switched anything off"
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text("UPDATE alert SET acknowledged_at = :now WHERE agent_id = :agent"),
            {"now": MONDAY_NINE, "agent": field.agent_id},
        )
    await field.sweep(13)
    assert "sign_on_taken_over" in await field.open_kinds(), "acknowledged, and still without one"
    async with database.transaction(EVERYTHING) as session:
        await sign_on_to(session, field.agent_id, taker.key, MONDAY_NINE + 14 * MINUTE)
    await field.sweep(15)
    assert "sign_on_taken_over" not in await field.open_kinds()


async def test_a_phone_taken_in_use_is_over_with_the_shift(database: Database) -> None:
    field, taker = await a_field(database), await a_field(database, signed_on=False)
    await field.tells(0)
    async with database.transaction(EVERYTHING) as session:
        await sign_on_to(session, taker.agent_id, field.key, MONDAY_NINE + MINUTE)
    await field.sweep(8 * 60 + 1)
    assert await field.open_kinds() == set()
