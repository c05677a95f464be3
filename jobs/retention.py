"""Jobs of retention: pings, whose partitions are made ahead, and all else that grows old."""

from datetime import UTC, datetime, timedelta

import structlog

from collection.privacy.retention.retain import retain as retain_personal
from core.clock import Clock
from core.settings import settings
from data.queue import enqueue, queue
from data.session import EVERYTHING, Database
from geofence.attachments.uploads.clear_uploads import clear_uploads
from jobs import context
from tracking.retention.errors import PingsInUse, RetentionRuns
from tracking.retention.make_partitions import make_partitions
from tracking.retention.retain import retain

log = structlog.get_logger()

RETAIN = "pings.retain"

AGAIN_AFTER = timedelta(minutes=10)
"""When pings that were in use are tried again; whoever reads a whole day should be done by then."""


@queue.periodic(cron="7 * * * *")
@queue.task(name="pings.make_partitions", queueing_lock="pings.make_partitions")
async def make_partitions_job(timestamp: int) -> None:  # noqa: ARG001 - when it was due
    """Make the partitions of the days ahead, by the installation's clock."""
    await _make_partitions(context.database(), context.clock())


@queue.periodic(cron="23 1 * * *")
@queue.task(name="pings.retain", queueing_lock=RETAIN)
async def retain_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Archive and remove what is older than its branch keeps it."""
    try:
        done = await retain(context.database(), settings().archive_dir, context.clock().now())
    except RetentionRuns:
        return
    log.info(
        "pings.retained", left=sum(one.pings for _, one in done.left), dropped=len(done.dropped),
        faults=len(done.faults), quarantined=done.quarantined, self_tests=done.self_tests,
    )  # fmt: skip
    if done.postponed:
        # The queue goes by the real time, whatever the installation's clock shows.
        await _ask_for_retention(context.database(), datetime.now(UTC) + AGAIN_AFTER)


@queue.periodic(cron="47 1 * * *")
@queue.task(name="privacy.retain", queueing_lock="privacy.retain")
async def retain_personal_job(
    timestamp: int | None = None,  # noqa: ARG001 - when it was due
) -> None:
    """Remove the personal data that its branch keeps no longer, and report it."""
    runs = await retain_personal(context.database(), context.clock().now())
    log.info(
        "privacy.retained", removed=sum(run.removed.count for run in runs),
        held=sum(run.removed.held for run in runs),
    )  # fmt: skip


@queue.periodic(cron="29 * * * *")
@queue.task(name="uploads.clear", queueing_lock="uploads.clear")
async def clear_uploads_job(
    timestamp: int | None = None,  # noqa: ARG001 - when it was due
) -> None:
    """Remove the parts of uploads that nobody went on with."""
    async with context.database().transaction(EVERYTHING) as session:
        count = await clear_uploads(session, settings().attachment_dir, context.clock().now())
    log.info("uploads.cleared", uploads=count)


async def begin(database: Database, clock: Clock) -> None:
    """What a worker does first: there may have been none when the schedule called."""
    await _make_partitions(database, clock)
    await _ask_for_retention(database, None)


async def _make_partitions(database: Database, clock: Clock) -> None:
    try:
        await make_partitions(database, clock.now())
    except PingsInUse:
        log.info("pings.partitions_postponed")  # to the next hour: there is a week's supply


async def _ask_for_retention(database: Database, at: datetime | None) -> None:
    async with database.transaction(EVERYTHING) as session:
        await enqueue(session, RETAIN, once=RETAIN, at=at)
