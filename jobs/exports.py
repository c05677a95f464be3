"""The nightly job that makes the files that go out."""

import structlog

from collection.exports.make_file import make_all_files
from data.queue import queue
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="40 * * * *")
@queue.task(name="exports.make_files", queueing_lock="exports.make_files")
async def make_files_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Make the files of all targets for which something waits; once an hour, so that a night in
    which a worker was away is made good by morning."""
    for made in await make_all_files(context.database(), context.clock().now()):
        log.info("exports.file_made", target=made.target, number=made.number, records=made.records)
