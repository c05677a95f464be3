"""Announcements: heard once committed, and again after the line was cut."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from data.session import EVERYTHING, Database, rows


@pytest.fixture
async def own(own_database_url: str) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    yield database
    await database.close()


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError


async def announce(database: Database, *texts: str, fail: bool = False) -> None:
    async with database.transaction(EVERYTHING) as session:
        for text in texts:
            await rows(session, "SELECT pg_notify('carriages', :text)", text=text)
        if fail:
            raise LookupError


async def test_what_has_committed_is_heard_in_its_order_and_nothing_else(own: Database) -> None:
    heard: list[str] = []
    own.carriages.tell(heard.append)
    await until(lambda: own.carriages.is_hearing)
    with pytest.raises(LookupError):
        await announce(own, "undone", fail=True)
    await announce(own, "one", "two")
    await until(lambda: len(heard) == 3)
    assert heard == ["", "one", "two"]


async def test_after_an_interruption_anything_may_have_been_missed(
    own: Database, own_database_url: str
) -> None:
    heard: list[str] = []
    own.carriages.tell(heard.append)
    await until(lambda: own.carriages.is_hearing)
    with psycopg.connect(own_database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
    await until(lambda: not own.carriages.is_hearing)
    await until(lambda: own.carriages.is_hearing)
    await announce(own, "again")
    await until(lambda: "again" in heard)
    assert heard == ["", "", "again"]


async def test_a_closed_listener_hears_nothing_more(own: Database) -> None:
    heard: list[str] = []
    own.carriages.tell(heard.append)
    await until(lambda: own.carriages.is_hearing)
    await own.carriages.close()
    await announce(own, "late")
    await asyncio.sleep(0.1)
    assert not own.carriages.is_hearing
    assert heard == [""]


@pytest.mark.filterwarnings("error")
async def test_one_closed_while_it_connects_leaves_no_connection(own: Database) -> None:
    heard: list[str] = []
    for pause_s in (0, 0.002, 0.005, 0.01, 0.02):
        own.carriages.tell(heard.append)
        await asyncio.sleep(pause_s)
        await own.carriages.close()
    async with own.transaction(EVERYTHING) as session:
        (left,) = await rows(
            session,
            "SELECT count(*) AS listeners FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    gc.collect()
    assert left.listeners == 0
