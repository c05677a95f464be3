"""Looking for forged days and for claims that pings contradict."""

import asyncio

import structlog

from core.clock import Clock
from data.session import EVERYTHING, Database
from geofence.suspicions.judge_days import judge_days, judge_outcomes, judge_photos

log = structlog.get_logger()

EVERY_S = 60.0
"""How long a day may wait to be noticed when nothing else is to be done."""


async def keep_days_judged(database: Database, clock: Clock) -> None:
    """Run until cancelled, whatever fails: the next look comes. Of many workers one looks."""
    while True:
        try:
            async with database.transaction(EVERYTHING) as session:
                looked = await judge_days(session, clock.now())
            if looked and looked.days:
                continue
            async with database.transaction(EVERYTHING) as session:
                await judge_outcomes(session, clock.now())
                await judge_photos(session, clock.now())
        except Exception as error:
            log.warning("suspicions.judge_failed", exc_info=error)
        await asyncio.sleep(EVERY_S)
