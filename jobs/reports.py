"""The jobs that make, and send, the reports that people subscribed to."""

from datetime import date
from uuid import UUID

import structlog

from core.mail import MailNotTaken
from data.queue import queue
from jobs import context
from jobs.messages import AGAIN
from map_ui.reports.mail_report import mail_report
from map_ui.reports.make_reports import make_reports

log = structlog.get_logger()


@queue.periodic(cron="25 * * * *")
@queue.task(name="reports.make", queueing_lock="reports.make")
async def make_reports_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Make the reports of spans that are over; after the hour in which late facts are counted."""
    made = await make_reports(context.database(), context.clock().now())
    if made:
        log.info("reports.made", reports=made)


@queue.task(name="reports.mail", retry=AGAIN)
async def mail_report_job(subscription_id: str, last_day: str) -> None:
    """Send a report to whom its reader asked for."""
    post = context.post()
    if post is None:
        log.warning("report.not_mailed", subscription_id=subscription_id, because="no mail server")
        return
    day = date.fromisoformat(last_day)
    try:
        await mail_report(context.database(), post, UUID(subscription_id), day)
    except MailNotTaken as refused:
        log.warning("report.not_mailed", subscription_id=subscription_id, because=str(refused))
