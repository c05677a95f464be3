"""Keeping expected times of all rounds underway up to date."""

import asyncio

import structlog

from core.clock import Clock
from core.settings import settings
from data.session import EVERYTHING, Database
from routing.errors import NoStreets
from routing.travel.cities import Cities
from routing.underway.follow_rounds import follow_rounds

log = structlog.get_logger()

EVERY_S = 30.0
"""How old an expected time on the map may be."""


async def keep_rounds_followed(database: Database, clock: Clock) -> None:
    """Run until cancelled, whatever fails: the next look comes. Of many workers one looks."""
    cities = Cities(settings().state_dir / "streets")
    while True:
        try:
            async with database.transaction(EVERYTHING) as session:
                await follow_rounds(session, cities, clock.now())
        except NoStreets:
            pass
        except Exception as error:
            log.warning("rounds.follow_failed", exc_info=error)
        await asyncio.sleep(EVERY_S)
