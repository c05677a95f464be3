"""Jobs that look through files for malware."""

from core.scanner import scanner_of
from core.settings import settings
from data.queue import queue
from geofence.attachments.scans.scan_files import scan_files
from jobs import context


@queue.periodic(cron="* * * * *")
@queue.task(name="files.scan", queueing_lock="files.scan")
async def scan_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Look through files that have come in, and again those that the scanner was not there for."""
    scan = scanner_of(settings().scanner_url)
    if scan is not None:
        now = context.clock().now()
        await scan_files(context.database(), settings().attachment_dir, scan, now)
