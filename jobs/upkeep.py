"""Upkeep: work of killed workers is taken up again; old jobs, and answers kept for callers who send
again, are removed."""

import structlog
from procrastinate.jobs import Status

from data import replays
from data.queue import queue
from jobs import context

log = structlog.get_logger()

MOST_ATTEMPTS = 3
"""A job that was under way whenever its worker was killed may be what kills workers."""

FINISHED_KEPT_H = 7 * 24
"""Long enough to look into what happened last week."""


@queue.periodic(cron="* * * * *")
@queue.task(name="queue.take_up_again", queueing_lock="queue.take_up_again")
async def take_up_again_job(timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
    """Put back jobs whose worker has shown no sign of life for half a minute.

    Whatever such a worker had not committed is undone, so a job begins anew.
    """
    manager = queue.job_manager
    for job in await manager.get_stalled_jobs():
        if job.attempts + 1 >= MOST_ATTEMPTS:
            log.error("queue.given_up", task=job.task_name, job=job.id, attempts=job.attempts + 1)
            await manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            log.warning("queue.taken_up_again", task=job.task_name, job=job.id)
            await manager.retry_job(job)


@queue.periodic(cron="41 1 * * *")
@queue.task(name="queue.remove_finished", queueing_lock="queue.remove_finished")
async def remove_finished_job(
    timestamp: int | None = None,  # noqa: ARG001 - when it was due
) -> None:
    """Remove jobs that ended a week ago, however they ended."""
    await queue.job_manager.delete_old_jobs(
        nb_hours=FINISHED_KEPT_H, include_failed=True, include_cancelled=True, include_aborted=True
    )


@queue.periodic(cron="43 1 * * *")
@queue.task(name="replays.forget", queueing_lock="replays.forget")
async def forget_replays_job(
    timestamp: int | None = None,  # noqa: ARG001 - when it was due
) -> None:
    """Forget what was answered to actions that nobody sends again."""
    await replays.forget_old(context.database(), context.clock().now())
