"""The job that learns from visits where addresses are."""

import structlog

from data.queue import queue
from data.session import EVERYTHING
from geofence.address_points.proposals.propose import propose_points
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="41 * * * *")
@queue.task(name="address_points.propose", queueing_lock="address_points.propose")
async def propose_points_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Propose better points to supervisors, and let second witnesses confirm the points."""
    async with context.database().transaction(EVERYTHING) as session:
        done = await propose_points(session, context.clock().now())
    log.info("address_points.proposed", proposals=done.proposals, confirmed=done.confirmed)
