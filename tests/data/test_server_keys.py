"""An installation's key is made once, only the product itself sees it, and it lies sealed."""

import asyncio
import secrets

import pytest
from sqlalchemy.exc import ProgrammingError

from data.server_keys import server_key
from data.session import EVERYTHING, Database, Scope, rows
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch


def _new() -> bytes:
    return secrets.token_bytes(32)


async def test_ten_who_ask_at_once_get_one_key(own_database: Database) -> None:
    async def ask() -> bytes:
        async with own_database.transaction(EVERYTHING) as session:
            return await server_key(session, "links", _new, MONDAY_NINE)

    keys = await asyncio.gather(*(ask() for _ in range(10)))
    assert len(set(keys)) == 1
    assert await ask() == keys[0]
    async with own_database.transaction(EVERYTHING) as session:
        [kept] = await rows(session, "SELECT purpose, private_key FROM server_key")
        assert keys[0] not in bytes(kept.private_key)
        assert await server_key(session, "web_push", _new, MONDAY_NINE) != keys[0]


async def test_nobody_with_a_scope_of_branches_sees_or_makes_the_key(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await server_key(session, "links", _new, MONDAY_NINE)
        branch = await a_branch(session)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.transaction(Scope((branch,))) as session:
            await server_key(session, "links", _new, MONDAY_NINE)
