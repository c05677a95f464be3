"""The job that makes the reports that people subscribed to."""

import structlog

from data.queue import queue
from jobs import context
from map_ui.reports.make_reports import make_reports

log = structlog.get_logger()


@queue.periodic(cron="25 * * * *")
@queue.task(name="reports.make", queueing_lock="reports.make")
async def make_reports_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Make the reports of spans that are over; after the hour in which late facts are counted."""
    made = await make_reports(context.database(), context.clock().now())
    if made:
        log.info("reports.made", reports=made)
