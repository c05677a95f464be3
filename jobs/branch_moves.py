"""The job that has people go to other branches when their day has come."""

import structlog

from allocation.branch_moves.carry_out_due import carry_out_due
from data.queue import queue
from jobs import context

log = structlog.get_logger()


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="branch_moves.carry_out", queueing_lock="branch_moves.carry_out")
async def carry_out_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Carry out what is due, soon after midnight of each branch."""
    carried = await carry_out_due(context.database(), context.clock().now())
    if carried.done or carried.stuck:
        log.info("branch_moves.carried_out", done=carried.done, stuck=carried.stuck)
