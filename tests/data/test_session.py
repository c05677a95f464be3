"""Transactions: begun with their scope, all or nothing, on connections that answer."""

import asyncio
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text

from core.ids import new_id
from data import engine
from data import session as sessions
from data.session import (
    EVERYTHING,
    Database,
    DatabaseError,
    Question,
    ask_together,
    rows,
    run,
    run_last,
    savepoint,
)
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
    monkeypatch.setattr(engine, "REST_S", 0)
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


async def test_rows_have_names_and_are_tuples(database: Database) -> None:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        (row,) = await rows(
            session,
            "SELECT CAST(:a AS int) AS a, 'x%' LIKE '%x\\%' AS is_like, 2::int AS a, '{}'::jsonb",
            a=1,
        )
        assert await rows(session, "SELECT 1 AS a WHERE false") == []
        assert await rows(session, "SELECT FROM (VALUES (1)) v") == [()]
    assert (row.a, row.is_like) == (1, True)
    assert row == (1, True, 2, {})


async def test_what_is_run_last_is_there_for_who_asks_before(database: Database) -> None:
    key = "SELECT value FROM policy WHERE branch_id = :branch AND key = 'ping_retention_days'"
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        await run_last(session, SET_POLICY, branch=branch_id, days="7")
        assert [r.value for r in await rows(session, key, branch=branch_id)] == [7]
        await run_last(session, "UPDATE policy SET value = '8' WHERE branch_id = :b", b=branch_id)
        await run_last(
            session, "UPDATE policy SET value = to_jsonb(value::int + 1) WHERE branch_id = :b",
            b=branch_id,
        )  # fmt: skip
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert [r.value for r in await rows(session, key, branch=branch_id)] == [9]


async def test_what_fails_last_leaves_nothing_behind(database: Database) -> None:
    async def fail_last() -> None:
        async with database.transaction(EVERYTHING) as session:
            branch_id = await a_branch(session, "LAST")
            await run_last(session, SET_POLICY, branch=new_id(), days="7")
            await run_last(session, SET_POLICY, branch=branch_id, days="7")

    with pytest.raises(DatabaseError, match="violates foreign key"):
        await fail_last()
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert not await rows(session, "SELECT FROM branch WHERE code = 'LAST'")


async def test_a_constraint_that_refuses_the_last_is_told_as_asked(database: Database) -> None:
    class Taken(Exception):
        pass

    async def twice(refusals: dict[str, Exception]) -> None:
        async with database.transaction(EVERYTHING) as session:
            branch_id = await a_branch(session, "ONCE")
            for _ in range(2):
                await run_last(session, SET_POLICY, refusals=refusals, branch=branch_id, days="7")

    with pytest.raises(Taken):
        await twice({"pk_policy": Taken()})
    with pytest.raises(DatabaseError, match="pk_policy"):
        await twice({"pk_branch": Taken()})
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert not await rows(session, "SELECT FROM branch WHERE code = 'ONCE'")


async def test_each_of_what_is_asked_together_sees_what_the_one_before_waited_for(
    database: Database,
) -> None:
    key = "value FROM policy WHERE branch_id = :b AND key = 'ping_retention_days'"
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        await run(session, SET_POLICY, branch=branch_id, days="7")

    async def locked_and_read() -> tuple[int, int]:
        async with database.transaction(EVERYTHING) as session:
            return await ask_together(
                session,
                Question(
                    "SELECT 1 AS n FROM branch WHERE id = :b FOR NO KEY UPDATE",
                    {"b": branch_id},
                    lambda found: int(found[0].n),
                ),
                Question(f"SELECT {key}", {"b": branch_id}, lambda found: int(found[0].value)),
            )

    async with database.transaction(EVERYTHING) as holder:
        lock = "SELECT FROM branch WHERE id = :b FOR NO KEY UPDATE"
        await run(holder, lock, b=branch_id)
        waiting = asyncio.create_task(locked_and_read())
        await until_somebody_waits(database)
        await run(holder, "UPDATE policy SET value = '8' WHERE branch_id = :b", b=branch_id)
    assert await waiting == (1, 8)


async def test_an_error_of_one_asked_together_is_told(database: Database) -> None:
    question = Question("SELECT 1 AS n", {}, lambda found: int(found[0].n))
    broken = Question("SELECT 1 / 0", {}, len)
    with pytest.raises(DatabaseError, match="division by zero"):
        async with database.transaction(EVERYTHING) as session:
            await ask_together(session, question, broken, question)
    async with database.transaction(EVERYTHING) as session:
        assert await ask_together(session, question, question) == (1, 1)


async def until_somebody_waits(database: Database) -> None:
    """Until a connection of this database waits for a lock."""
    async with asyncio.timeout(30):
        while True:
            async with database.transaction(EVERYTHING) as session:
                if await rows(session, "SELECT FROM pg_locks WHERE NOT granted"):
                    return
            await asyncio.sleep(0.02)


async def test_what_is_run_last_is_forgotten_when_its_transaction_fails(
    database: Database,
) -> None:
    with suppress(ZeroDivisionError):
        async with database.transaction(EVERYTHING) as session:
            await run_last(session, "SELECT nonsense")
            raise ZeroDivisionError


async def test_a_savepoint_takes_back_what_was_run_last_in_it_and_nothing_before(
    database: Database,
) -> None:
    key = "SELECT value FROM policy WHERE branch_id = :branch AND key = 'ping_retention_days'"
    more = "UPDATE policy SET value = to_jsonb(value::int + 1) WHERE branch_id = :branch"
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        await run_last(session, SET_POLICY, branch=branch_id, days="7")
        with suppress(ZeroDivisionError):
            async with savepoint(session):
                await run_last(session, more, branch=branch_id)
                raise ZeroDivisionError
        async with savepoint(session) as tried:
            await run_last(session, more, branch=branch_id)
            await tried.rollback()
        async with savepoint(session):
            await run_last(session, more, branch=branch_id)
        # However it is asked, what was left for the end comes first.
        await run_last(session, more, branch=branch_id)
        asked = await session.execute(text(key), {"branch": branch_id})
        assert asked.scalar_one() == 9
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert [r.value for r in await rows(session, key, branch=branch_id)] == [9]


async def test_what_a_savepoint_takes_back_is_gone(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        with suppress(ZeroDivisionError):
            async with savepoint(session):
                await run(session, SET_POLICY, branch=branch_id, days="7")
                raise ZeroDivisionError
        assert not await rows(session, "SELECT FROM policy WHERE branch_id = :b", b=branch_id)


SET_POLICY = (
    "INSERT INTO policy (branch_id, key, value, set_at)"
    " VALUES (:branch, 'ping_retention_days', CAST(:days AS jsonb), now())"
)


def hang_up_all(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
