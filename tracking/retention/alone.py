"""One at a time: archiving, removing and restoring never meet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from data.session import EVERYTHING, Database
from tracking.retention import store
from tracking.retention.errors import RetentionRuns


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[None]:
    """Nobody else archives, removes or restores within the block. Raises `RetentionRuns`.

    The claim ends with its connection, so a process that dies leaves nothing locked.
    """
    async with database.transaction(EVERYTHING) as session:
        if not await store.claim(session):
            raise RetentionRuns
        yield
