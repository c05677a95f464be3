"""Who carries which device: known without asking, until the database announces a change."""

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from data.session import EVERYTHING, Database, rows
from identity.devices.end_key import revoke
from identity.errors import UnknownDevice
from tests.conftest import MONDAY_NINE
from tests.data.test_listener import until
from tests.tracking.parcels import Walker, a_walker
from tracking import carriers, store
from tracking.carriers import Carriers
from tracking.device import Device

SINCE = MONDAY_NINE - timedelta(minutes=5)
SIGNED_OFF = MONDAY_NINE + timedelta(minutes=1)
PATIENCE_S = 5.0


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


@pytest.fixture
async def known(database: Database, walker: Walker) -> Carriers:
    known = Carriers(database)
    with pytest.raises(UnknownDevice):
        await known.device("nobody's", SINCE)
    await until(lambda: database.carriages.is_hearing)
    await all_heard(database)  # what making the walker announced
    return known


async def all_heard(database: Database) -> None:
    """Wait until whatever committed before has been heard: announcements keep their order."""
    heard: list[str] = []
    last = str(uuid4())
    database.carriages.tell(heard.append)
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "SELECT pg_notify('carriages', :last)", last=last)
    await until(lambda: last in heard)


async def becomes(known: Carriers, walker: Walker, as_told: Callable[[Device], bool]) -> None:
    """Wait for a change to be seen, much shorter than anything is kept without announcements."""
    for _ in range(200):
        if as_told(await known.device(walker.key, SINCE)):
            return
        await asyncio.sleep(0.01)
    raise AssertionError


def signed_off(device: Device) -> bool:
    return device.carriages[0].until == SIGNED_OFF


async def agents(known: Carriers, walker: Walker) -> list[object]:
    return [c.agent_id for c in (await known.device(walker.key, SINCE)).carriages]


async def sign_off(database: Database, walker: Walker) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE sign_on SET during = tstzrange(lower(during), :now) WHERE device_id = :device"
            " RETURNING id",
            now=SIGNED_OFF, device=walker.device_id,
        )  # fmt: skip


async def test_who_is_known_is_not_asked_for_again(
    known: Carriers, walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await agents(known, walker) == [walker.agent_id]
    monkeypatch.setattr(store, "devices_by_key", None)
    for _ in range(3):
        assert await agents(known, walker) == [walker.agent_id]


async def test_a_sign_off_and_a_revoked_key_are_seen_at_once(
    database: Database, walker: Walker, known: Carriers
) -> None:
    assert not signed_off(await known.device(walker.key, SINCE))
    await sign_off(database, walker)
    await becomes(known, walker, signed_off)
    async with database.transaction(EVERYTHING) as session:
        await revoke(session, walker.device_id, SIGNED_OFF)
    with pytest.raises(UnknownDevice):
        await becomes(known, walker, lambda _: False)


async def test_a_shift_and_a_policy_change_what_is_known_of_everybody(
    database: Database, walker: Walker, known: Carriers
) -> None:
    the_end = MONDAY_NINE + timedelta(hours=1, minutes=30)  # grace included
    before = await known.device(walker.key, SINCE)
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO policy (branch_id, key, value, set_at)"
            " VALUES (:branch, 'ping_retention_days', '7', :now) RETURNING key",
            branch=walker.branch_id, now=MONDAY_NINE,
        )  # fmt: skip
    await becomes(known, walker, lambda device: device.retention != before.retention)
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO shift (id, branch_id, agent_id, during) VALUES (gen_random_uuid(),"
            " :branch, :agent, tstzrange(:since, :until)) RETURNING id",
            branch=walker.branch_id, agent=walker.agent_id, since=MONDAY_NINE - timedelta(hours=1),
            until=MONDAY_NINE + timedelta(hours=1),
        )  # fmt: skip
    await becomes(known, walker, lambda device: device.carriages[0].until == the_end)


async def test_an_answer_that_a_change_overtook_is_asked_for_again(
    database: Database, walker: Walker, known: Carriers, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = store.devices_by_key

    async def answer_late(*question: object) -> object:
        found = await asked(*question)  # type: ignore[arg-type]
        await sign_off(database, walker)
        await all_heard(database)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(store, "devices_by_key", answer_late)
        assert not signed_off(await known.device(walker.key, SINCE))
    assert signed_off(await known.device(walker.key, SINCE))


async def test_what_grows_old_is_asked_for_again_while_nobody_waits(
    walker: Walker, known: Carriers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known.device(walker.key, SINCE)
    old_s = asyncio.get_running_loop().time() - carriers.KEPT_S * 0.6
    known._known = {key: replace(one, asked_at_s=old_s) for key, one in known._known.items()}
    asked = asyncio.Event()
    devices_by_key = store.devices_by_key

    async def noted(*question: object) -> object:
        asked.set()
        return await devices_by_key(*question)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "devices_by_key", noted)
    device = known.device(walker.key, SINCE)
    with pytest.raises(StopIteration):
        device.send(None)  # answered without being suspended
    async with asyncio.timeout(PATIENCE_S):
        await asked.wait()


async def test_what_is_asked_in_the_background_leaves_no_connection_when_the_database_is_closed(
    own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(own_database_url)
    known = Carriers(database)
    with pytest.raises(UnknownDevice):
        await known.device("nobody's", SINCE)
    announced = database.carriages
    await until(lambda: announced.is_hearing)
    with pytest.raises(UnknownDevice):
        await known.device("nobody's", SINCE)
    monkeypatch.setattr(carriers, "UNHEARD_S", 1e6)
    monkeypatch.setattr(carriers, "FRESH_S", 1e6)
    known._known = {key: replace(one, asked_at_s=-6e5) for key, one in known._known.items()}
    with pytest.raises(UnknownDevice):
        await known.device("nobody's", SINCE)
    await asyncio.sleep(0)
    assert known._asking is not None
    await database.close()
    await asyncio.sleep(0.2)  # for an answer that comes too late
    # A connection left open would be told as an error of this test.
    del database, known
    gc.collect()
