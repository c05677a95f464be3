"""Keeping an eye on cash: leases that end, cash that is held for too long or does not prove, paper
receipts that nobody accounts for, and receipts that are not what they were."""

import asyncio
from itertools import count

import structlog

from collection.custody.ageing.watch_cash import watch_cash
from collection.custody.days.close_day import prove_today
from collection.custody.leases.close_lease import close_expired
from collection.receipts.books.watch_books import watch_books
from collection.receipts.chains.watch_chains import watch_chains
from core.clock import Clock
from data.session import EVERYTHING, Database

log = structlog.get_logger()

EVERY_S = 60.0
"""How late a lease may end, and an alert about cash may come."""

PROOFS_EVERY = 60
"""After how many looks all cash of the day is proven once more, and paper receipts are missed."""

CHAINS_EVERY = 24 * 60
"""After how many looks every receipt is read, whether it is what it was."""


async def keep_cash_watched(database: Database, clock: Clock) -> None:
    """Run until cancelled, whatever fails: the next look comes. Two at once change nothing."""
    for number in count():
        looks = [close_expired, watch_cash]
        if number % PROOFS_EVERY == 0:
            looks += [prove_today, watch_books]
        if number % CHAINS_EVERY == 0:
            looks.append(watch_chains)
        try:
            for look in looks:
                async with database.transaction(EVERYTHING) as session:
                    await look(session, clock.now())
        except Exception as error:
            log.warning("cash.watch_failed", exc_info=error)
        await asyncio.sleep(EVERY_S)
