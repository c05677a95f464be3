"""The installation's key is made once, and only the product itself sees it."""

import asyncio

import pytest
from sqlalchemy.exc import ProgrammingError

from data.session import EVERYTHING, Database, Scope, rows
from map_ui.push.server_key import server_key
from map_ui.push.store import private_key
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch


async def test_ten_who_ask_at_once_get_one_key(own_database_url: str) -> None:
    database = Database(own_database_url)

    async def ask() -> bytes:
        async with database.transaction(EVERYTHING) as session:
            return await server_key(session, MONDAY_NINE)

    keys = await asyncio.gather(*(ask() for _ in range(10)))
    assert len(set(keys)) == 1
    assert await ask() == keys[0]
    async with database.transaction(EVERYTHING) as session:
        assert len(await rows(session, "SELECT purpose FROM server_key")) == 1
    await database.close()


async def test_nobody_with_a_scope_of_branches_sees_or_makes_the_key(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await server_key(session, MONDAY_NINE)
        branch = await a_branch(session)
    async with database.transaction(Scope((branch,))) as session:
        assert await private_key(session) is None
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.transaction(Scope((branch,))) as session:
            await server_key(session, MONDAY_NINE)
