"""Transactions: begun with their scope, all or nothing, on connections that answer."""

from contextlib import suppress

import psycopg
import pytest

from data import session as sessions
from data.session import EVERYTHING, Database, DatabaseError, rows, run
from tests.factories import a_branch


async def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with database.transaction(EVERYTHING) as session:
            branch_id = await a_branch(session)
            raise ZeroDivisionError
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert not await rows(session, "SELECT FROM branch WHERE id = :id", id=branch_id)


async def test_one_who_only_reads_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseError, match="read-only transaction"):
        async with database.transaction(EVERYTHING, read_only=True) as session:
            await a_branch(session)


async def test_the_next_on_a_connection_has_a_scope_of_its_own(database: Database) -> None:
    scope = "SELECT current_setting('roundsman.branches', true) AS branches"
    async with database.transaction(EVERYTHING) as session:
        assert (await rows(session, scope))[0].branches == "*"
        branch_id = await a_branch(session)
    async with database.transaction(sessions.Scope((branch_id,))) as session:
        assert (await rows(session, scope))[0].branches == str(branch_id)


async def test_a_connection_that_was_lost_at_rest_is_replaced(
    own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(own_database_url)
    monkeypatch.setattr(sessions, "REST_S", 0)
    try:
        async with database.transaction(EVERYTHING) as session:
            await run(session, "SELECT 1")
        hang_up_all(own_database_url)
        async with database.transaction(EVERYTHING) as session:
            assert (await rows(session, "SELECT 2 AS two"))[0].two == 2
    finally:
        await database.close()


async def test_one_lost_just_now_costs_one_transaction_and_no_more(own_database_url: str) -> None:
    database = Database(own_database_url)
    try:
        async with database.transaction(EVERYTHING), database.transaction(EVERYTHING):
            pass  # two connections
        hang_up_all(own_database_url)
        with pytest.raises(DatabaseError):
            async with database.transaction(EVERYTHING):
                pass
        async with database.transaction(EVERYTHING) as session:
            assert (await rows(session, "SELECT 2 AS two"))[0].two == 2
    finally:
        await database.close()


def hang_up_all(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
