"""Keeping visits up to date: as long as somebody waits."""

import asyncio

import structlog

from core.clock import Clock
from data.session import EVERYTHING, Database, DatabaseError
from geofence.waiting.recompute import recompute_waiting

log = structlog.get_logger()

IDLE_S = 0.5
"""How long a visit may wait to be noticed when nothing else is to be done."""


async def keep_visits_current(database: Database, clock: Clock) -> None:
    """Run until cancelled. A database that is away is waited for."""
    while True:
        try:
            async with database.transaction(EVERYTHING) as session:
                found = await recompute_waiting(session, clock.now())
        except DatabaseError as error:
            log.warning("visits.recompute_failed", error=str(error.orig))
            found = 0
        if not found:
            await asyncio.sleep(IDLE_S)
