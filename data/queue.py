"""Jobs, enqueued on the caller's own transaction: a job exists exactly when its facts do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from sqlalchemy import make_url

from data.engine import APP_ROLE
from data.session import Session, savepoint

queue = App(connector=PsycopgConnector())
"""Tasks register here by name in ``jobs/``; nobody below it imports them."""


async def enqueue(
    session: Session,
    task: str,
    /,
    *,
    once: str | None = None,
    at: datetime | None = None,
    after_s: float | None = None,
    lane: str = "default",
    **ids: Any,
) -> None:
    """Put a job for the task named `task` on the queue, in the session's transaction.

    `once`: while a job with this lock waits, another one adds nothing. `at`: not before;
    `after_s`: not before so many seconds have passed by the real clock, whatever the installation's
    clock shows. `lane`: which of the worker's lanes takes it (`jobs/app.py`). `ids` are JSON
    values; jobs take ids and re-read the rest.
    """
    deferrer = await _deferrer(
        session, task, queueing_lock=once, queue=lane, schedule_at=at,
        schedule_in={"seconds": after_s} if after_s else None,
    )  # fmt: skip
    if once is None:
        await deferrer.defer_async(**ids)
        return
    try:
        # A refused insert would abort the caller's transaction; the savepoint keeps it whole.
        async with savepoint(session):
            await deferrer.defer_async(**ids)
    except AlreadyEnqueued:
        return


async def enqueue_each(
    session: Session, task: str, /, each: Sequence[Mapping[str, Any]], *, lane: str = "default"
) -> None:
    """Put a job for each of these `ids` on the queue, as `enqueue` does, with one statement."""
    deferrer = await _deferrer(session, task, queue=lane)
    await deferrer.batch_defer_async(*map(dict, each))


async def _deferrer(session: Session, task: str, **how: Any) -> JobDeferrer:
    connection = await (await session.connection()).get_raw_connection()
    return queue.configure_task(
        task, allow_unknown=True, connection=connection.driver_connection, **how
    )


def queue_connector(database_url: str) -> PsycopgConnector:
    """The worker's own connections to the queue, as the application's role."""
    plain = make_url(database_url).set(drivername="postgresql")
    return PsycopgConnector(
        conninfo=plain.render_as_string(hide_password=False),
        kwargs={"options": f"-c role={APP_ROLE} -c timezone=UTC"},
    )
