"""Jobs of the portfolio: days begin."""

import structlog

from collection.portfolio.day.begin_days import begin_days
from data.queue import queue
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="portfolio.begin_days", queueing_lock="portfolio.begin_days")
async def begin_days_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Begin the day in each branch where midnight has passed."""
    begun = await begin_days(context.database(), context.clock().now())
    if begun:
        log.info("portfolio.days_begun", branches=len(begun))
