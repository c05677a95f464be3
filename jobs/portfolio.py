"""Jobs of the portfolio: days end, and days begin."""

import structlog

from collection.figures.days.end_days import count_again, end_days
from collection.portfolio.day.begin_days import begin_days
from data.queue import queue
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="portfolio.begin_days", queueing_lock="portfolio.begin_days")
async def begin_days_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """End the day and begin the next in each branch where midnight has passed.

    What stood at a day's end is seen before the next one changes it. Agents wait for the new day
    and nobody for the figures of the old one, so it begins whatever becomes of these.
    """
    database, now = context.database(), context.clock().now()
    try:
        ended = await end_days(database, now)
    except Exception as error:
        log.exception("figures.end_failed", exc_info=error)
        ended = []
    begun = await begin_days(database, now)
    if ended or begun:
        log.info("portfolio.days_begun", branches=len(begun), ended=len(ended))


@queue.periodic(cron="17 * * * *")
@queue.task(name="figures.count_again", queueing_lock="figures.count_again")
async def count_again_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Count those ended days again of which facts came in late."""
    counted = await count_again(context.database(), context.clock().now())
    if counted:
        log.info("figures.counted_again", days=counted)
