"""Keeping an eye on the phones of everybody on duty."""

import asyncio

import structlog

from core.clock import Clock
from data.session import EVERYTHING, Database
from tracking.health.check_health import check_health

log = structlog.get_logger()

EVERY_S = 15.0
"""How late an alert about a phone may come, and how late it may go."""


async def keep_health_checked(database: Database, clock: Clock) -> None:
    """Run until cancelled, whatever fails: the next look comes. Of many workers one looks."""
    while True:
        try:
            async with database.transaction(EVERYTHING) as session:
                await check_health(session, clock.now())
        except Exception as error:
            log.warning("health.check_failed", exc_info=error)
        await asyncio.sleep(EVERY_S)
