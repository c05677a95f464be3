"""A database of a test's own, with two branches that keep their pings differently long."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from data.session import EVERYTHING, Database
from tests.factories import a_branch
from tests.tracking.retention.scenes import keeps


@pytest.fixture
async def own(own_database_url: str) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    yield database
    await database.close()


@pytest.fixture
async def branches(own: Database) -> tuple[UUID, UUID]:
    """One that keeps its pings for 7 days, and one that keeps them for 90."""
    async with own.transaction(EVERYTHING) as session:
        short, long = await a_branch(session, "SHORT"), await a_branch(session, "LONG")
    await keeps(own, short, 7)
    return short, long
